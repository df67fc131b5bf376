"""What an editor's form sent: on which version it was written, and the page as it would be."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.http import HttpRequest
from wagtail.admin.compare import StreamFieldComparison
from wagtail.fields import StreamField
from wagtail.models import Page, PageSubscription, Revision

_KEY = re.compile(r' data-block-key=\\?"\w*\\?"')
_MARK = re.compile(r'class="[^"]*(?:addition|deletion)')


@dataclass(frozen=True)
class Basis:
    """The version that somebody had before them when they wrote, as their form tells it."""

    revision_id: str
    #: Empty where the form's own autosave wrote that version last: nobody else can have changed it since.
    created_at: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Basis | None:
        """``None`` if the form does not tell (requests that no editor sends)."""
        if own := request.POST.get("overwrite_revision_id"):
            return cls(own)
        if loaded := request.POST.get("loaded_revision_id"):
            return cls(loaded, request.POST.get("loaded_revision_created_at", ""))
        return None

    def is_newest(self, newest: Revision | None) -> bool:
        """Whether nobody has saved since. A page without versions is as it was."""
        if newest is None:
            return True
        same_time = self.created_at in ("", newest.created_at.isoformat())
        return self.revision_id == str(newest.pk) and same_time

    def revision(self, page: Any) -> Revision | None:
        """The version, if it is still as it was read."""
        found = page.revisions.filter(pk=self.revision_id).first() if self.revision_id.isdigit() else None
        if found is None or self.created_at not in ("", found.created_at.isoformat()):
            return None
        return found


def written(request: HttpRequest, page: Any) -> Any:
    """The page with what the form says, in memory only.

    Values that do not pass the form's checks are taken as they were written, as far as a page can hold them.
    """
    present = Page.objects.get(pk=page.pk).get_latest_revision_as_object()
    form_class = type(present).get_edit_handler().get_form_class()
    form = form_class(
        request.POST,
        request.FILES,
        instance=present,
        subscription=PageSubscription(page=present, user=request.user),
        parent_page=present.get_parent(),
        for_user=request.user,
    )
    form.defer_required_fields()
    if form.is_valid():
        return form.save(commit=False)
    for name in form.errors:
        field = next((field for field in present._meta.concrete_fields if field.name == name), None)
        if isinstance(field, StreamField | models.CharField | models.TextField):
            widget = form.fields[name].widget
            setattr(present, name, widget.value_from_datadict(form.data, form.files, form.add_prefix(name)))
    for formset in form.formsets.values():
        if formset.is_valid():
            formset.instance = present
            formset.save(commit=False)
    return present


def differences(before: Any, after: Any, request: HttpRequest) -> list[Any]:
    """Wagtail's comparisons of all fields of the form in which the two differ.

    ``is_marked`` says whether the difference can be seen in its text; the target of a link, for one, cannot.
    """
    panel = type(after).get_edit_handler().get_bound_panel(instance=after, request=request, form=None)
    comparisons = [comparison(before, after) for comparison in panel.get_comparison()]
    found = [comparison for comparison in comparisons if comparison.has_changed() and not _is_noise(comparison)]
    for comparison in found:
        comparison.is_marked = not comparison.is_field or bool(_MARK.search(str(comparison.htmldiff())))
    return found


def _is_noise(comparison: Any) -> bool:
    """Whether only the keys have changed that Draftail gives its paragraphs anew each time."""
    if not isinstance(comparison, StreamFieldComparison):
        return False
    before, after = (
        _KEY.sub("", json.dumps(value.get_prep_value(), cls=DjangoJSONEncoder))
        for value in (comparison.val_a, comparison.val_b)
    )
    return before == after
