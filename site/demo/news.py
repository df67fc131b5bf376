"""News of the demo, and a notice: made once, and never touched again. Days count from the day of loading."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Locale, Page

from cms_blocks.models import Notice
from cms_blocks.publication.unit import unit
from demo.procedures import as_paragraphs, day_of, publish
from demo.source import ORIGINAL, read
from procedures.models import DistrictPage, NewsDistrict, NewsPage, NewsProcedure, ProcedurePage

NOTE = "<p><b>Dies ist ein Beispiel.</b> Die Nachricht ist erfunden.</p>"


def load_news(index: int) -> int:
    """Everything below the list of news (id of its page), if it is empty; returns how many pages are new."""
    parent = Page.objects.get(pk=index)
    if parent.get_children().exists():
        return 0
    locale = Locale.objects.get(language_code=ORIGINAL)
    entries = read("news.json")
    for entry in entries:
        publish(Page.objects.get(pk=parent.pk), _news(entry, locale))
    return len(entries)


def load_notice() -> int:
    """One notice for two weeks, as long as there has never been any."""
    if Notice.objects.exists():
        return 0
    notice = Notice(
        locale=Locale.objects.get(language_code=ORIGINAL),
        text="Beispiel: Die Sprechstunde im Rathaus fällt heute aus.",
        begins=timezone.now(),
        ends=timezone.now() + timedelta(days=14),
    )
    notice.full_clean()
    with unit():
        notice.save()
    return 1


def _news(entry: dict[str, Any], locale: Locale) -> NewsPage:
    page = NewsPage(
        locale=locale,
        title=entry["title"],
        slug=entry["slug"],
        lead=entry["lead"],
        half=entry["half"],
        on=day_of(entry["on"]),
        body=as_paragraphs(entry["text"], NOTE),
        live=False,
    )
    procedures = dict(ProcedurePage.objects.filter(locale=locale).values_list("slug", "pk"))
    districts = dict(DistrictPage.objects.filter(locale=locale).values_list("slug", "pk"))
    page.procedures = [
        NewsProcedure(procedure_id=procedures[slug], sort_order=order) for order, slug in enumerate(entry["procedures"])
    ]
    page.districts = [
        NewsDistrict(district_id=districts[slug], sort_order=order) for order, slug in enumerate(entry["districts"])
    ]
    return page
