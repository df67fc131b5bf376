"""A notice on top of every page: there and gone by the clock, in its language, on cached pages too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, ModelLogEntry

from cms_blocks.desk.cards import card_for
from cms_blocks.models import Notice, PublicRecord
from cms_blocks.publication import reconcile
from cms_blocks.publication.reader import sequence_now
from tests.governance.office import desk, open_office, person
from tests.toolkit.factories import toolkit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

BEGIN = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
END = datetime(2026, 6, 1, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WORDS = "Die Sprechstunde fällt heute aus."


def notice(language: str = "de", **fields: Any) -> Notice:
    locale = Locale.objects.get_or_create(language_code=language)[0]
    made = Notice(**{"text": WORDS, "locale": locale, "begins": BEGIN, "ends": END, **fields})
    made.full_clean()
    made.save()
    return made


def seconds(answer: Any) -> int:
    return int(answer.headers["Cache-Control"].partition("s-maxage=")[2].partition(",")[0])


@pytest.mark.parametrize("path", ["/methoden/", "/suche/", "/gibt-es-nicht/"])
def test_a_notice_stands_on_every_page_from_its_beginning_to_its_end(path: str, client: Client) -> None:
    toolkit()
    notice()
    for now, there in {BEGIN - SECOND: False, BEGIN: True, END - SECOND: True, END: False}.items():
        with time_machine.travel(now, tick=False):
            assert (WORDS in client.get(path).content.decode()) is there, now


def test_cached_pages_are_renewed_when_it_comes_and_when_it_goes(client: Client) -> None:
    toolkit()
    notice()
    with time_machine.travel(BEGIN - 20 * SECOND, tick=False):
        before = client.get("/methoden/")
        assert seconds(before) == 20
    with time_machine.travel(BEGIN, tick=False):
        during = client.get("/methoden/", headers={"If-None-Match": before.headers["ETag"]})
        assert during.status_code == 200 and WORDS in during.content.decode()
        assert client.get("/methoden/", headers={"If-None-Match": during.headers["ETag"]}).status_code == 304
        assert seconds(during) == 60
    with time_machine.travel(END - 5 * SECOND, tick=False):
        assert seconds(client.get("/methoden/")) == 5
    with time_machine.travel(END, tick=False):
        after = client.get("/methoden/", headers={"If-None-Match": during.headers["ETag"]})
        assert after.status_code == 200 and WORDS not in after.content.decode()


def test_one_that_is_written_now_reaches_a_page_that_is_cached_at_once(client: Client) -> None:
    toolkit()
    with time_machine.travel(BEGIN, tick=False):
        before = client.get("/methoden/")
        made = notice()
        after = client.get("/methoden/", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200 and WORDS in after.content.decode()
        made.delete()
        assert WORDS not in client.get("/methoden/").content.decode()
    assert PublicRecord.objects.of_kind("notice").get().title == ""


def test_it_speaks_only_on_pages_in_its_language(client: Client) -> None:
    toolkit()
    toolkit("en")
    notice("en", text="Closed today.")
    with time_machine.travel(BEGIN, tick=False):
        assert "Closed today." in client.get("/en/methoden/").content.decode()
        assert "Closed today." not in client.get("/methoden/").content.decode()


def test_a_warning_comes_first_and_says_so_without_colour(client: Client) -> None:
    toolkit()
    notice(text="Neue Zeiten.", link="/kontakt/", link_text="Alle Zeiten")
    notice(text="Heute zu!", tone="warning", begins=BEGIN - SECOND)
    with time_machine.travel(BEGIN, tick=False):
        page = client.get("/methoden/").content.decode()
    assert page.index("Heute zu!") < page.index("Neue Zeiten.")
    assert "<strong>Wichtig:</strong>" in page
    assert '<a href="/kontakt/">Alle Zeiten</a>' in page
    assert 'aria-label="Aktuelle Hinweise"' in page


def test_a_page_asks_no_more_for_it(client: Client) -> None:
    from django.core.cache import cache

    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get("/methoden/")
        return len(queries)

    toolkit()
    with time_machine.travel(BEGIN, tick=False):
        client.get("/methoden/")
        without = asked()
        notice()
        assert asked() == without


def test_the_content_api_tells_it_within_its_window(client: Client) -> None:
    toolkit()
    notice(tone="warning", link="https://stadt.example/", link_text="Mehr")
    with time_machine.travel(BEGIN - SECOND, tick=False):
        assert client.get("/api/content/v1/notices/").json()["data"] == []
    with time_machine.travel(BEGIN, tick=False):
        [row] = client.get("/api/content/v1/notices/", {"tone": "warning", "fields": "*"}).json()["data"]
    assert (row["title"], row["path"], row["locale"]) == (WORDS, "/#notice", "de")
    assert row["document"]["link"] == "https://stadt.example/"


def test_the_gate_finds_no_drift_and_mends_what_was_touched() -> None:
    toolkit()
    kept, gone = notice(), notice(text="Weg.")
    assert not reconcile.check()
    PublicRecord.objects.filter(object_id=kept.pk, kind="notice").update(title="Anders")
    Notice.objects.filter(pk=gone.pk)._raw_delete("default")
    assert reconcile.repair()
    assert not reconcile.check()
    assert [row.title for row in PublicRecord.objects.of_kind("notice").live()] == [WORDS]
    before = sequence_now()
    reconcile.rebuild()
    assert sequence_now() > before and not reconcile.check()


def test_one_without_time_or_in_a_language_that_is_not_offered_is_not_public() -> None:
    toolkit()
    made = notice()
    Notice.objects.filter(pk=made.pk).update(ends=BEGIN)
    reconcile.repair()
    assert not PublicRecord.objects.live().of_kind("notice").exists()
    Locale.objects.create(language_code="fr")
    notice("fr")
    assert not PublicRecord.objects.live().of_kind("notice").exists()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"ends": BEGIN}, "ends"),
        ({"link": "/kontakt/"}, "link_text"),
        ({"link_text": "Mehr"}, "link"),
        ({"link": "kontakt", "link_text": "Mehr"}, "link"),
        ({"link": "//boese.example/", "link_text": "Mehr"}, "link"),
        ({"link": "javascript:alert(1)", "link_text": "Mehr"}, "link"),
    ],
)
def test_what_does_not_fit_is_named_by_field(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        notice(**fields)
    assert set(refused.value.message_dict) == {named}


@pytest.mark.parametrize("name", ["anna", "carla"])
def test_editors_of_both_halves_write_it_and_the_desk_says_how_long_it_is_up(name: str) -> None:
    open_office()
    german = Locale.objects.get(language_code="de")
    data = {
        "text": WORDS,
        "tone": "info",
        "begins": "2026-06-01 08:00",
        "ends": "2026-06-01 18:00",
        "locale": german.pk,
    }
    with time_machine.travel(BEGIN, tick=True):
        answer = desk(name).post(reverse("wagtailsnippets_cms_blocks_notice:add"), data)
        assert answer.status_code == 302
        made = Notice.objects.get()
        assert (made.begins, made.ends) == (BEGIN, END)
        card = card_for(person(name), "notices")
        assert card is not None
        [entry] = card.entries(card.rows())
        assert entry.title == WORDS and "18:00" in entry.note
        assert WORDS in Client().get("/gibt-es-nicht/").content.decode()
    assert ModelLogEntry.objects.filter(object_id=str(made.pk), user__username=name).exists()
    assert card_for(person("board"), "notices") is None
