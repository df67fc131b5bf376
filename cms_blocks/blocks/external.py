"""Film and dialogue from elsewhere: nothing is requested there before the visitor has agreed.

Without JavaScript there is a plain link. With it, ``consent.js`` shows a button beside the words on who will receive
what; only the click makes the frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms_blocks import rich_text
from cms_blocks.blocks.base import ContentBlock, texts
from cms_blocks.blocks.choosers import ImageChooser
from cms_blocks.blocks.json_forms import DialogueForm, VideoForm
from cms_blocks.blocks.links import web_address
from cms_blocks.blocks.media import Picture
from cms_blocks.blocks.providers import dialogue_frame, frame_sources, service_names, video_frame

if TYPE_CHECKING:
    from cms_blocks.publication.targets import Targets

__all__ = ["DialogueBlock", "VideoBlock", "frame_sources"]

GROUP = _("From elsewhere")


class VideoBlock(ContentBlock, blocks.StructBlock):
    """A film of another service. JSON: title, url, provider, recipient, embed_url, preview (image or null), transcript.

    ``provider``, ``recipient`` and ``embed_url`` are empty for an address no known service has.
    """

    json_form = VideoForm

    title = blocks.CharBlock(label=_("Title"), max_length=160, help_text=_("What the film shows, in a few words."))
    provider_url = blocks.URLBlock(
        label=_("Address of the film"),
        max_length=500,
        help_text=_("Copy it from the address bar. Films of YouTube, Vimeo and allowed services can be shown."),
    )
    preview = ImageChooser(
        label=_("Still picture"),
        required=False,
        help_text=_(
            "Shown until the film starts. Without one a plain field is shown; none is fetched from the service."
        ),
    )
    transcript = blocks.RichTextBlock(
        label=_("Words of the film"),
        required=False,
        features=rich_text.SMALL_FEATURES,
        help_text=_("What is said and shown, for people who cannot hear or see it, or do not want to load it."),
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value["provider_url"] and not video_frame(value["provider_url"]):
            message = _("This is not the address of a film we can show. Films may come from: %(services)s.")
            error = ValidationError(message, params={"services": ", ".join(service_names())})
            raise blocks.StructBlockValidationError({"provider_url": error})
        return value

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        url = web_address(str(value.get("provider_url") or ""))
        if not url:
            return None
        frame = video_frame(url)
        still = targets.image(value.get("preview"))
        return texts(value, "title") | {
            "url": url,
            "provider": frame.name if frame else "",
            "recipient": frame.recipient if frame else "",
            "embed_url": frame.url if frame else "",
            "preview": Picture.of(still, "text", decorative=True) if still else None,
            "transcript": rich_text.to_rich_html(value.get("transcript"), targets),
        }

    class Meta:
        label = _("Film")
        icon = "media"
        group = GROUP
        template = "cms_blocks/blocks/video.html"
        label_format = "{title}"
        description = _("A film of another service, loaded only when a visitor agrees.")
        preview_value = {
            "title": _("A walk through the district"),
            "provider_url": "https://vimeo.com/123456789",
            "preview": 1,
            "transcript": _("<p>People walk along a street and point at things they would like to change.</p>"),
        }


class DialogueBlock(ContentBlock, blocks.StructBlock):
    """The way into a dialogue on another platform. JSON: title, text, url, provider, recipient, embed_url.

    The last three are empty unless the platform's host is allowed to fill a frame.
    """

    json_form = DialogueForm

    title = blocks.CharBlock(label=_("Heading"), max_length=160, help_text=_("What people can talk about there."))
    text = blocks.TextBlock(
        label=_("Text"),
        required=False,
        max_length=600,
        help_text=_("How long it is open, who reads along and what happens with the contributions."),
    )
    url = blocks.URLBlock(
        label=_("Address of the dialogue"),
        max_length=500,
        help_text=_(
            "If your site has allowed the platform, it can be opened within the page; otherwise there is a link."
        ),
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value["url"] and not web_address(value["url"]):
            raise blocks.StructBlockValidationError(
                {"url": ValidationError(_("Enter a complete web address that begins with https:// or http://."))}
            )
        return value

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        url = web_address(str(value.get("url") or ""))
        if not url:
            return None
        frame = dialogue_frame(url)
        return texts(value, "title", "text") | {
            "url": url,
            "provider": frame.name if frame else "",
            "recipient": frame.recipient if frame else "",
            "embed_url": frame.url if frame else "",
        }

    class Meta:
        label = _("Online dialogue")
        icon = "group"
        group = GROUP
        template = "cms_blocks/blocks/dialogue.html"
        label_format = "{title}"
        description = _("Leads into a dialogue on another platform.")
        preview_value = {
            "title": _("What shall the square be like?"),
            "text": _("The dialogue is open until the end of the month. The office reads along and answers."),
            "url": "https://example.org/dialogue/",
        }
