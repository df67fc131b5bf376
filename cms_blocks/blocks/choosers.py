"""Choosers that hold the id of what was chosen, not the object.

Wagtail's choosers fetch the chosen objects as soon as a stream is read, whether they are public or not. These hold a
plain id: reading a stream costs no query, and a template has nothing to show until
:class:`cms_blocks.publication.targets.Targets` has said that it is public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model
from wagtail.admin.compare import BlockComparison
from wagtail.blocks import PageChooserBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from cms_blocks.blocks.stored import object_id


class ChosenId:
    """Mixin for Wagtail's chooser blocks: the value is an ``int`` or ``None``."""

    model_class: Any  # of the chooser block

    def to_python(self, value: Any) -> int | None:
        return self.normalize(value)

    def bulk_to_python(self, values: Iterable[Any]) -> list[int | None]:
        return [self.normalize(value) for value in values]

    def normalize(self, value: Any) -> int | None:
        return value.pk if isinstance(value, Model) else object_id(value)

    def value_from_form(self, value: Any) -> int | None:
        return self.normalize(value)

    def get_prep_value(self, value: Any) -> int | None:
        return self.normalize(value)

    def extract_references(self, value: int | None) -> Iterator[tuple[Any, str, str, str]]:
        if value:
            yield self.model_class, str(value), "", ""

    def render_basic(self, value: int | None, context: Any = None) -> str:
        """The name of the chosen object, for the editor's comparison of versions (never for the public)."""
        chosen = self.model_class._default_manager.filter(pk=value).first() if value else None
        return str(chosen) if chosen else ""

    def get_comparison_class(self) -> type[BlockComparison]:
        return BlockComparison

    # wagtail-localize: a translation keeps the id and may replace it; which language of the object is shown is
    # decided when the page is rendered.

    def get_translatable_segments(self, value: int | None) -> list[Any]:
        from wagtail_localize.segments import OverridableSegmentValue

        return [OverridableSegmentValue("", value)] if value else []

    def restore_translated_segments(self, value: int | None, segments: list[Any]) -> int | None:
        return self.normalize(segments[0].data)


class PageChooser(ChosenId, PageChooserBlock):
    pass


class ImageChooser(ChosenId, ImageChooserBlock):
    pass


class DocumentChooser(ChosenId, DocumentChooserBlock):
    pass


class SnippetChooser(ChosenId, SnippetChooserBlock):
    pass
