"""A house to publish in, an editor, and the oracle that watches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from wagtail.models import Page

from tests.cms_blocks.publication.editor import HOUSE, Editor, found_house
from tests.cms_blocks.publication.observer import Observer

MORNING = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """Time stands still on a morning in March until a test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def home(transactional_db: None) -> Page:
    return Page.objects.get(pk=HOUSE.get(lambda: found_house().pk))


@pytest.fixture
def editor(home: Page) -> Editor:
    return Editor()


@pytest.fixture
def observer(transactional_db: None) -> Iterator[Observer]:
    opened = Observer()
    yield opened
    opened.close()
