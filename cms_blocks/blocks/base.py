"""What all blocks have in common: one description of what the public sees, shown as HTML and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import mark_safe

from cms_blocks.blocks.stored import fit
from cms_blocks.blocks.words import words
from cms_blocks.publication.targets import current_targets

if TYPE_CHECKING:
    from pydantic import BaseModel
    from wagtail.blocks import Block as Mixin

    from cms_blocks.publication.targets import Targets
else:
    Mixin = object


class ContentBlock(Mixin):
    """Mixin for every block that stands in a body, before the Wagtail block class it builds on.

    A block says in :meth:`resolve` what the public sees of a value. The template gets it as ``shown``, the JSON form
    is the same in plain types: HTML and API cannot disagree, and neither can reach anything that is not public.
    """

    #: The JSON form as a type, for the documents of the content API.
    json_form: type[BaseModel]

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        """What is shown: names and values of the JSON form; ``None`` if nothing is left to show.

        Every object comes from ``targets``. Values may be strings, numbers, dates, lists, dicts and objects with
        ``as_json()``.
        """
        raise NotImplementedError

    def render(self, value: Any, context: dict[str, Any] | None = None) -> str:
        """The block's HTML, or an empty string when there is nothing to show."""
        context = dict(context or {})
        targets = context.get("targets") or current_targets()
        shown = self.resolve(value, targets)
        if not shown:
            return ""
        context.setdefault("item_level", 3)
        context |= {"targets": targets, "shown": shown}
        return mark_safe(
            render_to_string(self.get_template(value, context=context), self.get_context(value, parent_context=context))
        )

    def to_json(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        """The block's fields as plain JSON types, without ``type`` and ``id``; ``None`` if nothing is shown."""
        shown = self.resolve(value, targets)
        return plain(shown) if shown else None

    def to_text(self, value: Any, targets: Targets | None = None) -> str:
        """The block's own words, for the search: one line for each text, and only what is shown.

        Words about something that is not public (the caption of a private picture) are found no more than seen.
        """
        shown = self.resolve(value, targets or current_targets())
        seen = set(strings(plain(shown))) if shown else set()
        return "\n".join(text for text in words(self, value) if text in seen)

    def opens_section(self, value: Any) -> bool:
        """Whether the block starts with a heading of the second level."""
        return bool(value.get("title"))

    def to_python(self, value: Any) -> Any:
        return super().to_python(fit(self, value))

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        return super().bulk_to_python([fit(self, value) for value in values])

    def get_preview_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        from cms_blocks.blocks.preview import SampleTargets

        return {**(parent_context or {}), "targets": SampleTargets()}


def plain(value: Any) -> Any:
    """``value`` in JSON types: objects by their ``as_json()``, dates as ``YYYY-MM-DD``, lazy strings as text."""
    if hasattr(value, "as_json"):
        return plain(value.as_json())
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | Promise):
        return str.__str__(str(value))
    return value


def strings(value: Any) -> Iterator[str]:
    """All texts in a value of plain types."""
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def texts(value: Any, *names: str) -> dict[str, str]:
    """The named plain texts of a struct value, trimmed; a missing one is an empty string."""
    return {name: str(value.get(name) or "").strip() for name in names}
