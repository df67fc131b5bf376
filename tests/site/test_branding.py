"""The desk carries the office's mark and name, and sends nobody to other servers."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from cms_blocks.models import Office
from cms_blocks.office import office_for
from tests.governance.office import desk, open_office

#: Files that a browser fetches by itself, and links that people follow.
FETCHED = re.compile(r'(?:src|srcset|data-icon-url)="((?:https?:)?//[^"]+)"|<link[^>]+href="((?:https?:)?//[^"]+)"')
LINKED = re.compile(r'href="(https?://[^"]+)"')


@pytest.fixture
def office(db: None) -> None:
    open_office()


@pytest.mark.parametrize("name", ["wagtailadmin_home", "wagtailadmin_account", "wagtailadmin_explore_root"])
def test_every_page_of_the_desk_shows_mark_and_name_of_the_office(name: str, office: None) -> None:
    html = desk("operator").get(reverse(name)).content.decode()
    name = office_for("de").name
    assert name and f"- {name}</title>" in html
    assert "desk-mark--menu" in html and "cms_blocks/favicon" in html
    assert 'class="icon-wagtail' not in html and "Wagtail</title>" not in html


def test_so_does_the_page_where_people_sign_in(db: None) -> None:
    html = Client().get(reverse("wagtailadmin_login")).content.decode()
    assert "desk-mark--sign-in" in html and "Wagtail" not in re.sub(r"<noscript.*?</noscript>", "", html, flags=re.S)


def test_the_name_is_what_the_office_calls_itself(office: None) -> None:
    locale = Office._meta.get_field("locale").related_model.get_default()
    Office.objects.update_or_create(
        locale=locale, defaults={"name": "Haus der Mitsprache", "short_name": "Haus", "city": "Musterstadt"}
    )
    assert "- Haus der Mitsprache</title>" in desk("operator").get("/admin/").content.decode()


@pytest.mark.parametrize("name", ["wagtailadmin_home", "wagtailadmin_account", "wagtailadmin_login"])
def test_no_page_of_the_desk_fetches_from_or_leads_to_other_servers(name: str, office: None) -> None:
    html = (Client() if name == "wagtailadmin_login" else desk("operator")).get(reverse(name)).content.decode()
    html = re.sub(r"<noscript.*?</noscript>", "", html, flags=re.S)
    assert not FETCHED.search(html)
    assert not [address for address in LINKED.findall(html) if "localhost" not in address]
    assert "wagtail.org" not in html  # the entries of the menu are JSON
