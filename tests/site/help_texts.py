"""What an editor reads beside each field of a form: label and help, by where the field stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, HiddenInput
from django.test import RequestFactory
from django.utils import translation
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, get_edit_handler
from wagtail.models import Page

#: What is called the same in German and in English.
SAME = {"Administrator", "Code", "Film", "Name", "Register", "Text"}


@dataclass(frozen=True, slots=True)
class Told:
    """A field and what is told of it in German and in English."""

    place: str
    label: str
    german: str
    #: Label and help in English.
    name: str
    english: str

    @property
    def fault(self) -> str:
        if self.not_german or self.german:
            return self.not_german
        return f"{self.place}: no help text"

    @property
    def not_german(self) -> str:
        """A label that is missing or English, or a help that is English; Wagtail's own forms need no help."""
        if not self.label:
            return f"{self.place}: no label"
        if self.label == self.name and self.label not in SAME:
            return f"{self.place}: label only in English: {self.label}"
        return f"{self.place}: help only in English" if self.german and self.german == self.english else ""


def told_by_model(model: Any, user: Any) -> list[Told]:
    """Every field of the panels of a model's form in the admin, also those in rows that editors add."""
    return _paired(lambda: list(_bound(model, user)))


def told_by_form(name: str, form: Any) -> list[Told]:
    """Every visible field of a form that has no panels. ``form`` is called anew for each language."""
    return _paired(lambda: [(f"{name}.{place}", *words) for place, *words in _plain(form())])


def told_by_block(name: str, block: Any) -> list[Told]:
    """Every block that an editor can add or fill in below this one."""
    return _paired(lambda: list(_within(name, block)))


def _paired(found: Any) -> list[Told]:
    with translation.override("de"):
        german = [(place, str(label or ""), str(text or "")) for place, label, text in found()]
    with translation.override("en"):
        english = [(str(label or ""), str(text or "")) for _place, label, text in found()]
    return [Told(*entry, *other) for entry, other in zip(german, english, strict=True)]


def _bound(model: Any, user: Any) -> Iterator[tuple[str, Any, Any]]:
    handler = model.get_edit_handler() if issubclass(model, Page) else get_edit_handler(model)
    request = RequestFactory().get("/")
    request.user = user
    instance = model()
    form = handler.get_form_class()(instance=instance, for_user=user)
    panel = handler.get_bound_panel(instance=instance, request=request, form=form)
    yield from _below(panel, model.__name__)


def _below(panel: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(panel, FieldPanel.BoundPanel):
        if panel.bound_field is not None and not panel.bound_field.is_hidden:
            yield f"{place}.{panel.field_name}", panel.heading, panel.help_text
        return
    if isinstance(panel, InlinePanel.BoundPanel):
        yield from _below(panel.empty_child, f"{place}.{panel.panel.relation_name}")
    for child in getattr(panel, "children", ()):
        yield from _below(child, place)


def _plain(form: BaseForm) -> Iterator[tuple[str, Any, Any]]:
    for name, field in form.fields.items():
        if not isinstance(field.widget, HiddenInput):
            yield name, form[name].label, field.help_text


def _within(place: str, block: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(block, blocks.StreamBlock):
        for name, child in block.child_blocks.items():
            yield f"{place}.{name}", _label(child), child.get_description()
            if not isinstance(child, blocks.FieldBlock):
                yield from _within(f"{place}.{name}", child)
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield f"{place}.{name}", _label(child), _help(child)
            yield from _within(f"{place}.{name}", child)
    elif isinstance(block, blocks.ListBlock) and not isinstance(block.child_block, blocks.FieldBlock):
        yield from _within(place, block.child_block)


def _label(block: Any) -> Any:
    """The one that is given: without one Wagtail makes a word of the Python name."""
    return getattr(block.meta, "label", "")


def _help(block: Any) -> Any:
    return block.field.help_text if isinstance(block, blocks.FieldBlock) else getattr(block.meta, "help_text", "")
