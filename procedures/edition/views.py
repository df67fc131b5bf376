"""What the public reaches of editions: their names on the list, and the printed edition as it was published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms_blocks.media.serving import PDF_POLICY
from cms_blocks.print.views import printed
from cms_blocks.publication.reader import moment, record_at, site_id_for
from cms_blocks.publication.records import PublicRecord
from procedures import wording
from procedures.models import EditionPaper

if TYPE_CHECKING:
    from procedures.models import ProcedureIndexPage

#: Editions that the list names at once: those of a year.
AT_ONCE = 3
#: The longest that a shared cache may keep one by itself, in seconds: it may be withdrawn.
SHARED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Named:
    """An edition in the list. ``about``: when it was published and who adopted it, in words."""

    title: str
    path: str
    about: str
    language: str
    is_foreign: bool


@dataclass(frozen=True, slots=True)
class Editions:
    """The newest first."""

    shown: list[Named]
    older: list[Named]


def editions_of(page: ProcedureIndexPage) -> Editions | None:
    """The public editions of this list, whichever its language; ``None`` if there is none. One query."""
    rows = PublicRecord.objects.listed().of_kind("edition").filter(edition_facts__list_key=page.translation_key)
    here = page.locale.language_code
    found = [
        Named(row.title, row.path, _about(row), row.locale.partition("-")[0], row.locale != here)
        for row in rows.select_related("edition_facts").order_by("-edition_facts__number")
    ]
    return Editions(found[:AT_ONCE], found[AT_ONCE:]) if found else None


def _about(row: PublicRecord) -> str:
    facts = row.edition_facts
    return _("published on {day}, as of {cut_off}, adopted by {body}").format(
        day=wording.day(timezone.localdate(row.published_at)), cut_off=wording.day(facts.cut_off), body=facts.adopted_by
    )


@require_safe
def paper(request: HttpRequest, place: str, number: int) -> HttpResponse:
    """The printed edition, byte for byte as it was published. Where there is none that is public, the printed form of a
    page that happens to be called like one, or 404."""
    present = moment()
    record = record_at(request.path, site_id_for(request, present), present.now)
    if record is None or record.kind != "edition":
        return printed(request, place)
    found = EditionPaper.objects.filter(edition=record.object_id)
    digest = found.values_list("digest", flat=True).get()
    tag = f'"{digest}"'
    if tag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(bytes(found.values_list("pdf", flat=True)[0]), content_type="application/pdf")
        name = f"{record.title}.pdf"
        response.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
        response.headers["Content-Security-Policy"] = PDF_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["ETag"] = tag
    shared = min(present.seconds, SHARED_SECONDS)
    patch_cache_control(response, public=True, max_age=0, s_maxage=shared, must_revalidate=True)
    return response
