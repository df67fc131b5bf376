"""axe on every page that we add to the desk, found by the URL configuration: a new one is visited without being listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page as Tab

from accounts import second_factor
from cms_blocks.models import Delivery
from tests.governance.office import person
from tests.site.permissions.doors import Door, doors
from tests.site.permissions.policy import LISTED, NOTHING
from tests.site.permissions.scene import PEOPLE, Scene, Thing, build
from tests.site.test_permission_matrix import OFFICE
from tests.site.test_safety_second_factor import shown

pytestmark = pytest.mark.unmeasured

ROOMS = ("cms_blocks.", "governance.", "toolkit.", "procedures.", "accounts.", "website.")
#: Wagtail's pages with what is ours in them.
FORMS = {
    "admin/reports/site-history/",
    "wagtailadmin_home",
    "wagtailimages:edit",
    "wagtailimages:add",
    "wagtaildocs:edit",
    "wagtaildocs:add",
}
#: Doors of ours behind which nobody sees a page of the desk.
NO_PAGE = {
    "governance:answer": "a step that leads on",
    "desk:retry": "a step that leads on",
    "desk:retry_all": "a step that leads on",
    "desk:settle": "a step that leads on",
    "desk:card running": "stands on the first page only",
    "languages:review": "a step that leads on",
    **{f"webhooks:{step}": "a step that leads on" for step in ("test", "secret", "on", "off", "retry")},
    **{f"rounds:{step}": "a step that leads on" for step in ("remind", "close", "reissue", "draft", "discard")},
    **{
        f"editions:{step}": "a step that leads on"
        for step in ("choose", "agree", "schedule", "publish", "call_off", "delete", "withdraw", "take")
    },
    "editions:draft_paper": "a file",
    **{f"procedure_imports:{step}": "a step that leads on" for step in ("undo", "discard")},
    **{f"procedure_imports:{file}": "a file" for file in ("template", "list", "errors")},
    "no_alarms": "off",
    "drafts:standing": "for a script",
    "drafts:page_standing": "for a script",
    "content_checks": "for a script",
    "wagtailsnippets_cms_blocks_contact:usage": "leads on to the places where it appears",
    "wagtailsnippets_cms_blocks_topic:usage": "leads on to the places where it appears",
    "second_factor_code": "between password and desk: test_safety_second_factor.py",
    "wagtailadmin_login": "before the desk: test_safety_second_factor.py",
}
#: Who is asked first, so that most pages are seen as editors see them.
FIRST = ("administration", "administrator", "board", "operator")
ASKED = {"languages:page": "easy", "desk:card easy-language": "easy", "wagtailadmin_home": "easy"}
#: Wagtail's own parts of a page. Its field for tags has no name; its button to a new account's roles calls itself a tab.
NOT_OURS = ("#wagtail-sidebar", "header", ".tagit", "a.button[role=tab]")


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    made = OFFICE.get(build)
    unsure = {"failed_at": timezone.now(), "handed_over_at": timezone.now(), "error": "Unsure"}
    Delivery.objects.create(consumer="mail", topic="mail.send", key="<1@office.example>", **unsure)
    anna = person("anna")
    second_factor.begin(anna)
    second_factor.confirm(anna, shown(anna))
    return made  # type: ignore[no-any-return]


def our_pages() -> Iterator[Door]:
    for door in doors():
        ours = door.route.startswith("admin/") and getattr(door.view, "__module__", "").startswith(ROOMS)
        part_of_a_page = door.name.endswith("_results")  # a list drawn anew after a filter
        if (ours or door.name in FORMS) and door.name not in NO_PAGE and not part_of_a_page:
            yield door


def as_whom(door: Door, scene: Scene) -> tuple[str, Thing]:
    """Somebody who may see this page, and whose thing."""
    rule = LISTED[door.name]
    things: dict[str, Thing] = scene.things[rule.sort] if rule.sort else {NOTHING: {}}
    for who in (ASKED.get(door.name, FIRST[0]), *FIRST, *PEOPLE):
        for whose, thing in things.items():
            if rule.allows(who, whose, "GET"):
                return who, {**thing, **rule.given}
    raise AssertionError(f"nobody may see {door.name}")


def test_only_what_is_there_is_left_out() -> None:
    assert {*NO_PAGE, *FORMS, *ASKED} <= {door.name for door in doors()}


def test_every_page_we_added_to_the_desk_is_for_everybody(
    scene: Scene, open_page: Callable[..., Tab], site_server: Any, axe: Callable[..., list[str]]
) -> None:
    tab = open_page()
    tab.set_default_timeout(60_000)
    found: dict[str, list[str]] = {}

    def sit_down(who: str) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": scene.sessions[who], "url": site_server.url}
        tab.context.add_cookies([cookie])

    for door in our_pages():
        who, thing = as_whom(door, scene)
        sit_down(who)
        address = door.address(thing) + LISTED[door.name].query.format(**thing)
        answer = tab.goto(address)
        assert answer is not None
        kind = answer.headers.get("content-type", "")
        if not (answer.status == 200 and kind.startswith("text/html") and tab.url.endswith(address)):
            found[door.name] = [f"no page for {who}: {answer.status} {kind} {tab.url}; say in NO_PAGE what it is"]
            continue
        found[door.name] = axe(tab, exclude=NOT_OURS)
    sit_down("administration")
    tab.goto("/admin/second-factor/codes/")
    tab.locator("input[name=password]").fill("x")
    tab.locator("main form button[type=submit]").click()
    tab.locator("main li code").first.wait_for()
    found["recovery codes"] = axe(tab, exclude=NOT_OURS)
    wrong = [f"{name}: {line}" for name, lines in found.items() for line in lines]
    assert not wrong, "\n".join(wrong)
    assert {"governance:submit", "desk:deliveries", "desk:card waiting", "languages:page", "second_factor"} <= set(
        found
    )
