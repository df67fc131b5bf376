"""Reading the gate: addresses, files, and the moment that every cached answer depends on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import RequestFactory, override_settings
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, Site

from cms_blocks.publication import reader
from cms_blocks.publication.reader import LONGEST, Moment, etag, is_file_public, moment, record_at, site_id_for
from cms_blocks.publication.records import FOREVER, NEVER, PublicationClock, PublicRecord
from cms_blocks.publication.unit import mark_page
from tests.cms_blocks.publication.editor import link, make_document, make_image, stored
from website.models import StandardPage

pytestmark = pytest.mark.gate
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


def add(parent: Page, slug: str, **fields: Any) -> StandardPage:
    return parent.add_child(instance=StandardPage(title=slug.title(), slug=slug, locale=parent.locale, **fields))


def at(now: datetime, boundary: datetime = FOREVER, **fields: Any) -> Moment:
    return Moment(now, fields.get("sequence", 1), fields.get("last", NEVER), boundary)


@pytest.mark.parametrize(
    ("now", "boundary", "seconds"),
    [
        (datetime(2026, 3, 10, 9, 0, tzinfo=UTC), FOREVER, LONGEST),
        (datetime(2026, 3, 10, 9, 0, tzinfo=UTC), datetime(2026, 3, 10, 9, 1, tzinfo=UTC), 60),
        (datetime(2026, 3, 10, 9, 0, 0, 600_000, tzinfo=UTC), datetime(2026, 3, 10, 9, 0, 2, tzinfo=UTC), 1),
        (datetime(2026, 3, 10, 9, 0, 1, 500_000, tzinfo=UTC), datetime(2026, 3, 10, 9, 0, 2, tzinfo=UTC), 0),
        (datetime(2026, 3, 10, 22, 59, 30, tzinfo=UTC), FOREVER, 30),  # midnight in Berlin in winter
        (datetime(2026, 7, 10, 21, 59, 30, tzinfo=UTC), FOREVER, 30),  # and in summer
        (datetime(2026, 7, 10, 22, 0, tzinfo=UTC), FOREVER, LONGEST),
        (datetime(2026, 3, 28, 22, 58, tzinfo=UTC), FOREVER, 120),  # the night in which an hour is left out
        (datetime(2026, 3, 29, 21, 58, tzinfo=UTC), FOREVER, 120),  # a day of 23 hours
        (datetime(2026, 10, 24, 21, 58, tzinfo=UTC), FOREVER, 120),  # the night in which an hour comes twice
        (datetime(2026, 10, 25, 22, 58, tzinfo=UTC), FOREVER, 120),  # a day of 25 hours
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 32, tzinfo=UTC), 120),
        (datetime(2026, 3, 28, 23, 58, tzinfo=BERLIN), FOREVER, 120),
    ],
)
def test_an_answer_is_never_kept_past_a_boundary_or_midnight(now: datetime, boundary: datetime, seconds: int) -> None:
    assert at(now, boundary).seconds == seconds


def test_the_token_differs_by_state_boundary_day_and_release() -> None:
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    tokens = {
        at(noon).token,
        at(noon, sequence=2).token,
        at(noon, last=noon - HOUR).token,
        at(noon + timedelta(days=1)).token,
    }
    with override_settings(RELEASE="2"):
        tokens.add(at(noon).token)
    assert len(tokens) == 5
    assert at(noon).token == at(noon + HOUR).token
    assert at(datetime(2026, 7, 10, 21, 59, tzinfo=UTC)).token != at(datetime(2026, 7, 10, 22, 0, tzinfo=UTC)).token


def test_a_validator_differs_by_each_of_its_parts() -> None:
    assert etag("a", "b") != etag("a", "c") != etag("ab", "") != etag("a", "b", "")
    assert etag("a", 1) == etag("a", "1")
    assert etag("a").startswith('"') and len(etag("a")) == 34


def test_before_anything_is_published_nothing_changes_by_itself(transactional_db: None) -> None:
    present = moment()
    assert (present.sequence, present.last_boundary, present.next_boundary) == (0, NEVER, FOREVER)


def test_the_moment_knows_the_boundaries_around_it(home: Page, clock: Any, django_assert_num_queries: Any) -> None:
    now = timezone.now()
    add(home, "a", go_live_at=now - 3 * HOUR, expire_at=now + 2 * HOUR)
    add(home, "b", go_live_at=now - HOUR, expire_at=now + 5 * HOUR)
    add(home, "c", go_live_at=now - 9 * HOUR, expire_at=now - 2 * HOUR)
    add(home, "draft", go_live_at=now - timedelta(minutes=1), live=False)
    for hours, last, coming in [(0, -1, 2), (1.5, -1, 2), (2, 2, 5), (4, 2, 5), (5, 5, None), (9, 5, None)]:
        present = moment(now + hours * HOUR)
        assert present.last_boundary == now + last * HOUR
        assert present.next_boundary == (FOREVER if coming is None else now + coming * HOUR)
    assert moment(now - 2.5 * HOUR).next_boundary == now - 2 * HOUR  # a clock that went back
    with django_assert_num_queries(1):
        moment()


def test_a_token_is_another_as_soon_as_anything_public_is(home: Page, clock: Any) -> None:
    tokens = [moment().token]

    def differs(change: Callable[[], object]) -> bool:
        change()
        tokens.append(moment().token)
        return tokens[-1] != tokens[-2]

    page = add(home, "page", expire_at=timezone.now() + HOUR)
    assert differs(lambda: add(page, "below"))
    assert not differs(lambda: add(page, "draft", live=False))
    assert not differs(lambda: clock.shift(HOUR - timedelta(seconds=1)))
    assert differs(lambda: clock.shift(1))
    assert differs(lambda: Page.objects.get(pk=page.pk).unpublish())
    assert len(set(tokens)) == 5 - 1


def test_an_address_leads_to_the_visible_record_of_its_site_only(home: Page, clock: Any) -> None:
    page = add(home, "page", expire_at=timezone.now() + HOUR)
    site = Site.objects.get()
    assert record_at("/page/", site.pk).object_id == page.pk
    assert record_at("/page/", site.pk + 1) is None
    assert record_at("/page/", None) is None
    assert record_at("/", site.pk).object_id == home.pk
    assert record_at("/page", site.pk) is None
    assert record_at("/page/", site.pk, timezone.now() + HOUR) is None
    record = PublicRecord.objects.create(
        kind="feed",
        object_id=1,
        locale="de",
        is_live=True,
        path="/everywhere/",
        visible_from=NEVER,
        visible_until=FOREVER,
    )
    assert record_at("/everywhere/", site.pk) == record_at("/everywhere/", None) == record


def test_a_home_page_keeps_its_address_before_a_page_that_is_named_like_its_language(home: Page) -> None:
    german = add(home, "older")  # from before such an address was refused
    Page.objects.filter(pk=german.pk).update(slug="en", url_path=f"{home.url_path}en/")
    mark_page(german.pk)
    site = Site.objects.get().pk
    assert record_at("/en/", site).object_id == german.pk
    english = home.copy_for_translation(Locale.objects.get(language_code="en"))
    english.save_revision().publish()
    assert record_at("/en/", site).object_id == english.pk


def test_which_site_is_asked_is_known_until_the_gate_changes(home: Page, django_assert_num_queries: Any) -> None:
    def ask(host: str) -> int | None:
        return site_id_for(RequestFactory().get("/", headers={"host": host}), moment())

    first = Site.objects.get()
    inner = add(home, "inner")
    assert ask("inner.example") == first.pk
    second = Site.objects.create(hostname="inner.example", root_page=inner)
    assert ask("inner.example") == second.pk
    with django_assert_num_queries(1):  # the moment
        assert ask("inner.example") == second.pk
    Site.objects.all().delete()
    assert ask("inner.example") is None
    cache.clear()


def test_a_file_is_public_while_a_visible_page_shows_it_and_its_collection_is_open(home: Page, clock: Any) -> None:
    shelf = Collection.get_first_root_node().add_child(name="Shelf")
    box = shelf.add_child(name="Box")
    picture, paper = make_image("picture", box), make_document("paper", box)

    def public() -> tuple[bool, bool]:
        return is_file_public("image", picture.pk), is_file_public("document", paper.pk)

    assert public() == (False, False)
    words = f"<p>{link('document', paper.pk)}</p>"
    body = json.dumps(stored([("image", picture.pk), ("paragraph", words)]))
    page = add(home, "page", body=body, live=False, expire_at=timezone.now() + HOUR)
    assert public() == (False, False)
    page.save_revision().publish()
    assert public() == (True, True)
    private = CollectionViewRestriction.objects.create(collection=shelf, restriction_type="login")
    assert public() == (False, False)
    private.delete()
    assert public() == (True, True)
    clock.shift(HOUR)
    assert public() == (False, False)
    assert not is_file_public("image", 999)


def test_a_document_without_its_stored_text_is_rendered(home: Page) -> None:
    page = add(home, "page")
    record = PublicRecord.objects.get(object_id=page.pk)
    text = reader.document_text(record)
    record.document.delete()
    assert reader.document_text(PublicRecord.objects.get(pk=record.pk)) == text


def test_the_documents_of_many_are_read_together_and_a_stale_one_is_rendered_anew(
    home: Page, django_assert_num_queries: Any
) -> None:
    pages = [add(home, slug) for slug in ("eins", "zwei", "drei")]
    records = list(PublicRecord.objects.of_kind("page").order_by("pk"))
    now = timezone.now()
    with django_assert_num_queries(1):
        texts = reader.document_texts(records, now)
    assert [json.loads(texts[record.pk])["title"] for record in records] == ["Eins", "Zwei", "Drei"]
    PublicRecord.objects.filter(pk=records[0].pk).update(stale=True)
    pages[2].unpublish()
    again = reader.document_texts(records)
    assert again == {record.pk: texts[record.pk] for record in records[:2]}


def test_what_is_under_a_page_does_not_include_it(home: Page) -> None:
    section = add(home, "section")
    below = add(section, "below")
    add(home, "beside")
    found = PublicRecord.objects.under(section.path).of_kind("page", "home").in_locale("de")
    assert [record.object_id for record in found] == [below.pk]
    assert PublicRecord.objects.in_locale("en").count() == 0


def test_tombstones_are_apart_from_what_is_live(home: Page) -> None:
    page = add(home, "page")
    page.unpublish()
    assert [record.object_id for record in PublicRecord.objects.tombstones()] == [page.pk]
    assert [record.object_id for record in PublicRecord.objects.live()] == [home.pk]
    assert PublicationClock.objects.get().sequence == PublicRecord.objects.get(object_id=page.pk).sequence
