"""The body of a page: a stream of blocks, looked up in one go and rendered with headings in the right order."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from cms_blocks.blocks.base import ContentBlock
from cms_blocks.blocks.external import DialogueBlock, VideoBlock
from cms_blocks.blocks.links import CallToActionBlock, ContactBlock, DocumentsBlock, RelatedPagesBlock
from cms_blocks.blocks.media import GalleryBlock, ImageBlock
from cms_blocks.blocks.stored import text
from cms_blocks.blocks.structure import AccordionBlock, StepsBlock, TableBlock, TimelineBlock
from cms_blocks.blocks.text import HeadingBlock, ParagraphBlock, QuoteBlock
from cms_blocks.publication.targets import rendering

if TYPE_CHECKING:
    from cms_blocks.publication.targets import Targets


class BodyBlock(blocks.StreamBlock):
    """All blocks a page may hold. A site adds its own in a subclass; each must be a :class:`ContentBlock`.

    HTML and JSON cost the same number of queries whether the body has one block or a hundred: everything a stream
    refers to is looked up first.
    """

    paragraph = ParagraphBlock()
    heading = HeadingBlock()
    quote = QuoteBlock()
    image = ImageBlock()
    gallery = GalleryBlock()
    accordion = AccordionBlock()
    steps = StepsBlock()
    timeline = TimelineBlock()
    table = TableBlock()
    call_to_action = CallToActionBlock()
    related_pages = RelatedPagesBlock()
    documents = DocumentsBlock()
    contact = ContactBlock()
    video = VideoBlock()
    dialogue = DialogueBlock()

    class Meta:
        label = _("Content")

    def render(self, value: Any, context: dict[str, Any] | None = None) -> SafeString:
        """The blocks one after the other, without wrappers; blocks with nothing to show are left out."""
        parts: list[str] = []
        below_heading = False
        with rendering() as targets:
            self.preload(value, targets)
            for child in value or []:
                opens_section = child.block.opens_section(child.value)
                item_level = 3 if below_heading or opens_section else 2
                part = child.render({**(context or {}), "targets": targets, "item_level": item_level})
                if part:
                    parts.append(part)
                    below_heading = below_heading or opens_section
        return mark_safe("\n".join(parts))

    def to_json(self, value: Any, targets: Targets) -> list[dict[str, Any]]:
        """The body for the content API: ``{"type", "id", …fields}`` for each block that has something to show."""
        items = []
        with rendering(targets):
            self.preload(value, targets)
            for child in value or []:
                shown = child.block.to_json(child.value, targets)
                if shown:
                    items.append({"type": child.block_type, "id": child.id, **shown})
        return items

    def to_text(self, value: Any, targets: Targets | None = None) -> str:
        """The words of all blocks that are shown, for the search. Names of other objects are not among them."""
        with rendering(targets) as targets:
            self.preload(value, targets)
            return "\n".join(filter(None, (child.block.to_text(child.value, targets) for child in value or [])))

    def preload(self, value: Any, targets: Targets) -> None:
        """Look up everything the stream refers to: one query for each sort, one more for what those refer to."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for model, pk, *_paths in self.extract_references(value or []):
            for base, sort in self._sorts.items():
                if issubclass(model, base):
                    wanted[sort].add(int(pk))
        targets.preload(**wanted)
        targets.preload(
            images=[contact.photo_id for contact in map(targets.contact, wanted["contacts"]) if contact],
            documents=[
                document.superseded_by_id for document in map(targets.document, wanted["documents"]) if document
            ],
        )

    @cached_property
    def _sorts(self) -> dict[type, str]:
        from cms_blocks.office import Contact

        return {Page: "pages", get_image_model(): "images", get_document_model(): "documents", Contact: "contacts"}

    def to_python(self, value: Any) -> Any:
        """Also reads what was stored by an older version or badly imported: unknown and broken items are left out."""
        if isinstance(value, str) and value:
            try:
                value = json.loads(value)
            except ValueError:
                return self.empty_value(raw_text=value)
        if isinstance(value, dict | int | float | str):
            value = []
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            value = [self._sound(item) for item in value if isinstance(item, dict) and item.get("type") in self._names]
        elif isinstance(value, list):
            value = [item for item in value if isinstance(item, tuple | blocks.StreamValue.StreamChild)]
        return super().to_python(value)

    @cached_property
    def _names(self) -> list[str]:
        return list(self.child_blocks)

    @staticmethod
    def _sound(item: dict[str, Any]) -> dict[str, Any]:
        sound = {"type": item["type"], "value": item.get("value")}
        return sound | {"id": text(item["id"])} if isinstance(item.get("id"), str) else sound

    def get_prep_value(self, value: Any) -> Any:
        # Items of lists get their ids when they are read; store them, so that translations find them again.
        for _child in value or []:
            pass
        return super().get_prep_value(value)

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if self.is_deferred_validation:
            return value
        errors, below_heading = {}, False
        for index, child in enumerate(value):
            if child.block_type == "heading" and child.value["level"] == "3" and not below_heading:
                message = _("No heading of a part stands above this one. Choose “Heading of a part”.")
                errors[index] = blocks.StructBlockValidationError({"level": ValidationError(message)})
            below_heading = below_heading or child.block.opens_section(child.value)
        if errors:
            raise blocks.StreamBlockValidationError(block_errors=errors)
        return value

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        errors = super().check(**kwargs)
        for name, block in self.child_blocks.items():
            if not isinstance(block, ContentBlock):
                errors.append(
                    checks.Error(
                        f"The block {name!r} of {type(self).__name__} has no public form.",
                        hint="Let its class inherit from cms_blocks.blocks.ContentBlock and write its resolve().",
                        obj=kwargs.get("field", self),
                        id="cms_blocks.E010",
                    )
                )
            elif not hasattr(block, "json_form"):
                errors.append(
                    checks.Error(
                        f"The block {name!r} of {type(self).__name__} does not say what its JSON looks like.",
                        hint="Set json_form to a pydantic model of what its to_json() gives.",
                        obj=kwargs.get("field", self),
                        id="cms_blocks.E011",
                    )
                )
        return errors
