"""Menus and languages of a site, for a front end that draws them itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from wagtail.coreutils import get_content_languages

from cms_blocks.languages import direction, local_name, original_language
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.state import STEP

HOME = 2
#: No menu has more entries.
MOST = 1000


def navigation(locale: str, depth: int, site_id: int | None, now: datetime) -> dict[str, Any]:
    """The home page of a language, and ``depth`` levels below it. One query.

    Right below the home page stand all pages (those not ``in_menu`` belong to the foot of every page), further below
    those that are ``in_menu``.
    """
    rows = _pages(site_id, now).in_locale(locale).filter(depth__lte=HOME + depth)
    rows = rows.filter(Q(depth__lte=HOME + 1) | Q(in_menu=True)).order_by("tree_path")
    home, entries, known = None, [], {}
    for row in rows.values("id", "title", "path", "in_menu", "depth", "tree_path")[:MOST]:
        entry = {name: row[name] for name in ("id", "title", "path", "in_menu")} | {"children": []}
        known[row["tree_path"]] = entry
        if row["depth"] == HOME:
            home = home or entry
        elif row["depth"] == HOME + 1:
            entries.append(entry)
        elif above := known.get(row["tree_path"][:-STEP]):
            above["children"].append(entry)
    return {"locale": locale, "home": home, "entries": entries}


def locales(site_id: int | None, now: datetime) -> dict[str, Any]:
    """All languages that are offered, and the home page of each. One query."""
    homes = dict(_pages(site_id, now).filter(depth=HOME).values_list("locale", "path"))
    return {
        "data": [
            {
                "code": code,
                "name": local_name(code),
                "direction": direction(code),
                "is_original": code == original_language(),
                "path": homes.get(code),
            }
            for code in get_content_languages()
        ]
    }


def _pages(site_id: int | None, now: datetime) -> Any:
    return PublicRecord.objects.listed(now).filter(Q(site_id=site_id) | Q(site_id=None)).exclude(tree_path="")
