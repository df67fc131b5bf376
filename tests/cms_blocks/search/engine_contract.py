"""What every engine has to do. Each adapter's tests inherit :class:`EngineContract`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cms_blocks.publication.records import FOREVER, PublicRecord
from cms_blocks.search.engine import Hit, IndexEntry, Query, Result, engine

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone())


def make_record(title: str, text: str = "", *, lead: str = "", indexed: bool = True, **columns: Any) -> PublicRecord:
    """A record that everybody may see unless ``columns`` say otherwise, and its entry in the index."""
    values = {
        "kind": "page", "object_id": PublicRecord.objects.count() + 10_000, "locale": "de", "title": title,
        "lead": lead, "path": f"/{PublicRecord.objects.count()}/", "is_live": True, "visible_from": LONG_AGO,
        "visible_until": FOREVER,
    }  # fmt: skip
    record = PublicRecord.objects.create(**values | columns)
    if indexed:
        engine().index([entry_of(record, text)])
    return record


def entry_of(record: PublicRecord, text: str = "") -> IndexEntry:
    return IndexEntry(record.pk, record.locale, record.kind, record.title, record.lead, text)


def search(text: str, **options: Any) -> Result:
    return engine().search(Query(text, options.pop("locale", "de"), **options))


def found(text: str, **options: Any) -> list[int]:
    return [hit.record_id for hit in search(text, **options).hits]


class EngineContract:
    """Inherit and add the database the adapter needs."""

    def test_a_record_is_found_by_words_of_title_lead_and_text(self):
        record = make_record("Uferweg am See", "Die Stadt fragt.", lead="Wer darf ans Wasser?")
        assert found("uferweg") == found("Wasser") == found("Stadt See") == [record.pk]
        assert found("Bergweg") == []

    @pytest.mark.parametrize(
        ("written", "typed"),
        [
            ("Bürgerhaushalt", "buergerhaushalt"),
            ("Buergerhaushalt", "Bürgerhaushalt"),
            ("Tauben füttern", "tauben futtern"),
            ("Großbeerenstraße", "GROSSBEERENSTRASSE"),
            ("World-Café", "world cafe"),
            ("World Café", "World-Café"),
            ("World-Café", "worldcafe"),
            ("Bürger*innen", "Bürgerinnen"),
            ("Vorlage 21/SVV/1265", "21/SVV/1265"),
            ("Vorlage 21/SVV/1265", "21 svv 1265"),
            ("Vorlage 21/SVV/1265", "1265"),
            ("Beschluss BR-2023-05", "BR 2023 05"),
            ("nach § 34 BauGB", "§34 BauGB"),
            ("nach § 34 BauGB", "Paragraf 34"),
            ("Вулиця м'ята", "мʼята"),
            ("أهلاً وسهلاً", "اهلا"),
            ("Zażółć", "zazolc"),
            ("Uferwegkonzept", "Uferweg"),
            ("a\u1e9eb 𞤀𞤁 𝔄 Ꭰꭰ", "𞤀𞤁"),
        ],
    )
    def test_spellings_meet(self, written, typed):
        record = make_record(written)
        assert found(typed) == [record.pk]

    @pytest.mark.parametrize(
        ("written", "typed"),
        [
            ("Vorlage 19/SVV/1288", "21/SVV/1288"),
            ("Forderung", "Förderung"),
            ("34 Jahre", "§ 34"),
            ("Kosten 1,5", "15"),
            ("Stadtrat", "Rat"),
            ("Nordost", "potsdam.de"),
        ],
    )
    def test_strangers_do_not_meet(self, written, typed):
        make_record(written)
        assert found(typed) == []

    def test_all_words_must_be_there_but_not_in_the_same_place(self):
        both = make_record("Park", "mit See")
        make_record("Park")
        assert found("Park See") == [both.pk]
        assert search("Park See").relaxed is False

    def test_when_no_record_holds_all_words_those_with_some_are_shown_and_it_says_so(self):
        park, lake = make_record("Park"), make_record("See")
        result = search("Park See")
        assert {hit.record_id for hit in result.hits} == {park.pk, lake.pk}
        assert result.relaxed
        assert not search("Berg Tal").relaxed

    def test_words_that_nearly_every_record_holds_find_nothing_by_themselves_in_a_relaxed_search(self):
        for number in range(15):
            make_record(f"Seite {number}", "wie und wo")
        park = make_record("Park")
        assert found("wie komme ich in den Park und wo") == [park.pk]

    def test_when_all_words_are_common_the_records_with_some_are_shown_all_the_same(self):
        for number in range(15):
            make_record("Park" if number % 2 else "Bach", "wie")
        assert search("Park am Bach", limit=100).total == 15

    def test_a_phrase_is_found_only_where_its_words_stand_together(self):
        together = make_record("Die nette Toilette")
        make_record("Nette Leute, keine Toilette")
        assert found("„nette Toilette“") == [together.pk]
        assert len(found("nette Toilette")) == 2

    def test_a_phrase_never_reaches_from_one_field_into_the_next_or_into_a_form(self):
        make_record("Neuer Park", "See-Ufer", lead="am Rand")
        assert found('"Park am"') == found('"Ufer seeufer"') == found('"Rand See"') == []

    def test_title_weighs_more_than_lead_and_lead_more_than_text(self):
        text = make_record("Eins", "Park und Wege")
        lead = make_record("Zwei", "Rasen und Wege", lead="Park")
        title = make_record("Park", "Rasen und Wege")
        assert found("Park") == [title.pk, lead.pk, text.pk]

    def test_a_whole_word_comes_before_a_longer_one_that_begins_with_it(self):
        longer, whole = make_record("Parkanlage heute"), make_record("Park heute")
        make_record("Wiese heute")
        assert found("Park") == [whole.pk, longer.pk]

    def test_a_rare_word_weighs_more_than_a_common_one(self):
        make_record("Platz eins")
        rare = make_record("Flugplatz Kolibri")
        common = make_record("Platz zwei")
        for number in range(5):
            make_record(f"Platz {number} an der Straße")
        assert found("Platz Kolibri")[0] == rare.pk
        assert common.pk in found("Platz Kolibri")

    def test_only_records_of_the_language_are_found(self):
        german, english = make_record("Park"), make_record("Park", locale="en")
        assert (found("Park"), found("Park", locale="en"), found("Park", locale="uk")) == (
            [german.pk],
            [english.pk],
            [],
        )

    def test_only_records_of_the_site_and_of_none_are_found(self):
        here, anywhere = make_record("Park", site_id=1), make_record("Park")
        make_record("Park", site_id=2)
        assert sorted(found("Park", site_id=1)) == [here.pk, anywhere.pk]
        assert search("Park", site_id=1).counts == {"page": 2}

    def test_what_is_not_public_now_is_not_found_whatever_the_index_holds(self):
        now = timezone.now()
        gone = make_record("", is_live=False, path="", visible_from=FOREVER)
        engine().index([IndexEntry(gone.pk, "de", "page", "Park", "Park", "Park")])
        make_record("Park later", visible_from=now + timedelta(hours=1))
        make_record("Park over", visible_until=now - timedelta(seconds=1))
        make_record("Park alias", listed=False)
        result = search("Park")
        assert (result.total, result.hits, result.counts) == (0, (), {})

    def test_kinds_narrow_the_hits_and_not_the_counts(self):
        page, method = make_record("Park"), make_record("Park", kind="method")
        make_record("Park", kind="event")
        result = search("Park", kinds=("page", "method"))
        assert result.counts == {"page": 1, "method": 1, "event": 1}
        assert result.total == 2
        assert {hit.record_id for hit in result.hits} == {page.pk, method.pk}

    def test_a_kind_without_hits_does_not_relax_the_search(self):
        make_record("Park See")
        make_record("Park", kind="method")
        result = search("Park See", kinds=("method",))
        assert (result.total, result.relaxed, result.counts) == (0, False, {"page": 1})

    def test_pages_of_hits_follow_each_other_without_repeats(self):
        records = {make_record(f"Park {number}").pk for number in range(7)}
        pages = [found("Park", limit=3, offset=offset) for offset in (0, 3, 6, 9)]
        assert [len(page) for page in pages] == [3, 3, 1, 0]
        assert {pk for page in pages for pk in page} == records
        assert search("Park", limit=3).total == 7

    def test_a_hit_carries_the_raw_text_for_a_passage(self):
        record = make_record("Park", "Bäume & <Büsche>\0 im Park")
        (hit,) = search("Park").hits
        assert isinstance(hit, Hit)
        assert (hit.record_id, hit.text) == (record.pk, "Bäume & <Büsche>  im Park")

    def test_indexing_again_replaces_what_was_stored(self):
        record = make_record("Park")
        engine().index([IndexEntry(record.pk, "de", "page", "See", "", "")])
        assert (found("Park"), found("See")) == ([], [record.pk])
        assert engine().health().entries == 1

    def test_what_was_deleted_is_not_found(self):
        record = make_record("Park")
        engine().delete([record.pk, 999_999])
        assert found("Park") == []

    def test_a_rebuild_replaces_everything(self):
        make_record("Park")
        kept = make_record("See", indexed=False)
        assert engine().rebuild(iter([entry_of(kept)])) == 1
        assert (found("Park"), found("See")) == ([], [kept.pk])

    def test_a_rebuild_that_fails_leaves_the_old_index(self):
        record = make_record("Park")

        def entries():
            yield IndexEntry(record.pk, "de", "page", "See", "", "")
            raise OSError("the source is gone")

        with pytest.raises(OSError, match="gone"):
            engine().rebuild(entries())
        assert (found("Park"), found("See")) == ([record.pk], [])

    def test_suggestions_complete_the_last_word_in_titles(self):
        title = make_record("World-Café im Kiez")
        make_record("Runder Tisch", "World Café")
        assert [hit.record_id for hit in engine().suggest(Query("world ca", "de")).hits] == [title.pk]
        assert [hit.record_id for hit in engine().suggest(Query("W", "de")).hits] == [title.pk]
        assert engine().suggest(Query("!!", "de")).hits == ()

    def test_an_index_that_is_there_is_healthy_and_one_that_is_not_says_so(self):
        assert engine().health()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE cms_blocks_search RENAME TO away")
        health = engine().health()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO cms_blocks_search")
        assert not health
        assert "cms_blocks_search" in health.detail
        assert engine().health()

    def test_a_search_asks_the_database_as_often_for_ten_hits_as_for_one(self):
        def queries(text: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                search(text)
            return len(captured)

        make_record("Park")
        one, relaxed_one = queries("Park"), queries("Park Kolibri")
        for _ in range(9):
            make_record("Park")
        assert (queries("Park"), queries("Park Kolibri")) == (one, relaxed_one)

    def test_a_very_long_text_is_stored_and_found(self):
        words = " ".join(f"wort{number}" for number in range(80_000))
        record = make_record("Park", words)
        assert found("wort9999") == found('"wort8 wort9"') == [record.pk]

    def test_a_text_of_one_endless_word_is_stored(self):
        record = make_record("Park", "ä" * 2_000_000)
        assert found("Park") == [record.pk]

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.one_of(st.text(st.characters(), max_size=200), st.text("\"'()*:^-+&|!<>~\\%_§/. aAä1", max_size=60)))
    @example("\0")
    @example('"')
    @example("„Park")
    @example("Park* OR (NEAR AND NOT")
    @example("title:Park ^Park -Park +Park {Park}")
    @example("Park:*A & 'Park' | !Park <-> Park")
    @example("%s %(x)s {} \\' \\\\ '' $$")
    @example("🙂 👩‍👩‍👧 \u202ePark\u202c \u200f")
    @example("Park " * 2_000)
    @example("P" * 10_000)
    @example("a/b/c/d/e/f/g/h/i/j/k/l")
    @example("\ud800 \udfff")
    @example("\ue000 \ue001 \ue003de")
    def test_whatever_is_typed_gives_an_answer(self, text):
        for answer in (search(text), engine().suggest(Query(text, "de"))):
            assert answer.total >= len(answer.hits) >= 0

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(st.characters(), min_size=1, max_size=60))
    @example("x\0y")
    @example("\ud800")
    def test_whatever_is_stored_is_found_by_its_own_words(self, text):
        record = make_record("x", text)
        if search(text).phrases:
            assert record.pk in found(text, limit=1000)
        engine().delete([record.pk])
