"""The image, built once, and a site that runs from it on PostgreSQL with the settings of production."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from tests.container.base import FOLDER, missing_tools
from tests.container.image import Container, Image
from tests.infrastructure.requirements import missing
from tests.site.test_safety_start import SOUND

#: Bytes that the storage of the images takes: each layer is a copy of all files.
ROOM = 6 * 1024**3

# What a person publishes first: a home page with a picture, and a method, which is also a PDF.
CONTENT = """
from io import BytesIO
from django.core.files.images import ImageFile
from PIL import Image as Pixels
from wagtail.models import Locale, Page, Site
from cms_blocks.models import Image
from cms_blocks.publication.unit import unit
from toolkit.models import MethodIndexPage, MethodPage
from website.models import HomePage
with unit():
    pixels = BytesIO()
    Pixels.new("RGB", (800, 500), "steelblue").save(pixels, "JPEG")
    image = Image.objects.create(title="Platz", alt_text="Ein Platz", file=ImageFile(BytesIO(pixels.getvalue()), name="platz.jpg"))
    german = Locale.objects.get(language_code="de")
    block = {"image": image.pk, "decorative": False, "alt": "", "caption": "", "size": "wide"}
    home = HomePage(title="Haus", headline="Aus dem Container.", slug="haus", locale=german, body=[("image", block)])
    Page.get_first_root_node().add_child(instance=home)
    Site.objects.filter(is_default_site=True).update(root_page=home)
    Site.clear_site_root_paths_cache()
with unit():
    index = home.add_child(instance=MethodIndexPage(title="Methoden", slug="methoden", locale=german))
    index.add_child(instance=MethodPage(
        title="World Café", slug="world-cafe", lead="Viele sprechen.", locale=german, purposes=("plan",),
        levels=("consultation",), settings=("onsite",), recruitment=("open",), cost_level=1, group_size_min=10,
        group_size_max=100, duration_minutes_min=60, duration_minutes_max=90, preparation_weeks_min=1,
        preparation_weeks_max=2))
"""


@pytest.fixture(scope="session")
def image() -> Generator[Image]:
    """Skipped (on CI: failed) where its tools are not installed. A minute or two."""
    if reason := missing_tools():
        missing(reason)
    with tempfile.TemporaryDirectory(dir=_room_for_images(), ignore_cleanup_errors=True) as folder:
        yield Image(Path(folder))


def _room_for_images() -> Path:
    """In memory where there is enough: on a disk, writing and removing 100,000 files takes longer than building."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > ROOM:
        return memory
    FOLDER.mkdir(parents=True, exist_ok=True)
    return FOLDER


@pytest.fixture(scope="session")
def container(image: Image, postgres_url: str) -> Generator[Container]:
    """A container on an empty database: after ``migrate`` and ``setup_office``, with a little content."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE house")
    server = Path(unquote(urlsplit(postgres_url).netloc.rpartition("@")[2]))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    database = "postgres://postgres@%2Ftmp%2Fdatabase/house"
    settings = {**SOUND, "DATABASE_URL": database, "PORT": port, "WEB_CONCURRENCY": "1"}
    with tempfile.TemporaryDirectory() as folder:
        started = Container(image, Path(folder) / "container", server / ".s.PGSQL.5432", settings)
        try:
            started.manage("migrate", "--noinput", "--verbosity", "0")
            started.manage("setup_office")
            started.manage("shell", "--verbosity", "0", "--no-imports", "--command", CONTENT)
            yield started
        finally:
            started.stop()
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                connection.execute("DROP DATABASE house WITH (FORCE)")
