"""The plugins in a project that is not ours: installed from the wheel, room by room, without ``site/``."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.infrastructure.requirements import REPOSITORY
from tests.plugin_suite.host import Host, build_wheel, documented

# One worker makes the host project and meets it in all its states.
pytestmark = pytest.mark.xdist_group("plugins")

ROOMS = ("cms_blocks", "governance", "toolkit", "procedures")

PUBLISH_HOME = """
from home.models import HomePage
home = HomePage.objects.get()
home.title = "A town of its own"
home.save_revision().publish()
"""

PUBLISH_METHOD = """
from home.models import HomePage
from toolkit.models import MethodIndexPage, MethodPage
home = HomePage.objects.get()
toolkit = home.add_child(instance=MethodIndexPage(title="Methods", slug="methods"))
toolkit.save_revision().publish()
method = toolkit.add_child(instance=MethodPage(
    title="World café", slug="world-cafe", lead="Many talk at small tables.", live=False,
    purposes=["collect_ideas"], levels=["consultation"], settings=["onsite"], recruitment=["open"],
    group_size_min=12, group_size_max=200, duration_minutes_min=90, duration_minutes_max=180,
    preparation_weeks_min=4, preparation_weeks_max=8, cost_level=2,
    steps=[{"type": "step", "value": {"title": "Welcome", "text": "The hosts open the round.", "minutes": 120}}],
))
method.save_revision().publish()
"""

READ = """
import json
from django.test import Client
from cms_blocks.publication.records import PublicRecord
answer = Client().get({path!r}, HTTP_HOST="localhost")
record = PublicRecord.objects.visible().filter(path={path!r}).first()
print(json.dumps({{
    "status": answer.status_code,
    "html": answer.content.decode(),
    "cookies": list(answer.cookies),
    "kind": record and record.kind,
    "title": record and record.title,
    "document": record and json.loads(record.document.body),
}}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Host:
    """A project with a home page of its own, to which ``cms_blocks`` is added as docs/plugins.md says."""
    made = Host(tmp_path_factory.mktemp("host"), wheel)
    made.append_settings(documented("settings"))
    made.use_our_addresses()
    made.declare_its_pages()
    made.manage("migrate", "-v0")
    made.manage("publication", "repair")
    return made


@pytest.fixture(scope="module")
def host_with_toolkit(host: Host) -> Host:
    """The same project, to which the toolkit is added later, with one method published."""
    host.append_settings(documented("toolkit"))
    host.manage("migrate", "-v0")
    host.python_says(PUBLISH_METHOD)
    return host


def read(host: Host, path: str) -> dict:
    """What an anonymous visitor gets at ``path``, and the gate's row for that address."""
    return json.loads(host.python_says(READ.format(path=path)).splitlines()[-1])


def test_the_wheel_holds_the_four_plugins_with_all_their_files_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)
    for room in ROOMS:
        for path in (REPOSITORY / room).rglob("*"):
            relative = path.relative_to(REPOSITORY)
            if path.is_file() and "__pycache__" not in relative.parts:
                assert str(relative) in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_ten_lines_are_ten() -> None:
    lines = [line for name in ("settings", "urls", "publications") for line in documented(name).splitlines()]
    assert len(lines) == 10


def test_a_host_project_takes_the_code_from_the_wheel(host: Host) -> None:
    assert host.python_says("import cms_blocks; print(cms_blocks.__file__)").startswith(str(host.folder))
    assert str(REPOSITORY) not in host.python_says("import sys; print([p for p in sys.path if 'venv' not in p])")


def test_a_host_project_with_the_blocks_passes_the_checks_and_needs_no_migration(host: Host) -> None:
    host.manage("check", "--fail-level", "ERROR")
    host.manage("makemigrations", "--check", "--dry-run")


def test_a_page_type_of_the_host_that_is_not_declared_is_named_by_the_check(host: Host) -> None:
    declared = host.project / "home/publications.py"
    text = declared.read_text()
    declared.write_text("")
    try:
        with pytest.raises(AssertionError, match=r"home\.HomePage does not say how it is published"):
            host.manage("check")
    finally:
        declared.write_text(text)


def test_a_page_that_was_public_before_is_public_after_the_first_repair(host: Host) -> None:
    found = read(host, "/")
    assert (found["status"], found["kind"]) == (200, "home")


def test_a_page_of_the_host_is_published_through_the_gate(host: Host) -> None:
    host.python_says(PUBLISH_HOME)
    found = read(host, "/")
    assert found["status"] == 200
    assert (found["kind"], found["title"]) == ("home", "A town of its own")
    assert found["cookies"] == []
    assert read(host, "/nothing-here/")["status"] == 404


def test_the_toolkit_is_added_later_and_its_method_is_read_as_html_and_from_the_gate(host_with_toolkit: Host) -> None:
    host = host_with_toolkit
    host.manage("check", "--fail-level", "ERROR")
    host.manage("makemigrations", "--check", "--dry-run")
    found = read(host, "/methods/world-cafe/")
    assert found["status"] == 200
    assert "World café" in found["html"]
    assert "Many talk at small tables." in found["html"]
    assert (found["kind"], found["title"]) == ("method", "World café")
    assert found["document"]["steps"][0]["title"] == "Welcome"
    assert "World café" in read(host, "/methods/")["html"]


def test_the_host_finds_no_drift_and_hides_what_it_unpublishes(host_with_toolkit: Host) -> None:
    host = host_with_toolkit
    host.manage("publication", "check")
    host.python_says("from toolkit.models import MethodPage; MethodPage.objects.get().unpublish()")
    gone = read(host, "/methods/world-cafe/")
    assert (gone["status"], gone["kind"]) == (404, None)


def test_a_template_of_the_host_wins_over_that_of_the_plugin(host_with_toolkit: Host) -> None:
    host = host_with_toolkit
    own = host.project / "mysite/templates/cms_blocks/footer.html"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("<footer>Our own foot</footer>")
    assert "Our own foot" in read(host, "/methods/")["html"]
