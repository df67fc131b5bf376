"""Addresses short enough for paper, which lead on for as long as what they name is public: ``/k/2026-0041`` to a
procedure, ``/k/d/17`` to a district, ``/k/s/lindenstrasse`` to what is planned near a street.

A number or a page's id stays when the page is renamed or moved; a street is known by its folded name, as the directory
keeps neither ids nor the parts of a street from one import to the next. A house number stands in none of them.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cms_blocks.languages import original_language
from cms_blocks.publication.reader import Moment, moment, site_id_for
from cms_blocks.publication.records import PublicRecord, PublicRecordQuerySet
from procedures.models import Street
from procedures.records import key_of
from procedures.streets.names import fold

#: The longest that a shared cache may lead on by itself, in seconds.
SHARED_SECONDS = 60


@require_safe
def lead_on(request: HttpRequest, reference: str) -> HttpResponse:
    """To the procedure with this number in the language of the address, else in the original one, else in any.

    404 where there is none that is public: nobody learns whether the number was ever given.
    """
    present = moment()
    rows = PublicRecord.objects.listed(present.now).of_kind("procedure").filter(procedure_facts__reference=reference)
    return _to_page(request, rows, present)


@require_safe
def lead_to_district(request: HttpRequest, number: int) -> HttpResponse:
    """To the district whose page in some language has this id, as :func:`lead_on` does."""
    present = moment()
    rows = PublicRecord.objects.visible(present.now).of_kind("district")
    same = rows.filter(object_id=number).values("translation_key")
    return _to_page(request, rows.filter(translation_key__in=same), present)


@require_safe
def lead_to_street(request: HttpRequest, name: str, number: int | None = None) -> HttpResponse:
    """To what is planned near the street with this folded name; ``number``: the id of its district's page, where
    several districts have a street of this name. 404 for what is no street: nothing is guessed."""
    present = moment()
    rows, query = Street.objects.filter(key=fold(name)), {}
    if number is not None:
        district = PublicRecord.objects.visible(present.now).of_kind("district").filter(object_id=number).first()
        if district is None:
            raise Http404
        query["district"] = key_of(district)
        rows = rows.filter(district=query["district"])
    street = rows.order_by("pk").first()
    if street is None:
        raise Http404
    address = f"{reverse('my_street')}?{urlencode({'street': street.name} | query)}#answer"
    return _shared(HttpResponseRedirect(address), present)


def short_address(reference: str) -> str:
    """The path in the active language; empty where the project does not include these addresses."""
    return _reversed("short_address", reference)


def short_address_of_district(record: PublicRecord) -> str:
    """The same for a district."""
    return _reversed("short_address_of_district", record.object_id)


def short_address_of_street(name: str, district: PublicRecord | None = None) -> str:
    """The same for a street, with its district where several have one of this name."""
    if district is None:
        return _reversed("short_address_of_street", fold(name))
    return _reversed("short_address_of_street", fold(name), district.object_id)


def _reversed(name: str, *values: Any) -> str:
    try:
        return reverse(name, args=values)
    except NoReverseMatch:
        return ""


def _to_page(request: HttpRequest, rows: PublicRecordQuerySet, present: Moment) -> HttpResponse:
    """To one of these translations of each other."""
    wanted = translation.get_language()
    here = rows.filter(site_id=site_id_for(request, present))
    paths = dict(here.order_by("-locale", "listed", "-pk").values_list("locale", "path"))
    if not paths:
        raise Http404
    path = paths.get(wanted) or paths.get(original_language()) or list(paths.values())[-1]
    return _shared(HttpResponseRedirect(path), present)


def _shared(response: HttpResponse, present: Moment) -> HttpResponse:
    shared = min(present.seconds, SHARED_SECONDS)
    patch_cache_control(response, public=True, max_age=0, s_maxage=shared, must_revalidate=True)
    return response
