"""One place decides which engine answers; its table comes and goes with a migration."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from cms_blocks.search import schema
from cms_blocks.search.engine import database_engine, engine
from cms_blocks.search.engines.sqlite import SQLiteEngine
from tests.cms_blocks.search.engine_contract import entry_of, found, make_record


class OwnEngine(SQLiteEngine):
    """An engine that a project names in its settings."""


def test_a_setting_names_another_engine(settings):
    settings.SEARCH_ENGINE = f"{__name__}.OwnEngine"
    assert isinstance(engine(), OwnEngine)


def test_a_database_without_an_engine_is_named_with_what_to_do():
    with pytest.raises(ImproperlyConfigured, match=r"oracle databases\. Set SEARCH_ENGINE"):
        database_engine("oracle")


@pytest.mark.gate
@pytest.mark.django_db(transaction=True)
def test_the_table_can_be_made_and_dropped_any_number_of_times():
    editor = SimpleNamespace(connection=connection)
    schema.create_table(None, editor)
    assert engine().health()
    schema.drop_table(None, editor)
    schema.drop_table(None, editor)
    assert not engine().health()
    schema.create_table(None, editor)
    assert engine().health()


@pytest.mark.gate
@pytest.mark.django_db(transaction=True)
def test_others_search_the_old_index_until_a_rebuild_is_committed():
    old, new = make_record("Park"), make_record("See", indexed=False)
    seen: list[list[int]] = []

    def elsewhere() -> None:
        seen.append(found("Park") + found("See"))
        connection.close()

    with transaction.atomic():
        engine().rebuild([entry_of(new)])
        reader = threading.Thread(target=elsewhere)
        reader.start()
        reader.join(10)
    assert seen == [[old.pk]]
    assert found("Park") + found("See") == [new.pk]


@pytest.mark.gate
@pytest.mark.django_db(transaction=True)
def test_an_index_entry_is_taken_back_with_its_transaction():
    record = make_record("Park", indexed=False)
    with pytest.raises(RuntimeError), transaction.atomic():
        engine().index([entry_of(record)])
        assert found("Park") == [record.pk]
        raise RuntimeError
    assert found("Park") == []
