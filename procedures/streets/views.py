"""“My street”: a resident types a street and reads what is planned nearest.

A street may stand in the address. A house number may not, for addresses end up in logs: it is sent by POST, shown once
and kept nowhere. Nothing is written, so the form needs no token, only to come from a page of this site.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from wagtail.coreutils import get_content_languages

from cms_blocks.chrome import chrome_for
from cms_blocks.print.sheets import Sheet
from cms_blocks.print.views import paper_for, pressed
from cms_blocks.public_forms import sent_from_here
from cms_blocks.publication.middleware import only_reads
from cms_blocks.publication.reader import Moment, etag, moment
from cms_blocks.search.views import typed
from procedures.city_map import CityMap, map_of_places, places_of
from procedures.print.notes import street_note
from procedures.records import district_names, district_of, districts_of_city, in_language_or_original
from procedures.short_addresses import short_address_of_street
from procedures.streets.finding import Match, Nearby, Place, find, for_everybody, is_street, nearby
from procedures.streets.names import LONGEST, split

#: The longest that a shared cache may answer by itself, in seconds.
SHARED_SECONDS = 60


class StreetForm(forms.Form):
    """Where do you live? Nothing of it is kept."""

    street = forms.CharField(
        label=gettext_lazy("Street"),
        help_text=gettext_lazy("For example “Lindenstr”. Capital letters and small mistakes do not matter."),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Please write the name of a street.")},
    )
    number = forms.CharField(
        label=gettext_lazy("House number"),
        help_text=gettext_lazy("Makes the distance more exact. It is not stored and stands in no address."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


@only_reads
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def my_street(request: HttpRequest) -> HttpResponse:
    """The form; with ``street`` (and ``district``, where several have a street of this name) also the answer."""
    if request.method == "POST":
        return _sent(request)
    street, number = _without_number(typed(request.GET.get("street", "")))
    district = typed(request.GET.get("district", ""))
    if number:  # somebody made the address by hand
        return _kept_by_nobody(HttpResponseRedirect(_address(street)))
    own_look = settings.SESSION_COOKIE_NAME in request.COOKIES
    present = moment()
    tag = etag("street", present.token, request.scheme, request.get_host(), request.get_full_path())
    if not own_look and tag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        form = StreetForm(initial={"street": street})
        response = _page(request, form, street, district=district)
        if street:
            response.headers["X-Robots-Tag"] = "noindex, follow"
    if own_look:
        return _kept_by_nobody(response)
    response.headers["ETag"] = tag
    shared = min(present.seconds, SHARED_SECONDS)
    patch_cache_control(response, public=True, max_age=0, s_maxage=shared, must_revalidate=True)
    return response


def note(request: HttpRequest) -> HttpResponse:
    """The note for the stairwell of a street: what is planned nearest, on one sheet."""
    street, number = _without_number(typed(request.GET.get("street", "")))
    if number:  # somebody made the address by hand
        return _kept_by_nobody(HttpResponseRedirect(_note_address(street)))
    language = translation.get_language() or settings.LANGUAGE_CODE
    paper = paper_for(request, language)

    def gather(present: Moment) -> tuple[str, Sheet]:
        names = district_names(language)
        place = find(street, "", typed(request.GET.get("district", "")), names=names).place if street else None
        if place is None:
            raise Http404
        answer = nearby(place, language, names)
        rows = [*answer.near, *filter(None, [answer.nearest]), *answer.district, *answer.city_wide]
        found = {one.card.record.pk: (one.card.record, one.distance) for one in rows}
        path = _address(place.name, place.chosen).partition("#")[0]
        short = short_address_of_street(place.name, district_of(place.chosen) if place.chosen else None)
        drawn = _map(place, answer, language)
        return f"{paper.origin}{path}", street_note(place.name, found.values(), drawn, short, paper)

    return pressed(request, gather)


def street_path(name: str = "", district: str = "") -> str:
    """Where “my street” is in the active language, for this street; empty where the project does not include it."""
    try:
        return _address(name, district)
    except NoReverseMatch:
        return ""


def _sent(request: HttpRequest) -> HttpResponse:
    """A street alone leads on to its own address; with a number it is answered here."""
    form = StreetForm(request.POST)
    valid = form.is_valid()
    if not sent_from_here(request):
        form.add_error(
            None, _("Your browser does not say that the form comes from our website. Please send it once more.")
        )
        return _kept_by_nobody(_page(request, form, status=403))
    if not valid:
        return _kept_by_nobody(_page(request, form))
    street, inline = _without_number(typed(form.cleaned_data["street"]))
    number = typed(form.cleaned_data["number"]) or inline
    if not number and (not any(sign.isdigit() for sign in street) or is_street(street)):
        return _kept_by_nobody(HttpResponseRedirect(_address(street), status=303))
    form = StreetForm(initial={"street": street, "number": number})
    return _kept_by_nobody(_page(request, form, street, number))


def _without_number(text: str) -> tuple[str, str]:
    """Street and house number, unless the number belongs to the street's name."""
    street, number = split(text)
    return (text, "") if not number or is_street(text) else (street, number)


def _page(
    request: HttpRequest, form: StreetForm, street: str = "", number: str = "", district: str = "", status: int = 200
) -> HttpResponse:
    language = translation.get_language() or settings.LANGUAGE_CODE
    match, answer, lost = Match(), None, {}
    if street:
        names = district_names(language)
        match = find(street, number, district, names=names)
        answer = nearby(match.place, language, names) if match.place else None
        lost = {} if match.place or match.offers else _instead(language)
    context: dict[str, Any] = {
        "chrome": chrome_for(request, paths=_addresses()),
        "form": form,
        "street": street,
        "place": match.place,
        "too_short": match.too_short,
        "offers": [(offer, _address(offer.name, offer.district)) for offer in match.offers],
        "answer": answer,
        "printed": _note_address(match.place.name, match.place.chosen) if match.place else "",
        "is_empty": answer is not None and not _has_any(answer),
        "map": _map(match.place, answer, language) if match.place and answer else None,
        **lost,
    }
    return render(request, "procedures/street.html", context, status=status)


def _instead(language: str) -> dict[str, Any]:
    """What an unknown street is answered with: what concerns everybody, and where all there is can be found. Three
    queries."""
    lists = in_language_or_original(language, "procedure_index", "district_index").order_by("-tree_path")
    return {"city_wide": for_everybody(language), "lists": {record.kind: record for record in lists}}


def _map(place: Place, answer: Nearby, language: str) -> CityMap | None:
    """Where the street is, and what is planned near it and in its district. One query."""
    shown = [*answer.near, *filter(None, [answer.nearest]), *answer.district]
    places = places_of({one.card.record.pk: one.card.record for one in shown}.values())
    return map_of_places(places, districts_of_city(language), {place.district}, place.point)


def _has_any(answer: Nearby) -> bool:
    return bool(answer.near or answer.district or answer.city_wide or answer.nearest)


def _address(street: str = "", district: str = "") -> str:
    query = {name: value for name, value in (("street", street), ("district", district)) if value}
    return reverse("my_street") + (f"?{urlencode(query)}#answer" if query else "")


def _note_address(street: str, district: str = "") -> str:
    query = {name: value for name, value in (("street", street), ("district", district)) if value}
    return f"{reverse('street_note')}?{urlencode(query)}"


def _addresses() -> dict[str, str]:
    """The form in every language."""
    found = {}
    for code in get_content_languages():
        with translation.override(code):
            found[code] = reverse("my_street")
    return found


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """What somebody typed is nobody else's business."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, follow"
    return response
