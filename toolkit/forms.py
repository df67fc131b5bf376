"""The editor's form of a method: what one field alone cannot know."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cms_blocks.reserved import PageForm


class MethodForm(PageForm):
    """A new method starts with the contact and the half of its toolkit.

    Says at the row of a combination that it leads nowhere new: to the method itself, or twice to the same one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and self.parent_page is not None:
            for name in ("contact", "half"):
                if name in self.fields:
                    self.initial[name] = getattr(self.parent_page.specific, name, None)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        seen = set()
        for row in self.formsets.get("combinations", ()):
            if not row.is_valid() or row.cleaned_data.get("DELETE") or not row.cleaned_data.get("method"):
                continue
            chosen = row.cleaned_data["method"].pk
            if chosen == self.instance.pk:
                row.add_error("method", _("A method cannot be combined with itself. Choose another one."))
            elif chosen in seen:
                row.add_error("method", _("This method is chosen twice. Take one of them away."))
            seen.add(chosen)
        return data
