"""Documents of a procedure: as data, on the page and in the API, as far as they are public."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.blocks import StreamBlockValidationError
from wagtail.models import Collection, CollectionViewRestriction, ReferenceIndex
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import OverridableSegmentValue
from wagtail_localize.segments.extract import extract_segments

from cms_blocks.media.uses import used_ids
from cms_blocks.models import Document
from cms_blocks.publication import reconcile
from cms_blocks.publication.declaration import declaration_for
from cms_blocks.publication.periodic import freshen
from cms_blocks.publication.records import PublicRecord
from cms_blocks.wording import digest as digest_of_words
from procedures.blocks import AttachedStreamBlock
from procedures.changes import is_duty
from procedures.edition.frozen import entries_of
from procedures.importing.planning import CHANGE, UNCHANGED
from procedures.importing.workbook import list_as_sheet
from procedures.models import Edition, ProcedurePage
from procedures.unasked import open_questions
from tests.procedures.factories import phase, procedure, procedure_list
from tests.procedures.test_import import plan_for
from tests.toolkit.factories import home

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

API = "/api/content/v1/procedures/"


def make(title: str, collection: Collection | None = None, **fields: Any) -> Document:
    shelf = collection or Collection.get_first_root_node()
    return Document.objects.create(
        title=title, file=ContentFile(b"one sentence\n", name="blatt.txt"), collection=shelf, **fields
    )


def entry(document: Document | None, words: str = "", on: str | None = None) -> dict[str, Any]:
    """As it is stored."""
    return {"document": document.pk if document else None, "words": words, "on": on}


@pytest.fixture
def plan(transactional_db: None) -> Document:
    return make("Lageplan", summary="Der Weg von oben.", accessible="yes")


@pytest.fixture
def safe(transactional_db: None) -> Collection:
    """A collection that nobody outside may read."""
    shelf = Collection.get_first_root_node().add_child(name="Intern")
    CollectionViewRestriction.objects.create(collection=shelf, restriction_type="login")
    return shelf


@pytest.fixture
def shore(plan: Document) -> ProcedurePage:
    return procedure(
        procedure_list(), "Uferweg", slug="uferweg", phases=[phase(-5, 5)], level="information",
        documents=[entry(plan, "Entwurf vom März", "2026-03-01"), entry(make("Bodengutachten"))],
    )  # fmt: skip


def record() -> PublicRecord:
    return PublicRecord.objects.visible().of_kind("procedure").get()


def documents(client: Client) -> Any:
    return client.get(f"{API}{record().pk}/").json()["document"]["documents"]


def html_of(client: Client) -> str:
    return client.get("/verfahren/uferweg/").content.decode()


# What the public sees


def test_page_and_api_say_what_it_is_of_when_and_how_large(
    shore: ProcedurePage, plan: Document, client: Client
) -> None:
    html = html_of(client)
    assert '<h2 id="documents">' in html
    assert f'<a href="{plan.url}">Entwurf vom März</a>' in html and "Lageplan" not in html
    assert "1. März 2026" in html and "Der Weg von oben." in html and "TXT" in html
    assert ">Bodengutachten</a>" in html
    first, second = documents(client)
    assert (first["id"], first["title"], first["words"], first["on"]) == (
        plan.pk,
        "Lageplan",
        "Entwurf vom März",
        "2026-03-01",
    )
    assert (first["url"], first["size"], first["accessible"]) == (plan.url, 13, "yes")
    assert (second["title"], second["words"], second["on"]) == ("Bodengutachten", "", None)
    assert second["changed"] == timezone.localdate().isoformat()


def test_without_documents_the_page_has_no_such_section(client: Client) -> None:
    procedure(procedure_list(), "Uferweg", slug="uferweg", documents=[entry(None, "Fehlt noch")])
    assert 'id="documents"' not in html_of(client) and "Fehlt noch" not in html_of(client)
    assert documents(client) == []


def test_what_is_not_public_is_neither_named_nor_found_nor_served(
    plan: Document, safe: Collection, client: Client
) -> None:
    secret = make("Vergabevermerk", safe)
    page = procedure(
        procedure_list(), "Uferweg", slug="uferweg", documents=[entry(secret, "Streng vertraulich"), entry(plan)]
    )
    assert "Streng vertraulich" not in html_of(client) and secret.url not in html_of(client)
    assert [one["title"] for one in documents(client)] == ["Lageplan"]
    assert found(client, "vertraulich") == 0
    assert client.get(secret.url).status_code == 404
    plan.collection = safe
    plan.save()
    assert 'id="documents"' not in html_of(client)
    assert documents(client) == []
    CollectionViewRestriction.objects.get().delete()
    assert "Streng vertraulich" in html_of(client)
    assert [one["title"] for one in documents(client)] == ["Vergabevermerk", "Lageplan"]
    freshen()
    assert found(client, "vertraulich") == 1
    assert not reconcile.check() and page.live


def found(client: Client, words: str) -> int:
    return client.get("/verfahren/", {"q": words}).context["listing"].total


def test_another_title_and_file_reach_the_page_and_a_deleted_one_leaves_it(
    shore: ProcedurePage, plan: Document, client: Client, admin_client: Client
) -> None:
    second = Document.objects.get(title="Bodengutachten")
    second.title = "Gutachten zum Boden"
    second.save()
    assert "Gutachten zum Boden" in html_of(client)
    assert documents(client)[1]["title"] == "Gutachten zum Boden"
    plan.delete()
    assert "Entwurf vom März" not in html_of(client)
    assert [one["title"] for one in documents(client)] == ["Gutachten zum Boden"]
    assert not reconcile.check()
    assert admin_client.get(reverse("wagtailadmin_pages:edit", args=[shore.pk])).status_code == 200


def test_a_newer_version_is_named(shore: ProcedurePage, plan: Document, client: Client) -> None:
    plan.superseded_by = make("Lageplan, zweite Fassung")
    plan.save()
    assert "Lageplan, zweite Fassung" in html_of(client)
    assert documents(client)[0]["newer"]["label"] == "Lageplan, zweite Fassung"


def test_its_words_are_found(shore: ProcedurePage, client: Client) -> None:
    assert found(client, "Entwurf") == 1


# In the editor


def test_where_a_document_is_used_is_known(shore: ProcedurePage, plan: Document) -> None:
    ReferenceIndex.create_or_update_for_object(shore)
    assert [str(one.object_id) for one in ReferenceIndex.get_references_to(plan)] == [str(shore.pk)]
    assert plan.pk in used_ids(Document)


def test_a_document_that_is_chosen_twice_is_refused_where_it_stands(plan: Document) -> None:
    block = AttachedStreamBlock()
    stream = block.to_python([{"type": "document", "value": entry(one)} for one in (plan, make("Anderes"), plan)])
    with pytest.raises(StreamBlockValidationError) as refused:
        block.clean(stream)
    assert set(refused.value.block_errors) == {2}
    with pytest.raises(ValidationError):
        block.clean(block.to_python([{"type": "document", "value": entry(None)}]))


@pytest.mark.parametrize("change", [("Endfassung", "2026-03-01"), ("Entwurf vom März", "2026-04-01"), None])
def test_a_change_of_the_documents_of_a_public_procedure_asks_what_is_new(
    shore: ProcedurePage, plan: Document, change: tuple[str, str] | None
) -> None:
    assert is_duty("documents")
    draft = ProcedurePage.objects.get(pk=shore.pk)
    assert open_questions(draft) == []
    other = make("Bodengutachten")
    draft.documents = [("document", {"document": plan.pk, "words": "Entwurf vom März", "on": date(2026, 3, 1)})]
    if change is not None:
        words, on = change
        kept = Document.objects.exclude(pk=other.pk).get(title="Bodengutachten")
        draft.documents = [
            ("document", {"document": plan.pk, "words": words, "on": date.fromisoformat(on)}),
            ("document", {"document": kept.pk, "words": "", "on": None}),
        ]
    assert len(open_questions(draft)) == 1


def test_a_copy_has_them_too(shore: ProcedurePage, plan: Document) -> None:
    copy = ProcedurePage.objects.get(pk=shore.copy(update_attrs={"slug": "kopie", "title": "Kopie"}).pk)
    assert [child.value["words"] for child in copy.documents] == ["Entwurf vom März", ""]


# Languages


def test_a_translation_has_the_words_in_its_language_and_the_same_document(
    shore: ProcedurePage, plan: Document, client: Client
) -> None:
    polish = home("pl").locale
    procedure_list("pl", title="Projekty", translation_key=shore.get_parent().translation_key)
    chosen = {one.data for one in extract_segments(shore) if isinstance(one, OverridableSegmentValue)}
    assert plan.pk in chosen, "a translator may choose the document in the other language"
    translation = Translation.objects.create(
        source=TranslationSource.get_or_create_from_instance(shore)[0], target_locale=polish
    )
    segments = StringSegment.objects.filter(source=translation.source)
    assert segments.filter(string__data="Entwurf vom März").exists()
    for segment in segments:
        data = segment.string.data.replace("Entwurf vom März", "Projekt z marca")
        StringTranslation.objects.get_or_create(
            translation_of=segment.string, locale=polish, context=segment.context, defaults={"data": data}
        )
    translation.save_target(publish=True)
    page = translation.get_target_instance()
    [first, _second] = page.documents
    assert (first.value["document"], first.value["words"], first.value["on"]) == (
        plan.pk,
        "Projekt z marca",
        date(2026, 3, 1),
    )
    assert f'<a href="{plan.url}">Projekt z marca</a>' in client.get(page.url).content.decode()


def test_another_wording_makes_translations_old_and_another_day_does_not(shore: ProcedurePage, plan: Document) -> None:
    declaration = declaration_for(ProcedurePage)
    before = digest_of_words(shore, declaration)
    shore.documents[0].value["on"] = date(2026, 4, 1)
    assert digest_of_words(shore, declaration) == before
    shore.documents[0].value["words"] = "Endfassung"
    assert digest_of_words(shore, declaration) != before


# Sheets and editions


def test_a_sheet_says_nothing_about_documents_and_an_import_keeps_them(shore: ProcedurePage, plan: Document) -> None:
    index = shore.get_parent()
    sheet = list_as_sheet(index, "csv").decode("utf-8-sig")
    assert "Entwurf vom März" not in sheet
    assert [step.kind for step in plan_for(sheet.encode(), index, "liste.csv").steps] == [UNCHANGED]
    [step] = plan_for(sheet.replace("Der Weg wird neu gebaut.", "Anders.").encode(), index, "liste.csv").steps
    assert (step.kind, [one.key for one in step.differences]) == (CHANGE, ["lead"])


def test_an_edition_notes_another_document_and_no_new_title_of_one(plan: Document) -> None:
    index = procedure_list()
    page = procedure(index, "Uferweg")
    edition = Edition(index=index, locale=index.locale)

    def digest(*attached: dict[str, Any]) -> str:
        page.documents = [("document", one) for one in attached]
        page.save()
        [one] = entries_of(edition, timezone.now())
        return str(one.digest)

    plain = digest()
    said = {"document": plan.pk, "words": "", "on": date(2026, 3, 1)}
    with_plan = digest(said)
    assert len({plain, with_plan, digest(said | {"on": date(2026, 4, 1)}), digest(said | {"words": "Plan"})}) == 4
    plan.title = "Anders genannt"
    plan.save()
    assert digest(said) == with_plan


# Queries


def test_more_documents_cost_no_more_queries(plan: Document, client: Client) -> None:
    index = procedure_list()
    newer = [make(f"Fassung {number}") for number in range(10)]
    many = [entry(make(f"Blatt {number}", superseded_by=newer[number]), f"Blatt {number}") for number in range(10)]
    counts, written = [], []
    for slug, some in (("eine", many[:1]), ("zehn", many)):
        page = procedure(index, slug=slug, documents=some)
        fresh = ProcedurePage.objects.get(pk=page.pk)
        with CaptureQueriesContext(connection) as queries:
            fresh.save()
        written.append(len(queries))
        client.get(f"/verfahren/{slug}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/verfahren/{slug}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] and written[0] == written[1]
