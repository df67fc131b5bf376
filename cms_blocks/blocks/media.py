"""Pictures: alternative text or “decorative”, and the rights the picture brings with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images import get_image_model

from cms_blocks.blocks.base import ContentBlock, texts
from cms_blocks.blocks.choosers import ImageChooser
from cms_blocks.blocks.json_forms import GalleryForm, ImageForm
from cms_blocks.media.responsive import picture_data

if TYPE_CHECKING:
    from cms_blocks.publication.targets import Targets

GROUP = _("Pictures and film")


@dataclass(frozen=True)
class Picture:
    """A public image in one place: its words there, its rights, its addresses and sizes.

    ``data`` is what :func:`cms_blocks.media.responsive.picture_data` says for the profile of the place.
    """

    id: int | None
    alt: str
    decorative: bool
    caption: str
    credit: str
    licence_url: str
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, image: Any, profile: str, *, alt: str = "", decorative: bool = False, caption: str = "") -> Picture:
        """``image`` as it is shown at a place with these words. Without own words the image's own count."""
        decorative = decorative or (image.is_decorative and not alt)
        return cls(
            id=image.pk,
            alt="" if decorative else alt or image.default_alt_text,
            decorative=decorative,
            caption=caption,
            credit=image.rights,
            licence_url=image.licence_address,
            data=_addresses(image, profile),
        )

    def __html__(self) -> SafeString:
        return render_to_string("cms_blocks/blocks/picture.html", {"picture": self})

    __str__ = __html__

    def as_json(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("id", "alt", "decorative", "caption", "credit", "licence_url")}
        return own | self.data


def _addresses(image: Any, profile: str) -> dict[str, Any]:
    """What :mod:`cms_blocks.media.responsive` says, unless the image answers itself, as the samples of previews do."""
    if hasattr(image, "picture_data"):
        return image.picture_data(profile)
    # One rendering asks for the document and for its words; the image it has looked up stays the same.
    known = image.__dict__.setdefault("_addresses", {})
    if profile not in known:
        known[profile] = picture_data(image, profile)
    return dict(known[profile])


class ImageBlock(ContentBlock, blocks.StructBlock):
    """One picture. JSON: ``size`` ("text" or "wide"), ``image`` (see :class:`Picture`)."""

    json_form = ImageForm

    image = ImageChooser(
        label=_("Picture"), help_text=_("Author and terms of use are kept with the picture and shown below it.")
    )
    decorative = blocks.BooleanBlock(
        label=_("Decorative"),
        required=False,
        help_text=_("Tick this if the picture only adorns. It is then skipped when the page is read aloud."),
    )
    alt = blocks.CharBlock(
        label=_("Alternative text"),
        required=False,
        max_length=300,
        help_text=_(
            "What the picture says in this place, for people who cannot see it. "
            "If you leave this empty, the text kept with the picture is used."
        ),
    )
    caption = blocks.CharBlock(
        label=_("Caption"), required=False, max_length=300, help_text=_("Stands below the picture, readable for all.")
    )
    size = blocks.ChoiceBlock(
        label=_("Size"),
        choices=[("text", _("As wide as the text")), ("wide", _("Wider than the text"))],
        default="text",
        search_index=False,
        help_text=_("Choose wide only for pictures that show more when they are large."),
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if self.is_deferred_validation or value["decorative"]:
            return value
        if value["image"] and not value["alt"]:
            known = get_image_model().objects.filter(pk=value["image"]).values_list("alt_text", "is_decorative").first()
            if known and not any(known):
                message = _(
                    "Describe what the picture shows, or tick “Decorative”. The picture has no text of its own yet."
                )
                raise blocks.StructBlockValidationError({"alt": ValidationError(message)})
        return value

    def picture(self, value: Any, targets: Targets, profile: str) -> Picture | None:
        """The chosen picture with the words of this place, if it is public."""
        image = targets.image(value.get("image"))
        if image is None:
            return None
        words = texts(value, "alt", "caption")
        return Picture.of(image, profile, decorative=bool(value.get("decorative")), **words)

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        size = "wide" if value.get("size") == "wide" else "text"
        picture = self.picture(value, targets, size)
        return {"size": size, "image": picture} if picture else None

    class Meta:
        label = _("Picture")
        icon = "image"
        group = GROUP
        template = "cms_blocks/blocks/image.html"
        label_format = "{caption}"
        description = _("One picture with its caption and author.")
        preview_value = {
            "image": 1,
            "decorative": False,
            "alt": _("Two half circles, one blue and one coral, that leave a gap between them"),
            "caption": _("Two halves, one office"),
            "size": "text",
        }


class GalleryBlock(ContentBlock, blocks.StructBlock):
    """Several pictures that belong together. JSON: ``title``, ``images`` (list of :class:`Picture`)."""

    json_form = GalleryForm

    title = blocks.CharBlock(
        label=_("Heading"), required=False, max_length=160, help_text=_("What the pictures have in common.")
    )
    images = blocks.ListBlock(
        ImageBlock(label=_("Picture"), help_text=_("The size has no effect in a gallery.")),
        label=_("Pictures"),
        min_num=1,
        max_num=30,
        collapsed=True,
        help_text=_("They are shown side by side, in this order."),
    )

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        block = self.child_blocks["images"].child_block
        pictures = [block.picture(item, targets, "card") for item in value.get("images") or []]
        shown = [picture for picture in pictures if picture]
        return texts(value, "title") | {"images": shown} if shown else None

    class Meta:
        label = _("Gallery")
        icon = "grid"
        group = GROUP
        template = "cms_blocks/blocks/gallery.html"
        label_format = "{title}"
        description = _("Several pictures that belong together.")
        preview_value = {
            "title": _("Out and about in the city"),
            "images": [
                {"image": number, "decorative": True, "alt": "", "caption": caption, "size": "text"}
                for number, caption in enumerate((_("At the market"), _("In the districts"), _("Behind open doors")), 1)
            ],
        }
