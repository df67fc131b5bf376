"""The office of tests/governance/office.py, opened once in a process."""

from __future__ import annotations

import pytest

from tests.governance.office import STAFF, desk, open_office
from tests.infrastructure.database import Kept

OFFICE = Kept()


def _open_with_everybody_at_their_desk() -> None:
    open_office()
    for name in STAFF:
        desk(name)


@pytest.fixture
def office(transactional_db: None) -> None:
    OFFICE.get(_open_with_everybody_at_their_desk)
