"""Nothing private leaves by any exit. Exits are read from the URL configuration: a new one is covered or fails.

What is private is read from the models (tests/site/leaks): a new text, block, page type or table is covered or fails.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from wagtail.models import Page

from cms_blocks.models import Document, PublicRecord
from procedures.listing import VIEWS
from procedures.models import DistrictPage, ProcedurePage, Street
from procedures.round.links import token_for
from procedures.streets.names import fold
from tests.infrastructure.database import Kept
from tests.site.api_exits import api_exits
from tests.site.exits import Exit, exits
from tests.site.leaks.aviary import CANARY, silent
from tests.site.leaks.world import DRAFT_OF_PUBLIC, EXPIRED, LANGUAGES, STATES, World, declared_pages
from toolkit.models import MethodPage
from website.models import StandardPage

pytestmark = pytest.mark.django_db(transaction=True)

#: What has a window is stored before its time, with what it shows; every reader filters by it, as the crawl shows. The
#: worker's letters wait in the outbox.
STORED = (EXPIRED, "not yet", "topic of private pages", "contact of private pages", "principle of private pages",
          "letter")  # fmt: skip

#: So many addresses are one time asked in the other ways too: by a script, for the head, by POST.
EVERY = 5

#: The site is built once in a process.
WORLD = Kept()
#: Tables with texts in which no word is put, and why nothing is lost by that.
BARE = {
    "cms_blocks.Office": "names of the office, public by nature",
    "procedures.Street": "the city's own directory of streets, public as it stands (ADR 12)",
    **dict.fromkeys(
        ("auth.Permission", "contenttypes.ContentType", "wagtailcore.Locale", "wagtailcore.Site", "cms_blocks.Tick"),
        "words of the program and of its settings",
    ),
    **dict.fromkeys(
        (
            "cms_blocks.EasyLanguageReview", "cms_blocks.TranslationBasis", "cms_blocks.PublicReference",
            "cms_blocks.Rendition", "cms_blocks.StatusSpan", "wagtailcore.ReferenceIndex", "wagtailcore.WorkflowState",
            "procedures.DistrictFacts",
            "wagtailadmin.EditingSession", "wagtail_localize.StringSegment",
            "wagtail_localize.TranslationContext", "wagtail_localize.Template", "wagtail_localize.SegmentOverride",
            "procedures.NewsFacts", "procedures.EditionFacts",
        ),
        "ids, numbers, digests and paths of what stands elsewhere",
    ),
    **dict.fromkeys(
        ("sessions.Session", "otp_static.StaticToken", "otp_static.StaticDevice", "wagtailusers.UserProfile"),
        "keys and habits, no words; to be had only with a login",
    ),
    **dict.fromkeys(("axes.AccessFailureLog", "axes.AccessLog", "wagtailembeds.Embed"), "nothing writes there"),
    **dict.fromkeys(
        ("wagtaildocs.Document", "wagtailimages.Image", "wagtailimages.Rendition"), "we have models of our own"
    ),
}  # fmt: skip


def street() -> Street:
    """In the middle of whatever is private, so that an answer would be near."""
    place = {"latitude": 52.4, "longitude": 13.06, "key": fold("Lindenstraße")}
    return Street.objects.get_or_create(name="Lindenstraße", defaults=place)[0]


def with_page(form: str) -> str:
    """The address of a form that is about a page, up to that page."""
    return f"{reverse(form)}?page="


def tokens(world: World) -> list[str]:
    """The genuine one of a department, whose procedure has a draft, and one that somebody made up."""
    return [token_for(world.papers.asked.letter), "x"]


Ask = Callable[[World], list[str]]

#: What an intruder asks each public exit for. A pattern that is not here, nor guarded as a whole, fails the test.
PUBLIC: dict[str, Ask] = {
    "healthz": lambda world: ["/healthz"],
    "readyz": lambda world: ["/readyz"],
    "media_image": lambda world: [path for path in world.files if path.startswith("/images/")],
    "wagtaildocs_serve": lambda world: [path for path in world.files if path.startswith("/documents/")],
    "search": lambda world: [
        *(f"/suche/?q={word}" for word in one_of_each_sort(world)),
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
    "my_street": lambda world: [
        *(f"{reverse('my_street')}?street={word}" for word in ("", "linden", *list(world.aviary.words)[:3])),
        *(
            f"/en/my-street/?street={street().name}&district={word}"
            for word in ("nord", next(iter(world.aviary.words)))
        ),
    ],
    "street_note": lambda world: [
        f"{prefix}?street={street().name}" for prefix in (reverse("street_note"), "/en/my-street/note.pdf")
    ],
    "short_address": lambda world: [
        f"{prefix}/k/{reference}"
        for prefix in ("", "/en", "/ar")
        for reference in (*ProcedurePage.objects.values_list("reference", flat=True), *list(world.aviary.words)[:3])
    ],
    "short_address_of_district": lambda world: [
        f"{prefix}/k/d/{pk}" for prefix in ("", "/en", "/ar") for pk in (*Page.objects.values_list("pk", flat=True), 0)
    ],
    "short_address_of_street": lambda world: [
        f"{prefix}/k/s/{name}{place}"
        for prefix in ("", "/ar")
        for name in (street().key, *list(world.aviary.words)[:3])
        for place in ("", *(f"/{pk}" for pk in DistrictPage.objects.values_list("pk", flat=True)))
    ],
    "edition_paper": lambda world: [*world.papers.editions, "/verfahren/ausgabe-1.pdf", "/en/x/ausgabe-2.pdf"],
    "update_round": lambda world: [reverse("update_round", args=[token]) for token in tokens(world)],
    "update_round_answer": lambda world: [
        reverse("update_round_answer", args=[token, pk]) for token in tokens(world) for pk in (world.papers.asked.pk, 0)
    ],
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
        *(
            f"{path}?view={view}"
            for path in PublicRecord.objects.live().of_kind("procedure_index").values_list("path", flat=True)
            for view in VIEWS
        ),
        "/methoden/?sort=title&page=99",
        "/methoden/finder/?purpose=collect_ideas&people=30",
        f"/en/methoden/vergleich/?m={MethodPage.objects.first().pk}",
        *(f"/methoden/vergleich/?m={page.slug}" for page in MethodPage.objects.all()),
        *(f"/methoden/vergleich/?m={page.pk}" for page in Page.objects.all()),
    ],
    **api_exits(),
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


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("media")


@pytest.fixture
def world(settings: Any, files: Any) -> World:
    settings.MEDIA_ROOT = files
    settings.CONTENT_API_COSTLY_A_MINUTE = 10**6
    return WORLD.get(World)  # type: ignore[no-any-return]


def one_of_each_sort(world: World) -> list[str]:
    """A word for each field, block and note, wherever it stands."""
    return list({place.rpartition(": ")[2]: word for word, place in world.aviary.words.items()}.values())


def test_every_text_of_every_page_type_has_a_word_in_every_state(world: World) -> None:
    wanted = {(model, language, state) for model in declared_pages() for language in LANGUAGES for state in STATES}
    assert set(world.filled) == wanted
    for (model, language, state), page in world.filled.items():
        if state != DRAFT_OF_PUBLIC:
            page = model.objects.get(pk=page.pk)
        assert not silent(page), (model, language, state)


def test_every_table_of_texts_has_a_word_or_is_said_to_need_none(world: World) -> None:
    bare = set()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            columns = [
                field.column
                for field in model._meta.local_concrete_fields
                if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
            ]
            if columns and model._meta.managed:
                cursor.execute(
                    f"""SELECT {", ".join(f'"{name}"' for name in columns)} FROM "{model._meta.db_table}\""""
                )
                if not any(CANARY.search(repr(row).encode()) for row in cursor.fetchall()):
                    bare.add(model._meta.label)
    assert sorted(bare) == sorted(BARE), "put a word into these tables, or say in BARE why there need not be one"


def test_every_exit_of_the_project_is_listed_here() -> None:
    below = {*GUARDED} - {"api"}  # the content API is public, the other one is asked for a token
    unknown = [
        exit
        for exit in exits()
        if exit.name not in PUBLIC and exit.is_below not in below and not exit.route.startswith("api/write/")
    ]
    assert not unknown, f"These addresses are new: say in PUBLIC what to ask them for, or guard them: {unknown}"
    assert {exit.name for exit in exits()} >= set(PUBLIC), "an exit that is tested here has gone"


@pytest.mark.parametrize("name", PUBLIC)
def test_no_canary_leaves_by_a_public_exit(name: str, world: World, client: Client) -> None:
    asked = PUBLIC[name](world)
    assert asked
    for number, address in enumerate(asked):
        _no_canary(address, client.get(address), world)
        if number % EVERY == 0:
            _no_canary(address, client.get(address, headers={"X-Requested-With": "XMLHttpRequest"}), world)
            _no_canary(address, client.head(address), world)
            _no_canary(address, client.post(address, {"q": "x"}), world)


def test_private_addresses_say_not_found(world: World, client: Client) -> None:
    for path in world.paths:
        if not path.startswith("/zeigt-"):
            assert client.get(path).status_code == 404, path
    for path in PUBLIC["media_image"](world) + PUBLIC["wagtaildocs_serve"](world):
        assert client.get(path).status_code == 404, path


def test_guarded_parts_refuse_everybody_without_a_login(world: World, client: Client) -> None:
    open_ones = OPEN_IN_ADMIN | set(PUBLIC)
    guarded = [exit for exit in exits() if exit.is_below in GUARDED and exit.name not in open_ones]
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
    stored = {word.lower().encode() for place in STORED for word in world.aviary.within(place)}
    # Where a page of its index begins, SQLite keeps only so much of a word as tells it from the one before.
    allowed = {word[:length] for word in stored for length in range(len(b"kanarie1"), len(word) + 1)}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                assert not {word.lower() for word in CANARY.findall(repr(row).encode())} - allowed, (table, row)


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
    if body.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(body))
        body += b"".join(archive.read(name) for name in archive.namelist())
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
