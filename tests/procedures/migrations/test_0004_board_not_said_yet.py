"""An unticked box meant that nobody had said anything: that, and not a “no”, is what pages and their versions hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_an_unticked_box_says_nothing_afterwards(migrate_to: Callable[[str, str], Any]) -> None:
    apps = migrate_to("procedures", "0003_methods_of_phases_and_indexes")
    kind = apps.get_model("contenttypes", "ContentType").objects.get(app_label="procedures", model="procedurepage").pk
    locale = apps.get_model("wagtailcore", "Locale").objects.get_or_create(language_code="de")[0]
    pages, revisions = apps.get_model("procedures", "ProcedurePage").objects, apps.get_model("wagtailcore", "Revision")
    ids = {}
    for number, said in enumerate((True, False, None)):
        page = pages.create(
            title="Uferweg", slug=f"uferweg-{number}", path=f"0001000{number + 5}", depth=2, url_path=f"/{number}/",
            content_type_id=kind, locale=locale, reference=f"2026-000{number}", board_recommended=said, half="joint",
        )  # fmt: skip
        version = revisions.objects.create(
            content_type_id=kind, base_content_type_id=kind, object_id=str(page.pk), created_at=NOW,
            content={"title": "Uferweg", "board_recommended": said},
        )  # fmt: skip
        ids[said] = (page.pk, version.pk)
    apps = migrate_to("procedures", "0004_board_not_said_yet")
    pages, revisions = apps.get_model("procedures", "ProcedurePage"), apps.get_model("wagtailcore", "Revision")
    for said, (page, version) in ids.items():
        expected = said or None
        assert pages.objects.get(pk=page).board_recommended is expected
        content = revisions.objects.get(pk=version).content
        assert content == {"title": "Uferweg", "board_recommended": expected}
