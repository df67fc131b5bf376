"""The demo content: complete, honest, linked up, and loaded once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils.html import strip_tags

from demo import source
from demo.references import references, resolve
from procedures.enums import Form, Initiator, Participation, Stage

EASY_LINE = 10
LEAD = 300
LOCALES = ["de", "ar", "de-simple", "en", "pl", "uk"]
SIMPLE_METHODS = {"world-cafe", "buergerrat", "zukunftswerkstatt", "aktivierende-befragung", "buergerhaushalt"}


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a body that people read, one paragraph or list item each."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name not in ("type", "tone", "level", "size", "url", "state", "date"):
                yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, str) and not list(references({"": value}) if not value.startswith("<") else ()):
        for part in re.split(r"</p>|</li>|<br/>|\n", value):
            if words := unescape(strip_tags(part)).strip():
                yield words


def lines_of(page: source.PageText) -> list[str]:
    return [page.title, page.headline, *page.lead.split("\n"), *texts_of(page.body)]


PAGES = list(source.pages())
METHODS = source.read("methods.json")
PROCEDURES = source.read("procedures.json")


def named(page: source.PageText) -> str:
    return f"{page.locale}-{page.key}"


# The files


def test_every_language_of_the_site_has_a_home_page() -> None:
    assert [page.locale for page in PAGES if page.key == "home"] == LOCALES


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_page_has_a_lead_that_fits_below_its_title(page: source.PageText) -> None:
    assert 0 < len(page.lead) <= LEAD


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_reference_leads_to_something_that_exists(page: source.PageText) -> None:
    german = {text.key for text in PAGES if text.locale == source.ORIGINAL}
    known = {
        "page": german,
        "image": set(source.images()),
        "document": set(source.documents()),
        "contact": {contact["key"] for contact in source.read("contacts.json")},
    }
    for sort, key in [*references(page.body), *([("contact", page.contact)] if page.contact else [])]:
        assert key in known[sort]
    assert page.key in german


def test_the_office_tells_its_own_founding_by_the_days_of_the_structure_model() -> None:
    founding = PROCEDURES[0]
    open_space, model, talk, pilot = founding["phases"]
    assert (open_space["begins"], talk["begins"]) == ("2011-10-29", "2012-05-04")
    assert "16. März 2012" in model["text"] and founding["decisions"][0]["on"] == "2012-03-16"
    assert (pilot["begins"], pilot["ends"]) == ("2013-01-01", "2016-01-01")
    assert "Drei Jahre" in pilot["title"]


def test_examples_of_procedures_are_in_every_district_topic_and_stage() -> None:
    districts = source.read("districts.json")
    assert len(districts) == 12 and len(PROCEDURES) > 30
    assert {slug for entry in PROCEDURES for slug in entry.get("districts", ())} == {one["slug"] for one in districts}
    assert any(entry.get("city_wide") for entry in PROCEDURES)
    assert {entry["topic"] for entry in PROCEDURES} == {topic["slug"] for topic in source.read("topics.json")}
    filed = [[entry["topic"], *entry.get("further_topics", ())] for entry in PROCEDURES]
    assert {len(topics) for topics in filed} == {1, 2, 3}
    assert all(len(set(topics)) == len(topics) for topics in filed)
    assert {slug for topics in filed for slug in topics} == {topic["slug"] for topic in source.read("topics.json")}
    attached = [one["document"] for entry in PROCEDURES for one in entry.get("documents", ())]
    assert attached and {key.removeprefix("document:") for key in attached} <= source.documents().keys()
    assert {entry["stages"][-1]["stage"] for entry in PROCEDURES} == set(Stage.values)
    assert {entry.get("form", "informal") for entry in PROCEDURES} == set(Form.values)
    assert {entry["initiator"] for entry in PROCEDURES} == set(Initiator.values)


def test_what_was_decided_leads_to_its_resolution() -> None:
    german = {page.key for page in PAGES if page.locale == source.ORIGINAL}
    decisions = [decision for entry in PROCEDURES for decision in entry.get("decisions", ())]
    linked = [one for one in decisions if "page" in one or "address" in one]
    assert linked == [one for one in decisions if isinstance(one["on"], str) or one["on"] < 0]
    for decision in linked:
        if "page" in decision:
            assert decision["page"].removeprefix("page:") in german
        else:
            assert decision["address"] == f"https://rat.example.org/{decision['reference'].replace('/', '-')}"


def test_the_directory_has_two_hundred_streets_in_every_district() -> None:
    from demo.streets import STREETS
    from procedures.streets.reading import read_streets

    titles = {entry["title"].casefold(): entry["slug"] for entry in source.read("districts.json")}
    reading = read_streets(STREETS.read_bytes(), titles)
    assert not reading.problems
    assert len({entry.key[0] for entry in reading.entries}) == 200
    assert {entry.district for entry in reading.entries} == set(titles.values())


def test_references_become_ids_in_values_and_in_running_text() -> None:
    ids = {("page", "kontakt"): 7, ("image", "offene-tuer"): 3}
    block = {"image": "image:offene-tuer", "text": '<p>Siehe <a href="page:kontakt">Kontakt</a>: hier.</p>'}
    assert resolve([block], lambda *reference: ids[reference]) == [
        {"image": 3, "text": '<p>Siehe <a linktype="page" id="7">Kontakt</a>: hier.</p>'}
    ]


@pytest.mark.parametrize("page", [page for page in PAGES if page.locale == "de-simple"], ids=named)
def test_easy_language_has_one_short_thought_a_line(page: source.PageText) -> None:
    for line in lines_of(page):
        assert len(line.split()) <= EASY_LINE, line
        assert line.count(". ") == 0, f"two thoughts in one line: {line}"


def test_easy_language_of_methods_and_names_has_short_lines() -> None:
    lines = [line for method in METHODS for line in method["plain"]["text"]]
    lines += [line for contact in source.read("contacts.json") for line in contact["names"]["de-simple"].values()]
    lines += [line for text in source.read("offices.json")["de-simple"].values() for line in text.split("\n")]
    for line in lines:
        assert all(len(part.split()) <= EASY_LINE for part in line.split("\n")), line


def test_no_text_claims_that_easy_language_was_checked() -> None:
    for page in PAGES:
        for line in lines_of(page):
            assert not re.search(r"geprüfte? Leichte|Leichte Sprache.{0,20} geprüft", line)


def test_every_telephone_number_and_address_is_reserved_for_examples() -> None:
    paths = [path for suffix in ("json", "html") for path in source.CONTENT.rglob(f"*.{suffix}")]
    everything = "\n".join(path.read_text("utf-8") for path in paths if path != source.METHODS)
    mails = re.findall(r"[\w.]+@[\w.]+\w", everything)
    assert mails
    assert all(mail.endswith(".example") for mail in mails)
    assert set(re.findall(r"\b0\d{2,4} \d{4,}", everything)) == {"030 23125"}


def test_a_page_that_names_the_number_of_methods_is_right() -> None:
    number = re.compile(r"(\d+) (?:Methoden|methods|Wege|ways)")
    said = {int(found) for page in PAGES for line in lines_of(page) for found in number.findall(line)}
    assert said == {len(METHODS), len(SIMPLE_METHODS)}


def test_pictures_and_documents_are_there_and_described() -> None:
    for picture in source.images().values():
        assert picture.path.is_file()
        assert picture.alt
        assert picture.credit == "Büro für Bürgerbeteiligung, Beispielbild"
    for document in source.documents().values():
        content = document.path.read_bytes()
        assert document.summary
        assert b"/StructTreeRoot" in content, "not a tagged PDF"
        assert b"/Lang (de)" in content


def test_topics_contacts_and_office_are_named_in_every_language() -> None:
    topics = source.read("topics.json")
    assert len(topics) == 10
    for names in [
        *(topic["names"] for topic in topics),
        *(contact["names"] for contact in source.read("contacts.json")),
    ]:
        assert sorted(names) == sorted(LOCALES)
    assert sorted(source.read("offices.json")) == sorted(LOCALES)


def test_methods_told_in_easy_language_exist() -> None:
    simple = source.read("methods_simple.json")
    assert set(simple) == SIMPLE_METHODS
    assert {entry["image"] for entry in simple.values()} <= set(source.images())
    assert all(len(line.split()) <= EASY_LINE for entry in simple.values() for line in entry["lead"].split("\n"))
    assert {method["slug"] for method in METHODS} >= SIMPLE_METHODS


# The database


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo content, loaded once for all tests below and rolled back after them."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            call_command("load_demo", verbosity=0)
            yield
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture
def demo(loaded: None, db: None) -> None:
    """The loaded content; what a test changes is rolled back."""


def state() -> dict[str, Any]:
    """Everything a second run could change."""
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model
    from wagtail.models import Locale, Page, Revision, Site

    from cms_blocks.models import Contact, Office, PublicRecord, Topic

    models = [Page, Revision, Site, Locale, Contact, Office, Topic, get_image_model(), get_document_model()]
    rows = {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}
    rows["records"] = list(PublicRecord.objects.order_by("pk").values_list("pk", "version", "content_hash"))
    return rows


def test_loading_twice_changes_nothing(demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    before = state()
    call_command("load_demo")
    assert state() == before
    assert "Nothing to do" in capsys.readouterr().out


def test_an_interrupted_run_is_completed_by_the_next_one(demo: None) -> None:
    from website.models import StandardPage

    page = StandardPage.objects.get(slug="kontakt")
    text = page.body.raw_data[:]
    StandardPage.objects.filter(pk=page.pk).update(live=False, latest_revision=None, live_revision=None, body="[]")
    call_command("load_demo", verbosity=0)
    page = StandardPage.objects.get(slug="kontakt")
    assert page.live
    assert [block["value"] for block in page.body.raw_data] == [block["value"] for block in text]


def test_what_editors_change_or_unpublish_stays_so(demo: None) -> None:
    from toolkit.models import MethodPage
    from website.models import StandardPage

    contact = StandardPage.objects.get(slug="kontakt")
    contact.title = "So finden Sie uns"
    contact.save_revision().publish()
    StandardPage.objects.get(slug="beirat").unpublish()
    method = MethodPage.objects.get(slug="fishbowl", locale__language_code="de")
    method.title = "Aquarium"
    method.save_revision().publish()
    before = state()
    call_command("load_demo", verbosity=0)
    assert state() == before


def test_a_street_of_the_demo_is_found_with_what_is_planned_there(demo: None, client: Client) -> None:
    answer = client.get("/meine-strasse/?street=kanalstr").context["answer"]
    assert "Umgestaltung des Uferwegs am Stadtkanal" in [one.card.record.title for one in answer.near]


def test_the_demo_has_a_procedure_in_every_state_and_all_but_the_founding_say_that_they_are_invented(
    demo: None, client: Client
) -> None:
    from cms_blocks.models import PublicRecord
    from procedures.models import DistrictPage

    shown = PublicRecord.objects.listed().of_kind("procedure").in_locale("de")
    assert shown.count() == len(PROCEDURES)
    assert set(shown.values_list("status", flat=True)) == set(Participation.values)
    marked = {row.path for row in shown if "Dies ist ein Beispiel." in client.get(row.path).content.decode()}
    assert {row.path for row in shown} - marked == {"/mitmachen/verfahren/gruendung-des-bueros/"}
    assert all(page.outline for page in DistrictPage.objects.all())
    drawn = client.get("/mitmachen/verfahren/?view=map").context["listing"].map
    assert len(drawn.map.districts) == 12 and len(drawn.map.points) > 15


def test_a_decision_of_the_demo_leads_on(demo: None, client: Client) -> None:
    founding = client.get("/mitmachen/verfahren/gruendung-des-bueros/").context["procedure"]
    assert [one.link.url for one in founding.decisions] == ["/ueber-uns/weg-der-entscheidung/"]
    field = client.get("/mitmachen/verfahren/bebauungsplan-nordfeld/").context["procedure"]
    assert [one.link.url for one in field.decisions] == ["https://rat.example.org/26-SVV-1267"]


def test_every_demo_page_is_public(demo: None) -> None:
    from cms_blocks.models import PublicRecord

    shown = PublicRecord.objects.listed()
    assert shown.filter(kind="home").count() == len(LOCALES)
    assert shown.filter(kind="page").count() == len([page for page in PAGES if page.type == "standard"])
    counts = {code: shown.of_kind("method").in_locale(code).count() for code in ("de", "en", "de-simple")}
    assert counts == {"de": len(METHODS), "en": len(METHODS), "de-simple": len(SIMPLE_METHODS)}
    assert not shown.filter(lead="").exclude(kind__in=("notice", "edition")).exists()  # these are all title


def test_every_block_passes_the_editors_own_checks(demo: None) -> None:
    from wagtail.models import Page

    for page in Page.objects.filter(depth__gt=1).specific():
        page.body.stream_block.clean(page.body)
        page.full_clean()


def test_everything_a_page_links_to_or_shows_is_public(demo: None) -> None:
    from wagtail.models import Page, ReferenceIndex

    from cms_blocks.publication.targets import Targets

    targets, followed = Targets(), []
    for page in Page.objects.filter(depth__gt=1).specific():
        assert "href" not in json.dumps(page.body.get_prep_value()), f"{page}: an unresolved link"
        for reference in ReferenceIndex.get_references_for_object(page).filter(model_path__startswith="body"):
            sort = reference.to_content_type.model
            assert targets.get(sort, int(reference.to_object_id)) is not None, (page, sort, reference.to_object_id)
            followed.append(sort)
    wanted = [sort for page in PAGES for sort, _key in references(page.body)]
    wanted += ["image", "page"] * len(SIMPLE_METHODS)
    # One reference is noted once, however often a block holds it.
    assert {sort: followed.count(sort) for sort in set(wanted)} == {sort: wanted.count(sort) for sort in set(wanted)}


def test_languages_of_a_page_know_each_other(demo: None) -> None:
    from cms_blocks.models import PublicRecord

    home = PublicRecord.objects.get(kind="home", locale="de")
    paths = dict(PublicRecord.objects.filter(translation_key=home.translation_key).values_list("locale", "path"))
    assert sorted(paths) == sorted(LOCALES)
    assert paths["de"] == "/"
    assert paths["en"] == "/en/"


def test_an_english_method_has_title_and_summary_and_the_german_facts(demo: None) -> None:
    from toolkit.models import MethodPage

    german = MethodPage.objects.get(slug="world-cafe", locale__language_code="de")
    english = german.get_translation(locale_of("en"))
    assert english.lead.startswith("Small groups discuss")
    assert not english.body
    assert (english.group_size_min, english.purposes) == (german.group_size_min, german.purposes)
    assert english.combinations.count() == german.combinations.count() > 0
    assert {combination.method.locale for combination in english.combinations.all()} == {english.locale}


def test_a_method_in_easy_language_leads_to_the_german_page(demo: None) -> None:
    from toolkit.models import MethodPage

    german = MethodPage.objects.get(slug="buergerrat", locale__language_code="de")
    easy = german.get_translation(locale_of("de-simple"))
    picture, text = easy.body.raw_data
    assert easy.title == "Bürger-Rat"
    assert picture["value"]["decorative"]
    assert f'id="{german.pk}"' in text["value"]
    assert "Entwurf in Leichter Sprache" in text["value"]


def locale_of(code: str) -> Any:
    from wagtail.models import Locale

    return Locale.objects.get(language_code=code)
