"""The pages of the guide: complete in both languages, for everybody at the desk, and linked where they are needed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import polib
import pytest
import wagtail
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from cms_blocks.guide.tasks import Task, all_tasks, tasks_at, words_path
from tests.governance.office import desk, open_office, person
from tests.procedures.factories import procedure_list

MARK = re.compile(r"<(press|fill|choose|see)>(.+?)</\1>")
#: Bytes of all pictures together.
ROOM_FOR_PICTURES = 1_500_000
TASKS = all_tasks()


def names(task: Task) -> str:
    return task.name


@pytest.fixture
def office(db: None) -> None:
    open_office()


@pytest.mark.parametrize("task", TASKS, ids=names)
def test_a_task_is_told_alike_in_both_languages(task: Task) -> None:
    told = []
    for language in ("de", "en"):
        with translation.override(language):
            words = task.words
        assert words.title and words.when and words.start and words.after and words.troubles
        assert 3 <= len(words.steps) <= 7
        told.append((len(words.steps), [step.picture for step in words.steps], len(words.troubles)))
    assert told[0] == told[1]
    texts = [words_path(task, language).read_text(encoding="utf-8") for language in ("de", "en")]
    assert texts[0] != texts[1]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("task", TASKS, ids=names)
def test_the_marked_words_are_words_of_the_screen(task: Task, language: str) -> None:
    catalogue = list(trans_real.translation("de")._catalog.items())
    texts = [text for key, text in catalogue if isinstance(text, str)]
    if language == "en":
        texts = [key if isinstance(key, str) else key[0] for key, _text in catalogue]
    script = Path(wagtail.__file__).parent / "admin/locale/de/LC_MESSAGES/djangojs.po"
    texts += [entry.msgstr if language == "de" else entry.msgid for entry in polib.pofile(str(script))]
    screen = "\n".join(texts).casefold()
    marks = MARK.findall(words_path(task, language).read_text(encoding="utf-8"))
    assert marks
    assert [words for _mark, words in marks if words.casefold() not in screen] == []


@pytest.mark.parametrize("task", TASKS, ids=names)
def test_every_picture_is_there_and_told_in_words(task: Task) -> None:
    steps = [step for step in task.words.steps if step.picture]
    assert steps and all(len(step.alt) > 10 for step in steps)
    missing = [step.picture for step in steps if not finders.find(step.picture)]
    assert not missing, "make guide-pictures takes them"
    kept = {Path(str(finders.find(step.picture))) for step in steps}
    folder = next(iter(kept)).parent
    assert set(folder.glob(f"{task.name}-[0-9].webp")) == kept, "a picture that no step shows"


def test_the_pictures_are_small() -> None:
    paths = {finders.find(step.picture) for task in TASKS for step in task.words.steps if step.picture}
    assert sum(Path(str(path)).stat().st_size for path in paths) < ROOM_FOR_PICTURES


def test_the_guide_shows_all_tasks_to_everybody_at_the_desk(office: None) -> None:
    for name in ("anna", "translator", "board"):
        html = desk(name).get(reverse("guide:index")).content.decode()
        for task in TASKS:
            assert reverse("guide:task", args=[task.name]) in html
    assert Client().get(reverse("guide:index")).status_code == 302
    assert desk("anna").get("/admin/guide/no-such-task/").status_code == 404


def test_a_task_reads_in_the_language_of_its_reader(office: None) -> None:
    address = reverse("guide:task", args=["approve"])
    assert "Lesen und antworten</b>" in desk("anna").get(address).content.decode()
    from wagtail.users.models import UserProfile

    UserProfile.objects.update_or_create(user=person("anna"), defaults={"preferred_language": "en"})
    assert "Read and answer</b>" in desk("anna").get(address).content.decode()


def test_pages_of_the_desk_lead_to_the_tasks_that_help_there(office: None) -> None:
    from website.models import StandardPage

    page = StandardPage.objects.get(slug="ueber-uns")
    procedure_list(half="administration")
    for name, arguments, helps in (
        ("wagtailadmin_explore", [page.pk], "new-page"),
        ("wagtailadmin_pages:edit", [page.pk], "check-and-send"),
        ("wagtailimages:index", [], "picture"),
        ("wagtaildocs:index", [], "document"),
        ("governance:approvals", [], "approve"),
        ("languages:report", [], "translate"),
        ("wagtailadmin_home", [], "sign-in"),
        ("rounds:index", [], "update-round"),
        ("rounds:add", [], "update-round"),
        ("procedure_imports:index", [], "import"),
        ("wagtailsnippets_cms_blocks_notice:list", [], "news"),
        ("wagtailsnippets_cms_blocks_notice:add", [], "news"),
        ("wagtailsnippets_procedures_principle:list", [], "outcome"),
        ("wagtailadmin_pages:add", ["website", "standardpage", page.pk], "procedure"),
        ("wagtailadmin_pages:edit", [page.pk], "outcome"),
    ):
        html = desk("anna").get(reverse(name, args=arguments)).content.decode()
        assert reverse("guide:task", args=[helps]) in html, name


def test_every_task_begins_where_it_says_and_is_linked_somewhere() -> None:
    for task in TASKS:
        assert reverse(task.start)
        assert task.at
    assert [task.name for task in tasks_at("governance:review")] == ["approve"]
    assert {path.stem for task in TASKS for path in words_path(task, "de").parent.glob("*.toml")} == {
        task.name for task in TASKS
    }
    for task in TASKS:
        tomllib.loads(words_path(task, "en").read_text(encoding="utf-8"))
