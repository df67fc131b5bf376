"""The house of tests/site/house.py, and a visitor who writes to it, for every test of the website."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.site.house import HOUSE, House, build


@pytest.fixture
def house(transactional_db: None) -> House:
    """The small public site, committed. The first test of a process builds it, for the others it is copied."""
    return HOUSE.get(build)  # type: ignore[no-any-return]


@pytest.fixture
def clock() -> Iterator[Any]:
    """Time stands still, and goes on as the test says."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def visitor(house: House) -> Client:
    """A client that the CSRF check would refuse."""
    return Client(enforce_csrf_checks=True)
