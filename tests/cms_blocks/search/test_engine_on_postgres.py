from __future__ import annotations

import pytest

from cms_blocks.search.engine import engine
from cms_blocks.search.engines.postgres import PostgresEngine
from tests.cms_blocks.search.engine_contract import EngineContract


@pytest.mark.postgres
@pytest.mark.django_db
class TestPostgres(EngineContract):
    def test_it_is_the_engine_of_a_postgresql_database(self):
        assert isinstance(engine(), PostgresEngine)
