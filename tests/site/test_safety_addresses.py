"""No page can hide an address of the site, and the desk can be moved."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Page

from cms_blocks.reserved import reserved_slugs
from tests.site.house import House
from website.models import StandardPage


def test_the_addresses_that_are_taken_follow_from_the_url_configuration() -> None:
    german, english = reserved_slugs("de"), reserved_slugs("en")
    assert {"admin", "api", "suche", "images", "documents", "static", "healthz", "readyz", "en", "de-simple"} <= german
    assert "search" in english and "suche" not in english and "admin" not in english


@pytest.mark.parametrize("slug", ["admin", "suche", "api", "en"])
def test_a_page_below_the_home_page_cannot_take_one(slug: str, house: House, admin_client: Client) -> None:
    home = Page.objects.get(pk=house.home)
    fields = {"title": "Neu", "slug": slug, "half": "joint", "body-count": 0}
    answer = admin_client.post(f"/admin/pages/add/website/standardpage/{home.pk}/", fields)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f"{slug}-info" in html
    with pytest.raises(ValidationError, match=slug):
        home.add_child(instance=StandardPage(title="Neu", slug=slug))
    page = home.add_child(instance=StandardPage(title="Neu", slug="neu"))
    page.slug = slug
    with pytest.raises(ValidationError, match=slug):
        page.full_clean()
    assert not Page.objects.filter(slug=slug).exists()
    # Further down it is an address like any other.
    page.refresh_from_db()
    page.add_child(instance=StandardPage(title="Neu", slug=slug))


def test_the_english_home_page_may_have_what_only_german_addresses_take(house: House) -> None:
    english = Page.objects.get(slug="haus-en")
    english.add_child(instance=StandardPage(title="Images", slug="images", locale=english.locale))
    with pytest.raises(ValidationError):
        english.add_child(instance=StandardPage(title="Search", slug="search", locale=english.locale))


MOVED = """
from django.contrib.auth import get_user_model
from django.test import Client
from cms_blocks.reserved import reserved_slugs

client = Client()
assert client.get("/our-desk/").headers["Location"] == "/our-desk/login/?next=/our-desk/"
answer = client.get("/our-desk/login/")
assert "'unsafe-inline'" in answer.headers["Content-Security-Policy"]
assert '"/admin/' not in answer.content.decode()
assert client.get("/admin/login/").status_code == 404
assert "our-desk" in reserved_slugs("de") and "admin" not in reserved_slugs("de")
assert "our-desk" not in client.get("/").content.decode(), "visitors are told"
client.force_login(get_user_model().objects.create_superuser("desk"))
desk = client.get("/our-desk/").content.decode()
assert "/our-desk/account/" in desk and '"/admin/' not in desk
print("moved")
"""


def test_the_desk_moves_with_its_setting(manage: Any) -> None:
    done = manage("shell", "--no-imports", "-c", MOVED, env={"ADMIN_PATH": "our-desk/"})
    assert done.stdout.strip().endswith("moved"), done.stderr[-2000:]
