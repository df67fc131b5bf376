"""One draft for the holder of a signed token, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse

from cms_blocks.content_api.preview import SALT, VALID, token_for
from cms_blocks.writing.previewing import FRONT_END
from tests.cms_blocks.content_api.conftest import API, Ids, page_of
from tests.governance.office import desk, open_office

FRONT = "https://front.example"


@pytest.fixture
def draft(site: Ids) -> Any:
    page = page_of(site["street"])
    page.title = "Ein Entwurf"
    return page.save_revision()


def shown(client: Client, token: str) -> Any:
    return client.get(f"{API}/preview/", {"token": token})


def test_a_token_shows_its_draft_through_the_same_serialiser(draft: Any, site: Ids, client: Client) -> None:
    answer = shown(client, token_for(draft))
    assert answer.headers["Cache-Control"] == "private, no-store"
    found = answer.json()
    assert (found["title"], found["document"]["title"], found["revision"]) == ("Ein Entwurf", "Ein Entwurf", draft.pk)
    draft.publish()
    assert client.get(f"{API}/find/", {"path": "/strasse/"}).json()["document"] == found["document"]


def test_every_other_token_opens_nothing(draft: Any, client: Client) -> None:
    good = token_for(draft)
    for token in ("", "x", good[:-1], good + "x", signing.dumps(draft.pk, salt="other"), signing.dumps(0, salt=SALT)):
        answer = shown(client, token)
        assert answer.status_code == 404 and b"Entwurf" not in answer.content
    with time_machine.travel(draft.created_at + VALID + timedelta(minutes=1)):
        assert shown(client, good).status_code == 404
    draft.content_object.delete()
    assert shown(client, good).status_code == 404


def test_a_draft_quotes_public_things_only(draft: Any, site: Ids, client: Client) -> None:
    page_of(site["place"]).unpublish()
    assert "<a" not in shown(client, token_for(draft)).json()["document"]["body"][0]["html"]


def test_an_editor_sees_the_draft_on_the_front_end_if_there_is_one(draft: Any, site: Ids, settings: Any) -> None:
    open_office()
    address = reverse("wagtailadmin_pages:view_draft", args=[site["street"]])
    without = desk("anna").get(address, {"mode": FRONT_END})
    assert FRONT.encode() not in without.content
    settings.HEADLESS_PREVIEW_URL = FRONT + "/preview?token={token}"
    answer = desk("anna").get(address, {"mode": FRONT_END})
    assert f'src="{FRONT}/preview?token=' in answer.content.decode()
    policy = {part.strip().partition(" ")[0]: part for part in answer.headers["Content-Security-Policy"].split(";")}
    assert FRONT in policy["frame-src"]
    page = Client().get("/strasse/")
    assert FRONT not in page.headers["Content-Security-Policy"]
