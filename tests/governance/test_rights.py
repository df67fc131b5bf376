"""Every cell of the table of rights: role × action × state, from both sides, the refused ones too.

The table is written out in tests/governance/table.py. All its cells are put as questions to what the admin, the write
API and wagtail-localize ask; and each door (test_doors.py) is knocked at where it opens and where it does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import Translation, TranslationSource

from cms_blocks.publication.unit import unit
from governance.rights import RIGHTS, Action, Role, Voice
from governance.standing import Standing
from tests.governance.cast import BOTH_SIDES, OUTSIDERS, STATES, cast, page_in
from tests.governance.doors import taken_back
from tests.governance.office import STAFF, desk, draft, fresh, person
from tests.governance.table import BESIDE, LETTERS, TABLE, lines, written_out
from website.models import StandardPage


def _in_the_review(name: str) -> Callable[[Any, Any], bool]:
    def question(page: Any, user: Any) -> bool:
        task = page.current_workflow_task
        return bool(task) and name in [action for action, _label, _form in task.get_actions(page, user)]

    return question


def _may_cancel(page: Any, user: Any) -> bool:
    return bool(page.workflow_in_progress and page.current_workflow_state.user_can_cancel(user))


#: What is asked before each action, of the page and somebody.
QUESTIONS: dict[str, Callable[[Any, Any], bool]] = {
    Action.SUBMIT: lambda page, user: _may(page, user, "edit") and _may(page, user, "submit_for_moderation"),
    Action.PUBLISH: lambda page, user: _may(page, user, "publish"),
    Action.APPROVE: _in_the_review("approve"),
    Action.REQUEST_CHANGES: _in_the_review("reject"),
    Action.HAND_OVER: _in_the_review("hand_over"),
    Action.URGENT: lambda page, user: _may(page, user, "publish_urgently"),
    Action.UNPUBLISH: lambda page, user: _may(page, user, "unpublish"),
    Action.MOVE: lambda page, user: _may(page, user, "move"),
    Action.DELETE: lambda page, user: _may(page, user, "delete"),
    Action.RESTRICT: lambda page, user: _may(page, user, "set_view_restrictions"),
}
#: Likewise for what the table does not decide.
QUESTIONS_BESIDE: dict[str, Callable[[Any, Any], bool]] = {
    "edit": lambda page, user: _may(page, user, "edit") and not _asked(page, user).page_locked(),
    "lock": lambda page, user: _may(page, user, "lock"),
    "unlock": lambda page, user: _may(page, user, "unlock"),
    "cancel": _may_cancel,
    "unschedule": lambda page, user: _may(page, user, "unschedule"),
}


def _asked(page: Any, user: Any) -> Any:
    """Wagtail's tester for this page and user, asked several things."""
    key = f"_tester_{user.pk}"
    if key not in page.__dict__:
        page.__dict__[key] = page.permissions_for_user(user)
    return page.__dict__[key]


def _may(page: Any, user: Any, what: str) -> bool:
    return bool(getattr(_asked(page, user), f"can_{what}")())


def test_the_table_is_the_one_that_was_agreed() -> None:
    assert written_out() == lines(TABLE)


def test_what_holds_for_one_half_holds_for_the_other_since_the_table_names_none() -> None:
    assert {voice for rows in RIGHTS.values() for voice in rows} <= set(Voice)
    assert {"ADMINISTRATION", "CARRIER"} & {role.name for role in Role} == set()


@BOTH_SIDES
def test_everybody_may_exactly_what_the_table_says(half: str, office: None) -> None:
    """Nobody of the table's roles more or less, and whoever has none of them nothing at all."""
    people = {name: person(name) for name in STAFF}
    wanted, found = {**lines(TABLE), **lines(BESIDE)}, defaultdict(dict)
    for voice, phase in STATES:
        with taken_back():
            page = page_in(voice, phase, half)
            standing = Standing(page)
            assert (standing.voice, standing.phase) == (voice, phase)
            roles = {who: role for role, who in cast(half, phase).items()}
            for who, role in roles.items():
                assert standing.role_of(people[who]) is role, (voice, phase, who)
            present = {LETTERS[role] for role in roles.values()}
            for action, question in {**QUESTIONS, **QUESTIONS_BESIDE}.items():
                cell = {who for who in people if question(page, people[who])}
                row = (str(action), voice)
                found[row][phase] = "".join(sorted(LETTERS[roles[who]] for who in cell & roles.keys())) or "-"
                wanted[row][phase] = "".join(sorted(set(wanted[row][phase]) & present)) or "-"
                assert not cell & set(OUTSIDERS), (voice, phase, action, cell)
    assert found == {row: {phase: wanted[row][phase] for phase in cells} for row, cells in found.items()}


def test_the_board_is_at_home_in_its_own_area_only(office: None) -> None:
    page = draft(by="board", live=True, parent=StandardPage.objects.get(slug="beirat"))
    standing, board = Standing(page), person("board")
    assert standing.role_of(board) is Role.BOARD
    for action, question in QUESTIONS.items():
        agreed = "B" in lines(TABLE)[str(action), standing.voice][standing.phase]
        assert question(page, board) == agreed, action


@BOTH_SIDES
def test_a_translation_is_published_by_those_who_may_publish_the_page(half: str, office: None) -> None:
    """wagtail-localize has a button of its own, in an editor of its own."""
    source = StandardPage.objects.get(slug="ueber-uns")
    source.half = half
    source.save_revision().publish()
    with unit():
        kept, _new = TranslationSource.get_or_create_from_instance(source)
        english = Locale.objects.get(language_code="en")
        Translation.objects.create(source=kept, target_locale=english).save_target(publish=False)
    page = fresh(source).get_translation(english)
    verdicts = {}
    for who in STAFF:
        with taken_back():
            desk(who).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action": "publish"})
            verdicts[who] = fresh(page).live
        assert verdicts[who] == fresh(page).permissions_for_user(person(who)).can_publish(), who
    own = {"administration": {"anna", "albert"}, "carrier": {"carla", "carlo"}}[half]
    assert {who for who, published in verdicts.items() if published} == own
