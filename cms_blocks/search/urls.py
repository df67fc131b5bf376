"""The address of the search, in the words of each language: ``/suche/``, ``/en/search/``."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from cms_blocks.search.views import search

urlpatterns = [path(_("search/"), search, name="search")]
