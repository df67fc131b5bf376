"""Addresses beside the pages: “my street” in the words of each language, printed editions, and short ones for paper.
For a project's ``i18n_patterns``."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from procedures.edition.views import paper
from procedures.short_addresses import lead_on, lead_to_district, lead_to_street
from procedures.streets.views import my_street, note

urlpatterns = [
    # One word in every language, since the address is kept with the edition.
    path("<path:place>/ausgabe-<int:number>.pdf", paper, name="edition_paper"),
    path("k/<slug:reference>", lead_on, name="short_address"),
    path("k/d/<int:number>", lead_to_district, name="short_address_of_district"),
    path("k/s/<str:name>", lead_to_street, name="short_address_of_street"),
    path("k/s/<str:name>/<int:number>", lead_to_street, name="short_address_of_street"),
    path(_("my-street/"), my_street, name="my_street"),
    path(_("my-street/note.pdf"), note, name="street_note"),
]
