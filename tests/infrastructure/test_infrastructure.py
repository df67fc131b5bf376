"""What the other tests stand on does what it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.template import Context, Engine
from playwright.sync_api import Page as BrowserPage
from wagtail.models import Page, Site

from tests.infrastructure import template_variables
from tests.infrastructure.browser import Watch
from tests.infrastructure.requirements import REPOSITORY, postgresql_bin

SERVER = """
from tests.infrastructure.postgresql import server
started = server()
print(started.process.pid, started.folder, flush=True)
input()
"""


@pytest.mark.gate
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [1, 2])
def test_each_transactional_test_meets_the_database_as_migrations_left_it(attempt: int) -> None:
    assert Site.objects.get().root_page.depth == 2
    assert not Group.objects.filter(name="left over").exists()
    Group.objects.create(name="left over")
    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()


def test_a_private_postgresql_server_takes_connections(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_private_postgresql_server_ends_with_the_process_that_started_it(ending: signal.Signals) -> None:
    if postgresql_bin() is None:
        pytest.skip("no PostgreSQL server is installed")
    owner = subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdin
    assert owner.stdout
    pid, folder = owner.stdout.readline().split()
    owner.send_signal(ending)
    owner.wait(30)
    owner.stdin.close()
    owner.stdout.close()
    ends = time.monotonic() + 20
    while _runs(int(pid)) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not _runs(int(pid))
    if ending == signal.SIGINT:
        assert not Path(folder).exists()


def _runs(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_the_watch_sees_script_errors_error_answers_and_requests_to_others(page: BrowserPage, watch: Watch) -> None:
    page.goto("/admin/login/")
    page.evaluate("console.error('something is wrong')")
    page.evaluate("fetch('/no-such-address/')")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.wait_for_timeout(100)
    page.goto("about:blank")  # our own pages have a policy that does not let such a request out
    page.evaluate("fetch('https://example.org/pixel').catch(() => null)")
    page.wait_for_timeout(100)
    seen = "\n".join(watch.problems)
    watch.problems.clear()
    for problem in ("something is wrong", "404 for http", "a third party: https://example.org/pixel", "thrown"):
        assert problem in seen


def test_axe_finds_what_is_wrong_and_nothing_else(page: BrowserPage, axe: Callable[[BrowserPage], list[str]]) -> None:
    html = "<html lang=de><title>t</title><main><h1>h</h1><p style='color:{}'>text</p></main>"
    page.set_content(html.format("#222"))
    assert axe(page) == []
    page.set_content(html.format("#bbb"))
    assert [line.split()[0] for line in axe(page)] == ["color-contrast"]


def test_the_html_checker_names_line_and_error(html_errors: Callable[[str], list[str]]) -> None:
    right = "<!DOCTYPE html>\n<html lang=de><title>t</title>\n<p>text{}</html>"
    assert html_errors(right.format("")) == []
    (error,) = html_errors(right.format("<em><p></em>")[:-7])[:1]
    assert error.startswith("line 3: ")


def test_an_unknown_variable_of_our_templates_is_noticed_unless_it_has_a_fallback() -> None:
    source = '{{ known }}{{ unknown.name|upper }}{{ other|default:"" }}{% if third %}{% endif %}'
    template = Engine().from_string(source)
    for node in template.nodelist:
        node.origin.name = str(REPOSITORY / "cms_blocks/templates/x.html")
    template.render(Context({"known": 1}))
    found = list(template_variables._unknown)
    template_variables._unknown.clear()
    assert len(found) == 1
    assert "unknown.name" in found[0]


@pytest.mark.django_db
def test_a_command_in_a_process_of_its_own_meets_the_same_database(
    manage: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    Group.objects.create(name="seen from outside")
    code = "from django.contrib.auth.models import Group; print(Group.objects.filter(name='seen from outside').count())"
    done = manage("shell", "-v0", "--no-imports", "-c", code)
    assert done.stdout.strip() == "1", done.stderr
    assert os.environ["TEST_RUN_DIR"] in os.environ["DATA_DIR"]


@pytest.mark.xdist_group("a group")
def test_a_group_of_tests_has_one_worker(request: pytest.FixtureRequest) -> None:
    """pytest-xdist writes the group into the id; where it cannot, every worker tells every long story itself."""
    if hasattr(request.config, "workerinput"):
        assert request.node.nodeid.endswith("@a group")
