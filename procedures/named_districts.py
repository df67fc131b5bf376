"""What names a district, so that it cannot be deleted: procedures, news, their newest drafts, and streets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.db.models.signals import post_delete
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, ReferenceIndex

from procedures.models import DistrictPage, NewsDistrict, NewsPage, ProcedureDistrict, ProcedurePage, Street

#: Pages that a message names.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Naming:
    """Titles of pages, of those that name the district in their newest draft alone, and how many streets lie there."""

    pages: list[str]
    drafts: list[str]
    streets: int


def connect() -> None:
    """Called once when the apps are ready."""
    for model in (ProcedureDistrict, NewsDistrict):
        post_delete.connect(_taken_out, sender=model, dispatch_uid=f"district-taken-out-{model.__name__}")


def _taken_out(instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Wagtail brings its index of references up to date before a page's rows are written, and would go on refusing to
    delete a district that nothing names any more. With a page its references go anyway."""
    if issubclass(getattr(origin, "model", type(origin)), Page):
        return
    page = instance._meta.get_field("page").related_model.objects.filter(pk=instance.page_id).first()
    if page is not None:
        ReferenceIndex.create_or_update_for_object(page)


def refusal(pages: Iterable[Page]) -> str:
    """Why these pages cannot be deleted; empty if they can. At most seven queries."""
    found = naming_in(pages)
    named = [_quoted(title) for title in found.pages]
    named += [_("the draft of {page}").format(page=_quoted(title)) for title in found.drafts]
    said = []
    if named:
        words = ", ".join(named[:MOST_NAMED]) + (" …" if len(named) > MOST_NAMED else "")
        said.append(
            _("Not deleted: a district in it is named by {named}. Take it out there first.").format(named=words)
        )
    if found.streets:
        words = ngettext(
            "Not deleted: %(count)d street of the directory lies in a district in it.",
            "Not deleted: %(count)d streets of the directory lie in a district in it.",
            found.streets,
        )
        remedy = _("Import a directory that does not name this district first.")
        said.append(f"{words % {'count': found.streets}} {remedy}")
    return " ".join(said)


def _quoted(title: str) -> str:
    return _("“%(words)s”") % {"words": title}


def naming_in(pages: Iterable[Page]) -> Naming:
    """What names a district among these pages or below them."""
    below = [Q(path__startswith=page.path) for page in pages]
    going = DistrictPage.objects.filter(reduce(or_, below)) if below else DistrictPage.objects.none()
    words = dict(going.values_list("pk", "slug"))
    if not words:
        return Naming([], [], 0)
    rows: dict[int, str] = {}
    drafts: dict[int, str] = {}
    for model in (ProcedurePage, NewsPage):
        named = model.objects.filter(districts__district__in=words).distinct().order_by("title")
        rows |= {page.pk: page.get_admin_display_title() for page in named}
        drafts |= dict(_drafts(model, set(words)))
    # A word is that of a district in every language.
    staying = DistrictPage.objects.filter(slug__in=words.values()).exclude(pk__in=words)
    left = set(words.values()) - set(staying.values_list("slug", flat=True))
    return Naming(
        pages=list(rows.values()),
        drafts=[title for pk, title in drafts.items() if pk not in rows],
        streets=Street.objects.filter(district__in=left).count(),
    )


def _drafts(model: Any, districts: set[int]) -> Iterator[tuple[int, str]]:
    """Id and title of the pages whose newest version is not public and names one of these districts."""
    waiting = model.objects.filter(Q(live=False) | Q(has_unpublished_changes=True), latest_revision__isnull=False)
    found = waiting.order_by("draft_title").values_list("pk", "draft_title", "latest_revision__content__districts")
    for pk, title, rows in found:
        if any(row["district"] in districts for row in rows or ()):
            yield pk, title
