"""Files nobody meant, and a process that is killed in the middle: no traceback, never half of a file."""

from __future__ import annotations

import copy
import json
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from cms_blocks.publication.records import PublicRecord
from tests.infrastructure.requirements import REPOSITORY
from tests.toolkit.factories import entry, toolkit
from toolkit.importing.positions import Malformed, parse
from toolkit.importing.schema import read_methods
from toolkit.models import MethodIndexPage, MethodPage

SOUND = [entry("a", combines_with=["b"]), entry("b")]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, above: tuple = ()) -> list[tuple]:
    """Every place in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [above, *(path for key, item in items for path in paths(item, (*above, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A sound file with a few values replaced, taken away or repeated, and perhaps a few characters changed."""
    content = copy.deepcopy(SOUND)
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(paths(content)[1:] or [(0,)]))
        inside: Any = content
        for part in path[:-1]:
            inside = inside[part]
        match draw(st.sampled_from(["replace", "remove", "repeat"])):
            case "replace" if inside:
                inside[path[-1]] = draw(anything)
            case "remove" if inside:
                del inside[path[-1]]
            case "repeat" if isinstance(inside, list) and inside:
                inside.append(copy.deepcopy(inside[path[-1]]))
    text = json.dumps(content, indent=draw(st.sampled_from([None, 1])), ensure_ascii=draw(st.booleans()))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.text(max_size=2)) + text[at + draw(st.integers(0, 2)) :]
    return text


@rules(max_examples=300, deadline=None)
@given(mutated())
def test_no_file_makes_the_reader_fail(text: str) -> None:
    for problem in read_methods(text).problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.reason


def plain(located: Any) -> Any:
    if isinstance(located.value, dict):
        return {key: plain(item) for key, item in located.value.items()}
    if isinstance(located.value, list):
        return [plain(item) for item in located.value]
    return located.value


@rules(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**20), 10**20)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_sound_json_is_read_as_the_standard_library_reads_it(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert plain(parse(text)) == json.loads(text)


@rules(max_examples=300, deadline=None)
@given(st.text(alphabet='[]{}",:0123456789eE+-.tfn \n\\u"', max_size=30))
def test_the_reader_accepts_only_what_the_standard_library_accepts(text: str) -> None:
    try:
        value = plain(parse(text))
    except Malformed:
        return
    assert value == json.loads(text)


@pytest.fixture
def index(db: None) -> MethodIndexPage:
    return toolkit()


def state() -> tuple:
    return (
        list(MethodPage.objects.order_by("pk").values_list("pk", "slug", "latest_revision_id", "live")),
        list(PublicRecord.objects.order_by("pk").values_list("pk", "version")),
    )


@pytest.mark.gate
@rules(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=mutated())
def test_a_file_is_imported_whole_or_not_at_all(index: MethodIndexPage, tmp_path: Path, text: str) -> None:
    path = tmp_path / "methods.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    before = state()
    with transaction.atomic():
        try:
            call_command("import_methods", str(path), stdout=StringIO(), stderr=StringIO())
        except CommandError:
            assert state() == before
        else:
            slugs = {item["slug"].strip() for item in json.loads(text)}
            assert {page.slug for page in MethodPage.objects.live()} == slugs
            assert PublicRecord.objects.visible().of_kind("method").count() == len(slugs)
        transaction.set_rollback(True)


@pytest.mark.gate
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_an_import_that_is_killed_leaves_everything_as_it_was(
    transactional_db: None, subprocess_environment: dict[str, str], tmp_path: Path, share: float
) -> None:
    """The process kills itself without any clean-up, at a share of the SQL statements that a whole import needs."""
    toolkit()
    path = tmp_path / "methods.json"
    path.write_text(json.dumps([entry(f"methode-{number}") for number in range(5)]))

    def run(limit: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(limit), str(path)],
            env=subprocess_environment,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=REPOSITORY,
            check=False,
        )

    before = state()
    counted = run(0)
    assert counted.returncode == 0, counted.stderr
    needed = int(counted.stdout.split()[-1])
    assert state() == before
    assert run(int(needed * share)).returncode == -signal.SIGKILL
    assert state() == before
    call_command("import_methods", str(path), verbosity=0)
    assert MethodPage.objects.live().count() == 5


#: Counts statements; kills its process at the nth, or rolls back and tells the number when n is 0.
PROGRAM = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection

limit, path, count = int(sys.argv[1]), sys.argv[2], 0

def counted(execute, sql, params, many, context):
    global count
    count += 1
    if limit and count == limit:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(counted):
    call_command("import_methods", path, *([] if limit else ["--dry-run"]))
print(count)
"""
