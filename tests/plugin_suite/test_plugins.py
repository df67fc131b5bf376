"""The plugins in a project that is not ours: installed from the wheel, room by room, without ``site/``."""

from __future__ import annotations

import ast
import json
import re
import sys
import zipfile
from email import message_from_bytes
from importlib.metadata import packages_distributions
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

PUBLISH_PROCEDURE = """
from home.models import HomePage
from procedures.models import ProcedureIndexPage, ProcedurePage
home = HomePage.objects.get()
plans = home.add_child(instance=ProcedureIndexPage(title="Plans", slug="plans", half="carrier"))
plans.save_revision().publish()
plan = plans.add_child(instance=ProcedurePage(
    title="A path by the canal", slug="path", lead="It gets wider.", live=False, half="carrier", city_wide=True,
    brief_what="A path.", brief_where="By the canal.", brief_how="Draw with us.", level="involvement",
    phases=[{"type": "phase", "value": {"title": "Drawing", "begins": "2026-01-01T10:00:00+01:00", "ends": None,
             "text": "", "ways": [{"kind": "online", "label": "Draw", "deadline": None, "place": "",
             "address": "https://draw.example/"}], "promised_on": None, "result": ""}}],
))
plan.save_revision().publish()
"""

APPROVE = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from cms_blocks.publication.records import PublicRecord
from governance.halves import group_name
from governance.policies import ADMINISTRATION_EDITORS, CARRIER_EDITORS
from home.models import HomePage
from toolkit.models import MethodIndexPage

def editor(name, policy):
    user = get_user_model().objects.create_user(name, name + "@town.example", "x")
    user.groups.add(Group.objects.get(name=group_name(policy)))
    return user

def approve(user):
    review = page.current_workflow_task_state
    desk = Client(headers={"host": "localhost"})
    desk.force_login(user)
    desk.post(reverse("governance:review", args=[page.pk]), {"review": review.pk, "approve": "1", "comment": ""})
    return PublicRecord.objects.visible().filter(path="/more/").exists()

anna, albert = editor("anna", ADMINISTRATION_EDITORS), editor("albert", ADMINISTRATION_EDITORS)
carla = editor("carla", CARRIER_EDITORS)
page = HomePage.objects.get().add_child(instance=MethodIndexPage(title="More", slug="more", live=False, owner=anna))
page.save_revision(user=anna)
assert page.half == "joint" and not page.permissions_for_user(anna).can_publish()
page.get_workflow().start(page, anna)
print("approved by the same half:", approve(albert))
print("approved by the other half:", approve(carla))
"""

READ = """
import json
from django.test import Client
from cms_blocks.publication.records import PublicRecord

def read(path):
    answer = Client().get(path, HTTP_HOST="localhost")
    record = PublicRecord.objects.visible().filter(path=path).first()
    return {{
        "status": answer.status_code,
        "html": answer.content.decode(),
        "cookies": list(answer.cookies),
        "kind": record and record.kind,
        "title": record and record.title,
        "document": record and json.loads(record.document.body),
    }}

print(json.dumps([read(path) for path in {paths!r}]))
"""

#: What a new state of the project has to pass.
CHECKS = ("check --fail-level ERROR", "makemigrations --check --dry-run")


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
    made.manage_all("migrate -v0", "publication repair")
    return made


@pytest.fixture(scope="module")
def host_with_toolkit(host: Host) -> Host:
    """The same project, to which the toolkit is added later, with one method published."""
    host.append_settings(documented("toolkit"))
    host.manage_all("migrate -v0")
    host.python_says(PUBLISH_METHOD)
    return host


@pytest.fixture(scope="module")
def host_with_governance(host_with_toolkit: Host) -> Host:
    """The same project once more, which becomes an office of two halves."""
    host_with_toolkit.append_settings(documented("governance"))
    host_with_toolkit.manage_all("migrate -v0", "setup_office")
    return host_with_toolkit


@pytest.fixture(scope="module")
def host_with_procedures(host_with_governance: Host) -> Host:
    """The same project in the end, with everything there is."""
    host_with_governance.append_settings(documented("procedures"))
    host_with_governance.manage_all("migrate -v0")
    return host_with_governance


def read(host: Host, *paths: str, after: str = "") -> list[dict]:
    """What an anonymous visitor gets at each path, and the gate's row for that address, after some code has run."""
    found: list[dict] = json.loads(host.python_says(after + READ.format(paths=paths)).splitlines()[-1])
    return found


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


def test_the_wheel_names_every_package_that_the_plugins_import(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        wanted = message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
        sources = {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}
    required = {canonical(re.split(r"[^\w.-]", line)[0]) for line in wanted if "extra ==" not in line}
    origins = packages_distributions()
    missing = {}
    for name, source in sources.items():
        for top in imported(source) - set(ROOMS) - sys.stdlib_module_names:
            if not {canonical(origin) for origin in origins.get(top, [top])} & required:
                missing.setdefault(top, name)
    assert missing == {}, "declare them in pyproject.toml: another package may stop to bring them"
    assert "wagtail" in required


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(source: bytes) -> set[str]:
    """Top names of all modules that a file imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_a_host_project_takes_the_code_from_the_wheel(host: Host) -> None:
    code, path = host.python_says(
        "import sys, cms_blocks\nprint(cms_blocks.__file__)\nprint([p for p in sys.path if 'venv' not in p])"
    ).splitlines()
    assert code.startswith(str(host.folder))
    assert str(REPOSITORY) not in path


def test_a_host_project_with_the_blocks_passes_the_checks_and_needs_no_migration(host: Host) -> None:
    host.manage_all(*CHECKS)


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
    [found] = read(host, "/")
    assert (found["status"], found["kind"]) == (200, "home")


def test_a_page_of_the_host_is_published_through_the_gate(host: Host) -> None:
    found, nothing = read(host, "/", "/nothing-here/", after=PUBLISH_HOME)
    assert found["status"] == 200
    assert (found["kind"], found["title"]) == ("home", "A town of its own")
    assert found["cookies"] == []
    assert nothing["status"] == 404


def test_the_toolkit_is_added_later_and_its_method_is_read_as_html_and_from_the_gate(host_with_toolkit: Host) -> None:
    host_with_toolkit.manage_all(*CHECKS)
    found, methods = read(host_with_toolkit, "/methods/world-cafe/", "/methods/")
    assert found["status"] == 200
    assert "World café" in found["html"]
    assert "Many talk at small tables." in found["html"]
    assert (found["kind"], found["title"]) == ("method", "World café")
    assert found["document"]["steps"][0]["title"] == "Welcome"
    assert "World café" in methods["html"]


def test_the_host_finds_no_drift_and_hides_what_it_unpublishes(host_with_toolkit: Host) -> None:
    check = "from django.core.management import call_command\ncall_command('publication', 'check')\n"
    unpublish = "from toolkit.models import MethodPage\nMethodPage.objects.get(slug='world-cafe').unpublish()\n"
    [gone] = read(host_with_toolkit, "/methods/world-cafe/", after=check + unpublish)
    assert (gone["status"], gone["kind"]) == (404, None)


def test_a_template_of_the_host_wins_over_that_of_the_plugin(host_with_toolkit: Host) -> None:
    own = host_with_toolkit.project / "mysite/templates/cms_blocks/footer.html"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("<footer>Our own foot</footer>")
    [page] = read(host_with_toolkit, "/methods/")
    assert "Our own foot" in page["html"]


def test_with_governance_a_page_of_both_halves_is_public_once_the_other_half_approves(
    host_with_governance: Host,
) -> None:
    said = host_with_governance.python_says(APPROVE).splitlines()  # the mails to editors among it
    answers = [line for line in said if line.startswith("approved by")]
    assert answers == ["approved by the same half: False", "approved by the other half: True"]
    [page] = read(host_with_governance, "/more/")
    assert (page["status"], page["kind"], page["title"]) == (200, "method_index", "More")


def test_an_office_passes_the_checks_and_setting_it_up_again_changes_nothing(host_with_governance: Host) -> None:
    said = host_with_governance.manage_all(*CHECKS, "publication check", "setup_office")
    assert "The office is set up: 0 changes." in said


def test_procedures_are_added_last_and_one_that_is_open_is_read_as_html_and_from_the_gate(
    host_with_procedures: Host,
) -> None:
    host_with_procedures.manage_all(*CHECKS)
    found, plans = read(host_with_procedures, "/plans/path/", "/plans/?status=open", after=PUBLISH_PROCEDURE)
    assert (found["status"], found["kind"], found["title"]) == (200, "procedure", "A path by the canal")
    assert found["document"]["phases"][0]["ways"][0]["label"] == "Draw"
    assert "https://draw.example/" in found["html"]
    assert "A path by the canal" in plans["html"]
