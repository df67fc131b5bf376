"""Blocks that lead on: call to action, related pages, documents, contact."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms_blocks.blocks.base import ContentBlock, texts
from cms_blocks.blocks.choosers import DocumentChooser, PageChooser, SnippetChooser
from cms_blocks.blocks.json_forms import CallToActionForm, ContactForm, DocumentsForm, RelatedPagesForm
from cms_blocks.blocks.media import Picture
from cms_blocks.media.asking import ask_path
from cms_blocks.rich_text import EXTERNAL_REL, is_external

if TYPE_CHECKING:
    from cms_blocks.publication.targets import Target, Targets

GROUP = _("Links and contact")


@dataclass(frozen=True)
class Link:
    """A link to something public: its words, its address, whether it leaves the site, and the language it leads to
    if that is another one."""

    label: str
    url: str
    external: bool = False
    language: str = ""

    @property
    def rel(self) -> str:
        return EXTERNAL_REL if self.external else ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def web_address(url: str) -> str:
    """``url`` if it is a complete web address (http or https), else an empty string."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else ""


class CallToActionBlock(ContentBlock, blocks.StructBlock):
    """One thing to do, with a button. JSON: ``title``, ``text``, ``tone``, ``link`` (:class:`Link` or null)."""

    json_form = CallToActionForm

    title = blocks.CharBlock(
        label=_("Heading"), max_length=120, help_text=_("A question or an invitation, in a few words.")
    )
    text = blocks.TextBlock(
        label=_("Text"), required=False, max_length=400, help_text=_("One or two sentences on what happens next.")
    )
    button = blocks.CharBlock(
        label=_("Words on the button"),
        required=False,
        max_length=60,
        help_text=_("Say with a verb what happens, for example “Write to us”, not “Click here”."),
    )
    page = PageChooser(label=_("Page"), required=False, help_text=_("Where the button leads: a page of this website …"))
    url = blocks.URLBlock(
        label=_("Web address"),
        required=False,
        max_length=500,
        help_text=_("… or an address elsewhere. Fill in only one of the two."),
    )
    tone = blocks.ChoiceBlock(
        label=_("Colour"),
        choices=[
            ("blue", _("Blue: calm, the administration's colour")),
            ("coral", _("Coral: lively, the independent carrier's colour")),
            ("green", _("Green: open for participation")),
            ("sun", _("Sun: dates and attention")),
        ],
        default="blue",
        search_index=False,
        help_text=_("The colour has a meaning. Use one call to action of each colour on a page at most."),
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        errors = {}
        if value["page"] and value["url"]:
            errors["url"] = ValidationError(_("Choose either a page or a web address. Empty one of the two fields."))
        elif value["url"] and not web_address(value["url"]):
            errors["url"] = ValidationError(_("Enter a complete web address that begins with https:// or http://."))
        elif not self.is_deferred_validation:
            if value["button"] and not (value["page"] or value["url"]):
                errors["page"] = ValidationError(_("The button leads nowhere. Choose a page or enter a web address."))
            elif (value["page"] or value["url"]) and not value["button"]:
                errors["button"] = ValidationError(_("Say what stands on the button, for example “Write to us”."))
        if errors:
            raise blocks.StructBlockValidationError(errors)
        return value

    def link(self, value: Any, targets: Targets) -> Link | None:
        label = texts(value, "button")["button"]
        target = targets.page(value.get("page"))
        url = target.path if target else web_address(str(value.get("url") or ""))
        language = targets.foreign(target) if target else ""
        return Link(label, url, is_external(url), language) if label and url else None

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        shown = texts(value, "title", "text")
        if not any(shown.values()):
            return None
        return shown | {"tone": value.get("tone") or "blue", "link": self.link(value, targets)}

    class Meta:
        label = _("Call to action")
        icon = "pick"
        group = GROUP
        template = "cms_blocks/blocks/call_to_action.html"
        label_format = "{title}"
        description = _("Says what visitors can do now, with a button.")
        preview_value = {
            "title": _("Not sure which way is yours?"),
            "text": _("Write to us or call. One sentence is enough."),
            "button": _("Get in touch"),
            "page": None,
            "url": "https://example.org/",
            "tone": "coral",
        }


class RelatedPagesBlock(ContentBlock, blocks.StructBlock):
    """Pages that help on. JSON: ``title``, ``pages`` (id, kind, title, lead, url, locale, illustration, half)."""

    json_form = RelatedPagesForm

    title = blocks.CharBlock(
        label=_("Heading"),
        required=False,
        max_length=160,
        help_text=_("What awaits readers there, for example “Good to start with”."),
    )
    pages = blocks.ListBlock(
        PageChooser(label=_("Page"), help_text=_("Pages that are not published are left out.")),
        label=_("Pages"),
        min_num=1,
        max_num=12,
        help_text=_("They are shown as cards, in this order."),
    )

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        found = [targets.page(pk) for pk in value.get("pages") or []]
        pages = [target for target in found if target]
        return texts(value, "title") | {"pages": pages} if pages else None

    def to_json(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        shown = self.resolve(value, targets)
        return shown | {"pages": [self._page(target) for target in shown["pages"]]} if shown else None

    @staticmethod
    def _page(target: Target) -> dict[str, Any]:
        names = ("id", "kind", "title", "lead", "locale", "illustration", "half")
        return {name: getattr(target, name) for name in names} | {"url": target.path}

    class Meta:
        label = _("Related pages")
        icon = "doc-full"
        group = GROUP
        template = "cms_blocks/blocks/related_pages.html"
        label_format = "{title}"
        description = _("Cards that lead to further pages of this website.")
        preview_value = {"title": _("Good to start with"), "pages": [1, 2, 3]}


@dataclass(frozen=True)
class Download:
    """A public document: what is in it, where it is, how large, and of when. ``size`` in bytes, ``None`` if unknown;
    ``ask``: where to ask for an accessible version, empty for an accessible document."""

    id: int
    title: str
    summary: str
    url: str
    extension: str
    size: int | None
    accessible: str
    changed: date
    ask: str = ""
    newer: Link | None = None

    @property
    def label(self) -> str:
        """The words of the link."""
        return self.title

    @property
    def day(self) -> date:
        """The day that is told."""
        return self.changed

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"changed": self.changed.isoformat()}


class DocumentsBlock(ContentBlock, blocks.StructBlock):
    """Files to download. JSON: ``title``, ``documents`` (list of :class:`Download`)."""

    json_form = DocumentsForm

    title = blocks.CharBlock(
        label=_("Heading"),
        required=False,
        max_length=160,
        help_text=_("What the documents are for, for example “To take away”."),
    )
    documents = blocks.ListBlock(
        DocumentChooser(
            label=_("Document"), help_text=_("Shown with its summary, its size and whether it is accessible.")
        ),
        label=_("Documents"),
        min_num=1,
        max_num=40,
        help_text=_("They are listed in this order."),
    )

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        found = [targets.document(pk) for pk in value.get("documents") or []]
        downloads = [self.download(document, targets) for document in found if document]
        return texts(value, "title") | {"documents": downloads} if downloads else None

    @staticmethod
    def download(document: Any, targets: Targets) -> Download:
        newer = targets.document(document.superseded_by_id)
        return Download(
            id=document.pk,
            title=document.title,
            summary=document.summary,
            url=document.url,
            extension=document.file_extension.lower(),
            size=document.file_size,
            accessible=document.accessible,
            changed=localtime(document.file_changed_at).date(),
            ask=ask_path(document),
            newer=Link(newer.title, newer.url) if newer else None,
        )

    class Meta:
        label = _("Documents")
        icon = "download"
        group = GROUP
        template = "cms_blocks/blocks/documents.html"
        label_format = "{title}"
        description = _("A list of files to download.")
        preview_value = {"title": _("To take away"), "documents": [1, 2]}


class ContactBlock(ContentBlock, blocks.StructBlock):
    """Where to reach a human. JSON: the contact's fields and ``photo`` (:class:`Picture` or null)."""

    json_form = ContactForm

    FIELDS = ("name", "role", "half", "email", "phone", "address", "hours")

    contact = SnippetChooser(
        "cms_blocks.Contact",
        label=_("Contact"),
        help_text=_("Contacts are kept in one place. A change there shows on every page."),
    )

    def opens_section(self, value: Any) -> bool:
        return False

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        contact = targets.contact(value.get("contact"))
        if contact is None:
            return None
        photo = targets.image(contact.photo_id)
        return {name: getattr(contact, name) for name in self.FIELDS} | {
            "photo": Picture.of(photo, "thumb") if photo else None
        }

    class Meta:
        label = _("Contact")
        icon = "user"
        group = GROUP
        template = "cms_blocks/blocks/contact.html"
        description = _("A card with name, phone, e-mail and hours.")
        preview_value = {"contact": 1}
