"""The editor's form of a procedure: what one field alone cannot know."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cms_blocks.reserved import PageForm
from procedures.rules import missing


class ProcedureForm(PageForm):
    """A new procedure starts with the contact and the half of its list. A draft may leave open what is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_draft = False
        if self.instance.pk is None and self.parent_page is not None:
            for name in ("contact", "half"):
                if name in self.fields:
                    self.initial[name] = getattr(self.parent_page.specific, name, None)

    def defer_required_fields(self) -> None:
        """Called by Wagtail when a draft is saved."""
        super().defer_required_fields()
        self.is_draft = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.is_draft:
            for name, message in missing(data).items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, message)
            self._check_districts(data)
        return data

    def _check_districts(self, data: dict[str, Any]) -> None:
        rows = [row.cleaned_data for row in self.formsets.get("districts", ()) if row.is_valid()]
        chosen = any(row.get("district") and not row.get("DELETE") for row in rows)
        if not chosen and not data.get("city_wide") and "city_wide" in self.fields:
            self.add_error("city_wide", _("Say where it is: tick this for the whole city, or choose a district."))
