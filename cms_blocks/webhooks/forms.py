"""The form of an endpoint: kinds and languages are ticked."""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxSelectMultiple, MultipleChoiceField
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.coreutils import get_content_languages

from cms_blocks.languages import local_name
from cms_blocks.publication.declaration import declarations


def kind_choices() -> list[tuple[str, Any]]:
    """All kinds that are ever public, in the order of their names."""
    named = [(declaration.kind, str(declaration.label_plural)) for declaration in declarations()]
    return sorted(named, key=lambda choice: choice[1].casefold())


def language_choices() -> list[tuple[str, str]]:
    return [(code, local_name(code)) for code in get_content_languages()]


class SetChoice(MultipleChoiceField):
    """Any number of words of a set column."""

    widget = CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return list(value or ())


class EndpointForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("kinds", kind_choices), ("languages", language_choices)):
            if name in self.fields:
                plain = self.fields[name]
                self.fields[name] = SetChoice(
                    choices=choices, required=False, label=plain.label, help_text=plain.help_text
                )
