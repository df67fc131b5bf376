"""Nothing private leaves by any exit. Exits are read from the URL configuration: a new one is covered or fails."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture
from pypdf import PdfReader
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
    Site,
)

from cms_blocks.media.addresses import image_address
from cms_blocks.media.responsive import picture_data
from cms_blocks.models import Contact, Document, Image, PublicRecord, Topic
from cms_blocks.publication.unit import unit
from tests.site.exits import Exit, exits
from tests.toolkit.factories import method, toolkit, with_tools
from toolkit.models import MethodPage
from website.models import HomePage, StandardPage

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = re.compile(rb"kanarie[\W_]*\d+", re.IGNORECASE)


class Aviary:
    """Makes words that stand in private places and must appear nowhere."""

    def __init__(self) -> None:
        self._number = count(1000)
        self.words: dict[str, str] = {}

    def word(self, place: str) -> str:
        word = f"Kanarie{next(self._number)}"
        self.words[word] = place
        return word

    def page_fields(self, place: str) -> dict[str, Any]:
        """A word in every text of a standard page."""
        text = f"<p>{self.word(f'{place}: body')}</p>"
        return {
            "title": self.word(f"{place}: title"),
            "slug": self.word(f"{place}: slug").lower(),
            "lead": self.word(f"{place}: lead"),
            "seo_title": self.word(f"{place}: title for search engines"),
            "search_description": self.word(f"{place}: description"),
            "body": [("paragraph", text), ("quote", {"text": self.word(f"{place}: quote"), "name": "", "source": ""})],
        }


class World:
    """A public site with one private thing of every sort, and the addresses an intruder would try."""

    def __init__(self) -> None:
        self.aviary = aviary = Aviary()
        self.paths: list[str] = []
        self.files: list[str] = []
        site = Site.objects.get(is_default_site=True)
        german = Locale.objects.get_or_create(language_code="de")[0]
        tree_root = Page.objects.get(depth=1)
        with unit():
            self.home = tree_root.add_child(instance=HomePage(title="Start", slug="haus", locale=german))
            site.root_page = self.home
            site.save()
            self._private_pages()
            self._private_files()
            self._methods()
        self.user = get_user_model().objects.create_user(
            "someone",
            email=f"{aviary.word('user: address').lower()}@example.org",
            password="x",
            first_name=aviary.word("user: first name"),
            last_name=aviary.word("user: last name"),
        )
        self.public.owner = self.user
        self.public.save_revision(user=self.user).publish()
        self.public.lead = aviary.word("draft of a public page: lead")
        self.public.title = aviary.word("draft of a public page: title")
        self.public.save_revision(user=self.user)

    def _add(self, parent: Page, place: str, **fields: Any) -> StandardPage:
        page = parent.add_child(instance=StandardPage(**{**self.aviary.page_fields(place), **fields}))
        if not fields.get("slug"):
            self.paths.append(page.url or page.url_path)
        return page

    def _private_pages(self) -> None:
        now = timezone.now()
        self.public = self.home.add_child(instance=StandardPage(title="Offen", slug="offen", show_in_menus=True))
        draft = self._add(self.home, "draft", live=False, show_in_menus=True)
        self._add(draft, "below a draft")
        restricted = self._add(self.home, "restricted", show_in_menus=True)
        PageViewRestriction.objects.create(page=restricted, restriction_type="login")
        self._add(restricted, "below a restricted page")
        self._add(self.home, "expired, worker asleep", expire_at=now - timedelta(minutes=5))
        self._add(self.home, "not yet", go_live_at=now + timedelta(days=1))
        gone = self._add(self.home, "unpublished")
        gone.unpublish()
        deleted = self._add(self.home, "deleted")
        deleted.delete()
        orphan = Page.objects.get(depth=1).add_child(
            instance=StandardPage(**self.aviary.page_fields("outside of every site"), locale=self.home.locale)
        )
        self.paths.append(f"/{orphan.slug}/")
        self.public.body = [
            ("related_pages", {"title": "Mehr", "pages": [draft.pk, restricted.pk, gone.pk]}),
            ("paragraph", f'<p><a linktype="page" id="{draft.pk}">hier</a></p>'),
        ]
        self.public.save()

    def _private_files(self) -> None:
        root = Collection.get_first_root_node()
        private = root.add_child(name=self.aviary.word("collection: name"))
        CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
        shown_only_by_a_draft = root
        for place, collection in (("private collection", private), ("file of a draft", shown_only_by_a_draft)):
            image = Image(
                title=self.aviary.word(f"{place}: image title"),
                alt_text=self.aviary.word(f"{place}: image words"),
                collection=collection,
                file=_picture(self.aviary.word(f"{place}: file name")),
            )
            image.save()
            document = Document(
                title=self.aviary.word(f"{place}: document title"),
                summary=self.aviary.word(f"{place}: document summary"),
                collection=collection,
                file=ContentFile(self.aviary.word(f"{place}: document text").encode() * 50, name=f"{place}.txt"),
            )
            document.save()
            page = self.home.add_child(
                instance=StandardPage(
                    title=f"Zeigt {place}",
                    slug=f"zeigt-{collection.pk}",
                    live=collection is private,
                    body=[
                        (
                            "image",
                            {
                                "image": image.pk,
                                "decorative": False,
                                "alt": self.aviary.word(f"{place}: words for this place"),
                                "caption": self.aviary.word(f"{place}: caption"),
                                "size": "text",
                            },
                        ),
                        (
                            "documents",
                            {"title": self.aviary.word(f"{place}: list's heading"), "documents": [document.pk]},
                        ),
                    ],
                )
            )
            self.paths.append(page.url or "/")
            self.files += [*_addresses(image), document.url]
            self.files += [str(image.file.name), str(document.file.name)]

    def _methods(self) -> None:
        index = toolkit()
        with_tools(index)
        self.index = index
        self.method = method(index)
        hidden = MethodPage(
            title=self.aviary.word("method draft: title"),
            slug=self.aviary.word("method draft: slug").lower(),
            lead=self.aviary.word("method draft: lead"),
            staff=self.aviary.word("method draft: staff"),
            cost_note=self.aviary.word("method draft: cost"),
            origin=self.aviary.word("method draft: origin"),
            live=False,
            locale=index.locale,
        )
        index.add_child(instance=hidden)
        self.paths.append(f"{index.url}{hidden.slug}/")
        Topic.objects.create(name="Grün", slug="green", locale=index.locale)
        Contact.objects.create(name="Anlaufstelle", locale=index.locale)


def _picture(name: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    Picture.new("RGB", (1600, 900), "navy").save(out, "PNG")
    return SimpleUploadedFile(f"{name}.png", out.getvalue(), "image/png")


def _addresses(image: Image) -> list[str]:
    """Genuinely signed addresses of every form of a picture that a page or the admin uses."""
    data = picture_data(image, "text")
    in_pages = [data["src"], *(part.split()[0] for source in data["sources"] for part in source["srcset"].split(", "))]
    return [image_address(image, "original"), image_address(image, "max-165x165"), *in_pages]


def with_page(form: str) -> str:
    """The address of a form that is about a page, up to that page."""
    return f"{reverse(form)}?page="


Ask = Callable[[World], list[str]]

#: What an intruder asks each public exit for. A pattern that is not here, nor guarded as a whole, fails the test.
PUBLIC: dict[str, Ask] = {
    "healthz": lambda world: ["/healthz"],
    "readyz": lambda world: ["/readyz"],
    "media_image": lambda world: [path for path in world.files if path.startswith("/images/")],
    "wagtaildocs_serve": lambda world: [path for path in world.files if path.startswith("/documents/")],
    "search": lambda world: [
        *(f"/suche/?q={word}" for word in world.aviary.words),
        "/suche/",
        "/suche/?q=kanarie",
        "/en/search/?q=kanarie*",
        *(f"/suche/?q=offen&kind={kind}" for kind in ("page", "method", "home", "x")),
    ],
    "report_barrier": lambda world: [
        with_page("report_barrier"),
        *(f"{with_page('report_barrier')}{path}" for path in world.paths),
        with_page("report_barrier") + "https://evil.example/",
    ],
    "barrier_reported": lambda world: [
        *(f"{with_page('barrier_reported')}{path}" for path in world.paths),
        with_page("barrier_reported") + "//evil.example/",
    ],
    "ask_accessible": lambda world: [
        f"{reverse('ask_accessible')}?document={pk}"
        for pk in (*Document.objects.values_list("pk", flat=True), "", "x", 10**30)
    ],
    "accessible_asked": lambda world: [reverse("accessible_asked")],
    "print": lambda world: [
        *(f"{path.rstrip('/')}.pdf" for path in world.paths),
        *(f"{path.rstrip('/')}.pdf" for path in PublicRecord.objects.live().values_list("path", flat=True)),
        "/methoden.pdf?purpose=collect_ideas",
        *(f"/methoden.pdf?q={word}" for word in list(world.aviary.words)[:3]),
    ],
    "wagtail_serve": lambda world: [
        *world.paths,
        *(f"/{prefix}{path.lstrip('/')}" for prefix in ("en/", "de-simple/") for path in world.paths),
        *PublicRecord.objects.live().values_list("path", flat=True),
        *(f"/methoden/?q={word}" for word in list(world.aviary.words)[:5]),
        "/methoden/?sort=title&page=99",
        "/methoden/finder/?purpose=collect_ideas&people=30",
        f"/methoden/vergleich/?m={world.method.pk}",
        *(f"/methoden/vergleich/?m={page.slug}" for page in MethodPage.objects.all()),
        *(f"/methoden/vergleich/?m={page.pk}" for page in Page.objects.all()),
    ],
}
#: Parts that ask for a login or a token before anything else: each of their patterns must refuse.
GUARDED = {"admin": (302, 403, 404, 405), "api": (401,)}
#: Patterns of the guarded parts that answer the anonymous by their nature, without content.
OPEN_IN_ADMIN = {
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_sprite",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_complete",
}


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path / "media"
    return World()


def test_every_exit_of_the_project_is_listed_here() -> None:
    unknown = [exit for exit in exits() if exit.name not in PUBLIC and exit.is_below not in GUARDED]
    assert not unknown, f"These addresses are new: say in PUBLIC what to ask them for, or guard them: {unknown}"
    assert {exit.name for exit in exits()} >= set(PUBLIC), "an exit that is tested here has gone"


@pytest.mark.parametrize("name", PUBLIC)
def test_no_canary_leaves_by_a_public_exit(name: str, world: World, client: Client) -> None:
    asked = PUBLIC[name](world)
    assert asked
    for address in asked:
        for headers in ({}, {"X-Requested-With": "XMLHttpRequest"}):
            answer = client.get(address, headers=headers)
            _no_canary(address, answer, world)
        _no_canary(address, client.head(address), world)
        _no_canary(address, client.post(address, {"q": "x"}), world)


def test_private_addresses_say_not_found(world: World, client: Client) -> None:
    for path in world.paths:
        if not path.startswith("/zeigt-"):
            assert client.get(path).status_code == 404, path
    for path in PUBLIC["media_image"](world) + PUBLIC["wagtaildocs_serve"](world):
        assert client.get(path).status_code == 404, path


def test_guarded_parts_refuse_everybody_without_a_login(world: World, client: Client) -> None:
    guarded = [exit for exit in exits() if exit.is_below in GUARDED and exit.name not in OPEN_IN_ADMIN]
    assert len(guarded) > 100
    for exit in guarded:
        address = _filled(exit, world.public.pk)
        answer = client.get(address)
        assert answer.status_code in GUARDED[exit.is_below], (exit, answer.status_code)
        _no_canary(address, answer, world)


def test_no_canary_stands_in_the_tables_that_exits_read(world: World) -> None:
    tables = [
        name
        for name in connection.introspection.table_names()
        if name.startswith(("cms_blocks_public", "cms_blocks_search", "cms_blocks_delivery")) or name.endswith("facts")
    ]
    assert "cms_blocks_publicrecord" in tables
    now_public = PublicRecord.objects.visible()
    assert now_public.count() >= 5
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found = {word.decode() for word in CANARY.findall(repr(row).encode())}
                # What has a window is stored before its time; every reader filters by it (see the crawl above).
                allowed = {w for w, place in world.aviary.words.items() if place.startswith(("expired", "not yet"))}
                lowered = {word.lower() for word in allowed}
                assert not {word.lower() for word in found} - lowered, (table, row)


def test_the_crawl_would_notice_a_leak(world: World, client: Client) -> None:
    word = world.aviary.word("control")
    world.public.refresh_from_db()
    page = world.home.add_child(instance=StandardPage(title=word, slug="kontrolle"))
    with pytest.raises(AssertionError):
        _no_canary(page.url, client.get(page.url), world)


def _no_canary(address: str, answer: Any, world: World) -> None:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"%PDF"):
        body += _words_of(body)
    # What the visitor typed into the address may be repeated; nothing else may.
    typed = {word.lower() for word in CANARY.findall(address.encode())}
    found = {word.lower() for word in CANARY.findall(body + repr(dict(answer.headers)).encode())} - typed
    assert not found, f"{address} gave away {[world.aviary.words.get(w.decode().capitalize(), w) for w in found]}"
    assert not answer.cookies or address.startswith(("/admin", "/api")), f"{address} set a cookie"


def _words_of(pdf: bytes) -> bytes:
    """The text of a PDF, without the spaces that its lines may put into a word, and what is said about it."""
    reader = PdfReader(io.BytesIO(pdf))
    about = repr(reader.metadata) + repr(reader.outline)
    return "".join("".join(page.extract_text() for page in reader.pages).split()).encode() + about.encode()


def _filled(exit: Exit, number: int) -> str:
    """An address that the pattern matches, with ``number`` for every number."""
    route = re.sub(r"<int:\w+>|\(\?P<\w+>\\d\+\)|<uuid:\w+>", str(number), exit.route)
    route = re.sub(r"<(?:\w+:)?\w+>", "page", route)
    route = re.sub(r"\(\?P<\w+>[^)]*\)|\(\?:[^)]*\)\*?|\([^)]*\)", "page", route)
    return "/" + re.sub(r"[\^$\\?]", "", route).lstrip("/")
