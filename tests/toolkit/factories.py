"""Toolkits and methods for tests: everything sound and public unless a test says otherwise."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from wagtail.models import Locale, Page, Site

from toolkit.models import (
    MethodCombination,
    MethodComparisonPage,
    MethodFinderPage,
    MethodIndexPage,
    MethodPage,
)

_number = count(1)

SOUND = {
    "lead": "Viele Menschen sprechen über wenige gute Fragen.",
    "purposes": ("collect_ideas",),
    "levels": ("consultation",),
    "settings": ("onsite",),
    "recruitment": ("open",),
    "group_size_min": 10,
    "group_size_max": 100,
    "duration_minutes_min": 60,
    "duration_minutes_max": 180,
    "preparation_weeks_min": 2,
    "preparation_weeks_max": 6,
    "cost_level": 2,
}


def home(language: str = "de") -> Page:
    """The site's root page in a language; made if it is missing."""
    root = Site.objects.get(is_default_site=True).root_page
    locale, _ = Locale.objects.get_or_create(language_code=language)
    return root if root.locale_id == locale.pk else root.get_translation_or_none(locale) or _translated(root, locale)


def _translated(page: Page, locale: Locale) -> Page:
    translation = page.copy_for_translation(locale)
    translation.get_latest_revision().publish()
    translation.refresh_from_db()
    return translation


def toolkit(language: str = "de", **fields: Any) -> MethodIndexPage:
    """A public list of methods at ``/methoden/`` (below the language's prefix)."""
    parent = home(language)
    page = MethodIndexPage(**{"title": "Methoden", "slug": "methoden", "locale": parent.locale, **fields})
    return parent.add_child(instance=page)


def with_tools(index: MethodIndexPage) -> tuple[MethodFinderPage, MethodComparisonPage]:
    """Finder and comparison below a toolkit, at ``finder/`` and ``vergleich/``."""
    finder = MethodFinderPage(title="Methodenfinder", slug="finder", locale=index.locale)
    comparison = MethodComparisonPage(title="Methoden vergleichen", slug="vergleich", locale=index.locale)
    return index.add_child(instance=finder), index.add_child(instance=comparison)


def method(
    index: MethodIndexPage, title: str = "", *, goes_with: tuple[MethodPage, ...] = (), **fields: Any
) -> MethodPage:
    """A public method below ``index``. ``steps`` are (title, minutes) pairs, lists of texts are lists of strings."""
    number = next(_number)
    values = {"title": title or f"Methode {number:03}", "slug": f"methode-{number}", **SOUND, **fields}
    for name in ("materials", "strengths", "limits", "accessibility", "target_groups"):
        if name in values:
            values[name] = json.dumps([{"type": "item", "value": text} for text in values[name]])
    if "steps" in values:
        steps = [{"title": name, "text": f"So geht {name}.", "minutes": minutes} for name, minutes in values["steps"]]
        values["steps"] = json.dumps([{"type": "step", "value": step} for step in steps])
    page = MethodPage(locale=index.locale, **values)
    page.combinations = [MethodCombination(method=other, sort_order=order) for order, other in enumerate(goes_with)]
    return index.add_child(instance=page)


def entry(slug: str = "fishbowl", **fields: Any) -> dict[str, Any]:
    """A sound method as it stands in a methods file."""
    return {
        "slug": slug,
        "title": slug.replace("-", " ").title(),
        "summary": "Wenige diskutieren in der Mitte, viele hören zu.",
        "description": ["Erster Absatz.", "Zweiter Absatz mit < und &."],
        "purposes": ["deliberate", "inform"],
        "levels": ["consultation"],
        "settings": ["onsite"],
        "recruitment": ["open"],
        "group_size_min": 15,
        "group_size_max": 100,
        "duration_minutes_min": 45,
        "duration_minutes_max": 120,
        "preparation_weeks_min": 1,
        "preparation_weeks_max": 3,
        "cost_level": 1,
        "cost_note": "Mikrofone, bis 300 Euro.",
        "staff": "1 Moderation",
        "steps": [
            {"title": "Einladen", "text": "Vorab.", "minutes": 0},
            {"title": "Reden", "text": "Innen und außen.", "minutes": 60},
        ],
        "materials": ["Stühle"],
        "strengths": ["Lebendig.", "Fair."],
        "limits": ["Nicht für Hunderte."],
        "accessibility": ["Freie Plätze für Rollstühle."],
        "target_groups": ["Vereine"],
        "combines_with": [],
        "origin": "",
        "sources": [{"title": "Methoden von A bis Z", "publisher": "Stiftung"}],
        "plain": {"title": slug, "text": ["Ein Satz."]},
        "en": {"title": slug, "summary": "A few talk, many listen."},
        **fields,
    }
