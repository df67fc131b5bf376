"""Addresses of the website's own forms, in the words of each language: ``/barriere-melden/``."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from website.accessible_versions import ask_accessible
from website.accessible_versions import thanks as accessible_asked
from website.barriers import report_barrier, thanks

urlpatterns = [
    path(_("report-a-barrier/"), report_barrier, name="report_barrier"),
    path(_("report-a-barrier/thank-you/"), thanks, name="barrier_reported"),
    path(_("accessible-version/"), ask_accessible, name="ask_accessible"),
    path(_("accessible-version/thank-you/"), accessible_asked, name="accessible_asked"),
]
