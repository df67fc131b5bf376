"""The house of tests/site/house.py, with a page of every kind, and somebody who asks the API about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.site.house import HOUSE, House, build

API = "/api/content/v1/"


@pytest.fixture
def house(transactional_db: None) -> House:
    return HOUSE.get(build)  # type: ignore[no-any-return]


@pytest.fixture
def ask() -> Any:
    """Function from an address below the API, and parameters, to the response."""
    client = Client()
    return lambda address, **parameters: client.get(API + address, parameters)
