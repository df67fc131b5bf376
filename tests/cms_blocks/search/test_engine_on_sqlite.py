from __future__ import annotations

import pytest

from cms_blocks.search.engine import engine
from cms_blocks.search.engines.sqlite import SQLiteEngine
from tests.cms_blocks.search.engine_contract import EngineContract


@pytest.mark.django_db
class TestSQLite(EngineContract):
    def test_it_is_the_engine_of_an_sqlite_database(self):
        assert isinstance(engine(), SQLiteEngine)
