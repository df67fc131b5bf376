"""``import_methods``: creates and updates by slug, all or nothing, every mistake by line and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from io import StringIO
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import strip_tags
from wagtail.models import Page, PageLogEntry, Revision

from cms_blocks.office import Contact
from cms_blocks.publication.records import PublicationClock, PublicRecord
from tests.toolkit.factories import entry, method, toolkit, with_tools
from toolkit.models import MethodIndexPage, MethodPage

FILE = Path(__file__).parents[2] / "site/demo/content/methods.json"

#: Fields of the file that the public document of a method has under another name or in another form.
NAMED_OTHERWISE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "summary": itemgetter("lead"),
    "description": lambda document: [unescape(strip_tags(block["html"])) for block in document["body"]],
    "combines_with": lambda document: [slug_of(other["path"]) for other in document["combines_with"]],
}
#: What becomes pages of their own in other languages (tests/site/test_demo.py).
OTHER_LANGUAGES = {"plain", "en"}


def slug_of(path: str) -> str:
    return path.strip("/").rpartition("/")[2]


pytestmark = pytest.mark.django_db


@pytest.fixture
def index() -> MethodIndexPage:
    return toolkit()


@pytest.fixture
def run(tmp_path: Path, index: MethodIndexPage) -> Callable[..., str]:
    """Import these entries (or this text); returns what the command said."""

    def run(content: Any, *options: str) -> str:
        path = tmp_path / "methods.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1))
        said = StringIO()
        call_command("import_methods", str(path), *options, stdout=said, stderr=said, no_color=True)
        return said.getvalue()

    return run


def state() -> tuple:
    """Everything an import may touch."""
    return (
        list(Page.objects.order_by("pk").values_list("pk", "title", "slug", "live", "latest_revision_id", "numchild")),
        list(MethodPage.objects.order_by("pk").values()),
        Revision.objects.count(),
        PageLogEntry.objects.count(),
        list(PublicRecord.objects.order_by("pk").values_list("pk", "version", "content_hash", "is_live")),
        list(PublicationClock.objects.values_list("sequence", flat=True)),
    )


# What is imported


def test_a_method_arrives_as_blocks_numbers_and_links(run: Callable[..., str], client: Client) -> None:
    said = run([entry("fishbowl"), entry("planung", combines_with=["fishbowl"], group_size_max=None)])
    page = MethodPage.objects.get(slug="fishbowl")
    assert page.live
    assert page.lead == "Wenige diskutieren in der Mitte, viele hören zu."
    assert [str(block.value) for block in page.body] == [
        "<p>Erster Absatz.</p>",
        "<p>Zweiter Absatz mit &lt; und &amp;.</p>",
    ]
    assert page.purposes == ("deliberate", "inform")
    assert (page.group_size_min, page.group_size_max) == (15, 100)
    assert [dict(step.value) for step in page.steps][1] == {"title": "Reden", "text": "Innen und außen.", "minutes": 60}
    assert [block.value for block in page.strengths] == ["Lebendig.", "Fair."]
    assert page.sources[0].value["publisher"] == "Stiftung"
    other = MethodPage.objects.get(slug="planung")
    assert other.group_size_max is None
    assert [row.method_id for row in other.combinations.all()] == [page.pk]
    assert "2" in said
    assert client.get("/methoden/fishbowl/").status_code == 200
    assert Page.find_problems() == ([], [], [], [], [])


def test_a_new_method_has_the_contact_of_its_toolkit_and_keeps_what_an_editor_chose(
    run: Callable[..., str], index: MethodIndexPage
) -> None:
    index.contact = Contact.objects.create(name="Anlaufstelle", locale=index.locale)
    index.save()
    run([entry("a")])
    page = MethodPage.objects.get()
    assert page.contact == index.contact
    page.contact = other = Contact.objects.create(name="Bürgerhaus", locale=index.locale)
    page.save_revision().publish()
    run([entry("a", staff="2 Moderationen")])
    assert MethodPage.objects.get().contact == other


def test_methods_may_lead_to_each_other_in_a_circle(run: Callable[..., str]) -> None:
    run([entry("a", combines_with=["b"]), entry("b", combines_with=["a"])])
    assert {(page.slug, page.combinations.get().method.slug) for page in MethodPage.objects.all()} == {
        ("a", "b"),
        ("b", "a"),
    }


@pytest.mark.gate
def test_a_second_run_changes_nothing(run: Callable[..., str]) -> None:
    entries = [entry("a", combines_with=["b"]), entry("b")]
    run(entries)
    before = state()
    run(entries)
    assert state() == before


def test_only_what_differs_is_published_anew(run: Callable[..., str]) -> None:
    run([entry("a"), entry("b")])
    versions = dict(PublicRecord.objects.of_kind("method").values_list("path", "version"))
    run([entry("a", staff="2 Moderationen"), entry("b")])
    after = dict(PublicRecord.objects.of_kind("method").values_list("path", "version"))
    assert after["/methoden/a/"] > versions["/methoden/a/"]
    assert after["/methoden/b/"] == versions["/methoden/b/"]
    assert MethodPage.objects.get(slug="a").staff == "2 Moderationen"


def test_the_order_of_words_is_no_change(run: Callable[..., str]) -> None:
    run([entry("a", purposes=["plan", "decide"])])
    before = state()
    run([entry("a", purposes=["decide", "plan"])])
    assert state() == before


def test_methods_that_the_file_does_not_name_stay(run: Callable[..., str], index: MethodIndexPage) -> None:
    method(index, slug="eigene", title="Eigene")
    run([entry("a", combines_with=["eigene"])])
    assert MethodPage.objects.filter(slug="eigene", live=True).exists()
    assert MethodPage.objects.get(slug="a").combinations.get().method.slug == "eigene"


def test_what_editors_added_to_the_body_stays(run: Callable[..., str]) -> None:
    run([entry("a")])
    page = MethodPage.objects.get(slug="a")
    page.body = [*page.body.get_prep_value(), {"type": "quote", "value": {"text": "Gut!", "name": "", "source": ""}}]
    page.save_revision().publish()
    run([entry("a")])
    run([entry("a", description=["Neu."])])
    page = MethodPage.objects.get(slug="a")
    assert [block.block_type for block in page.body] == ["paragraph", "quote"]
    assert "Neu." in str(page.body[0].value)


def test_a_method_that_was_taken_off_the_site_stays_off_it(run: Callable[..., str]) -> None:
    run([entry("a")])
    MethodPage.objects.get(slug="a").unpublish()
    run([entry("a", staff="2 Moderationen")])
    page = MethodPage.objects.get(slug="a")
    assert not page.live
    assert page.get_latest_revision_as_object().staff == "2 Moderationen"
    before = state()
    run([entry("a", staff="2 Moderationen")])
    assert state() == before


def test_an_editors_unpublished_changes_are_not_overwritten(run: Callable[..., str]) -> None:
    run([entry("a")])
    page = MethodPage.objects.get(slug="a")
    page.staff = "3 Moderationen"
    page.save_revision()
    before = state()
    with pytest.raises(CommandError):
        run([entry("a", staff="2 Moderationen"), entry("b")])
    assert state() == before


def test_a_trial_run_writes_nothing(run: Callable[..., str]) -> None:
    before = state()
    said = run([entry("a")], "--dry-run")
    assert state() == before
    assert "1" in said


def test_the_forty_methods_of_the_start_arrive_with_every_field(index: MethodIndexPage, client: Client) -> None:
    call_command("import_methods", str(FILE), verbosity=0)
    assert MethodPage.objects.live().count() == len(json.loads(FILE.read_text()))
    assert PublicRecord.objects.visible().of_kind("method").count() == MethodPage.objects.count()
    records = {slug_of(record.path): record for record in PublicRecord.objects.of_kind("method")}
    for given in json.loads(FILE.read_text()):
        document = {"slug": given["slug"], **json.loads(records[given["slug"]].document.body)}
        found = {key: NAMED_OTHERWISE.get(key, itemgetter(key))(document) for key in given.keys() - OTHER_LANGUAGES}
        assert found == {key: given[key] for key in found}
    before = state()
    call_command("import_methods", str(FILE), verbosity=0)
    assert state() == before


# Where to


def test_the_toolkit_can_be_named_by_id_or_address(run: Callable[..., str], index: MethodIndexPage) -> None:
    other = toolkit(slug="werkzeuge")
    with pytest.raises(CommandError, match="--parent"):
        run([entry("a")])
    run([entry("a")], "--parent", str(other.pk))
    run([entry("b")], "--parent", "/methoden/")
    assert MethodPage.objects.get(slug="a").get_parent().pk == other.pk
    assert MethodPage.objects.get(slug="b").get_parent().pk == index.pk


def test_a_translated_toolkit_is_not_mistaken_for_the_first(run: Callable[..., str], index: MethodIndexPage) -> None:
    toolkit("en", slug="methods")
    run([entry("a")])
    assert MethodPage.objects.get(slug="a").get_parent().pk == index.pk


def test_without_a_toolkit_the_command_says_so(tmp_path: Path) -> None:
    path = tmp_path / "methods.json"
    path.write_text("[]")
    with pytest.raises(CommandError):
        call_command("import_methods", str(path))


# What is refused


def test_another_page_with_this_address_is_in_the_way(run: Callable[..., str], index: MethodIndexPage) -> None:
    with_tools(index)
    before = state()
    with pytest.raises(CommandError):
        run([entry("a"), entry("finder")])
    assert state() == before


def test_a_wrong_file_is_reported_and_nothing_is_imported(run: Callable[..., str], capsys: Any) -> None:
    before = state()
    with pytest.raises(CommandError, match="2"):
        run([entry("a"), entry("b", cost_level=0, levels=["none"])])
    assert state() == before


def test_a_refusal_by_the_page_itself_undoes_everything(run: Callable[..., str], monkeypatch: Any) -> None:
    """Whatever the file's own rules let pass, the page's rules decide; then nothing may be kept."""

    def refuse(self: MethodPage) -> None:
        if self.slug == "b":
            raise ValidationError({"staff": "Das geht nicht."})

    monkeypatch.setattr(MethodPage, "clean", refuse)
    before = state()
    with pytest.raises(CommandError):
        run([entry("a"), entry("b")])
    assert state() == before


def test_a_file_that_cannot_be_read_is_named(index: MethodIndexPage, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("import_methods", str(tmp_path / "nowhere.json"))
    with pytest.raises(CommandError):
        call_command("import_methods", str(tmp_path))
    latin = tmp_path / "latin.json"
    latin.write_bytes('[\n"Bürger"]'.encode("latin-1"))
    with pytest.raises(CommandError, match="2"):
        call_command("import_methods", str(latin))


def test_a_byte_order_mark_is_no_mistake(run: Callable[..., str]) -> None:
    run("\ufeff" + json.dumps([entry("a")]))
    assert MethodPage.objects.get().slug == "a"


def test_an_empty_list_is_fine(run: Callable[..., str]) -> None:
    before = state()
    run("[]")
    assert state() == before
