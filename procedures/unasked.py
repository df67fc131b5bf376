"""Publishing several procedures at once or through the write API shows no form. What the form asks of an editor before
a procedure becomes public is asked here: nothing is published with something missing or without saying what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin import messages
from wagtail.models import Page

from cms_blocks.languages import original_language
from procedures.changes import asks_what_is_new
from procedures.city_bounds import city_bounds
from procedures.models import ProcedurePage
from procedures.rules import incomplete

#: Procedures that a message names.
MOST_NAMED = 5


def open_questions(newest: ProcedurePage) -> list[str]:
    """What the editor's form would say against publishing this version; empty if nothing."""
    districts = [row.district_id for row in newest.districts.all()]
    said = [
        _("“{field}”: {message}").format(field=label, message=message)
        for label, message in incomplete(newest, districts, city_bounds()).items()
    ]
    public = ProcedurePage.objects.get(pk=newest.pk)
    is_asked = public.live and public.locale.language_code == original_language()
    if is_asked and asks_what_is_new(public.duties(), newest.duties(), public.changes, newest.changes):
        said.append(_("Something has changed that people rely on. Say what is new, or tick “Editorial only”."))
    return said


class PublishWhenAnswered(PublishPageRevisionAction):
    """As Wagtail's write API publishes the newest version of a page."""

    def check(self, skip_permission_checks: bool = False) -> None:
        super().check(skip_permission_checks)
        if isinstance(self.object, ProcedurePage) and (said := open_questions(self.object)):
            raise ValidationError(said)


@hooks.register("register_actions", order=100)
def ask_in_the_write_api(registry: Any) -> None:
    registry.register(Page, PublishWhenAnswered)


@hooks.register("before_bulk_action")
def ask_before_several_are_published(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """All of them or none, as the message says."""
    if action_type != "publish":
        return None
    pages = [one for one in objects if isinstance(one, Page)]
    found = []
    for page in _published_by(pages, include_descendants=action.cleaned_form.cleaned_data["include_descendants"]):
        newest = page.get_latest_revision_as_object()
        if said := open_questions(newest):
            found.append(_("“%(words)s”") % {"words": newest.title} + f": {said[0]}")
    if not found:
        return None
    named = " ".join(Truncator(one).chars(200) for one in found[:MOST_NAMED]) + (" …" if found[MOST_NAMED:] else "")
    said = _("Nothing was published. {named} Open the procedure, complete it and publish it there.")
    messages.error(request, said.format(named=named))
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


def _published_by(pages: Iterable[Page], *, include_descendants: bool) -> Iterator[ProcedurePage]:
    for page in pages:
        if isinstance(found := page.specific, ProcedurePage):
            yield found
        if include_descendants:
            yield from ProcedurePage.objects.descendant_of(page).filter(live=False)
