"""``make test``: the suite on SQLite, then what depends on the database again on PostgreSQL; one closing line.

``python -m tests [pytest arguments]``. Without arguments the coverage is shown, and a line of
``cms_blocks/publication`` that no test runs is a failure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.infrastructure.postgresql import MISSING
from tests.infrastructure.requirements import REPOSITORY, on_ci, postgresql_bin

CHECKER = REPOSITORY / "tests/infrastructure/html_checker"
PAGE_CHECKER = REPOSITORY / "tests/infrastructure/page_checker"
CLIENT = REPOSITORY / "docs/content-api/example"
PDF_CHECKER = REPOSITORY / "tests/infrastructure/pdf_checker/pom.xml"
TOOLS = REPOSITORY / "var/tools"
COVERAGE = REPOSITORY / "var/coverage"
WORKERS = "2"
NO_TESTS = 5
GATE = "cms_blocks/publication/*"


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    # A minute's work of another kind than fetching; its tests wait for it.
    debian = subprocess.Popen([sys.executable, "-m", "tests.container.base"], cwd=REPOSITORY)
    _fetch_packages("the HTML checker", CHECKER, TOOLS, "vnu-jar")
    _fetch_packages("Lighthouse", PAGE_CHECKER, TOOLS / "lighthouse", "lighthouse")
    _fetch_packages("the TypeScript compiler", CLIENT, TOOLS / "typescript", "typescript")
    _fetch_pdf_checker()
    debian.wait()
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir(parents=True)
    counts: Counter[str] = Counter()
    _say("The suite on SQLite")
    counts += _pytest("sqlite", [*arguments, "--cov", "--cov-report="])
    _say("What depends on the database, on PostgreSQL")
    if postgresql_bin():
        counts += _pytest("postgresql", [*arguments, "--cov", "--cov-append", "--cov-report="])
    else:
        counts["failed" if on_ci() else "skipped"] += 1
        print(f"{'FAILED: CI=true, and ' if on_ci() else 'SKIPPED: '}{MISSING}")
    if not arguments:
        counts["failed"] += _judge_coverage()
    print(f"\nThis took {(time.monotonic() - started) / 60:.1f} minutes.")
    again = f" ({counts['rerun']} browser tests tried twice, see TRIED TWICE)" if counts["rerun"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped{again}", flush=True)
    return 1 if counts["failed"] or not counts["passed"] else 0


def _say(title: str) -> None:
    print(f"\n=== {title} ===", flush=True)


def _pytest(database: str, arguments: list[str]) -> Counter[str]:
    """Run pytest on ``database``; counts of "passed", "failed" (errors among them) and "skipped"."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counts.json"
        environment = {**os.environ, "TEST_DATABASE": database, "TEST_COUNTS": str(path)}
        if sys.version_info >= (3, 12):  # counts lines at hardly any cost; older ones take two thirds longer
            environment["COVERAGE_CORE"] = "sysmon"
        command = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "loadgroup", *arguments]
        try:
            status = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode
        except KeyboardInterrupt:
            sys.exit(130)
        found = Counter(json.loads(path.read_text()) if path.exists() else {})
    counts = Counter(passed=found["passed"], failed=found["failed"] + found["error"], skipped=found["skipped"])
    counts["rerun"] = found["rerun"]
    if status not in {0, NO_TESTS} and not counts["failed"]:
        # pytest itself ended badly: a wrong option, an error while collecting, a signal (negative status).
        print(f"FAILED: pytest ended with status {status}", flush=True)
        counts["failed"] = 1
    return counts


def _judge_coverage() -> int:
    """Show what is covered; 1 when a line of the gate is not, else 0."""
    report = [sys.executable, "-m", "coverage", "report"]
    _say("Lines covered")
    subprocess.run(report, cwd=REPOSITORY, check=False)
    _say("Lines of the gate that no test runs (there must be none)")
    gate = [*report, f"--include={GATE}", "--fail-under=100", "--show-missing"]
    return 1 if subprocess.run(gate, cwd=REPOSITORY, check=False).returncode else 0


def _fetch_packages(what: str, pins: Path, folder: Path, package: str) -> None:
    """Put the pinned npm package into ``folder``; where npm is missing, tests that need it say so themselves."""
    wanted = (pins / "package-lock.json").read_bytes()
    there = folder / "package-lock.json"
    npm = shutil.which("npm")
    if npm is None or (
        there.exists() and there.read_bytes() == wanted and (folder / "node_modules" / package).exists()
    ):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(pins / name, folder / name)
    print(f"Fetching {what} …", flush=True)
    # Install scripts would load programs of their own; the installed Java and browser are used.
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=False)


def _fetch_pdf_checker() -> None:
    """Put the pinned veraPDF into ``var/tools/verapdf``; where Maven is missing, tests that need it say so."""
    folder, mvn = TOOLS / "verapdf", shutil.which("mvn")
    there = folder / "pom.xml"
    if mvn is None or (there.exists() and there.read_bytes() == PDF_CHECKER.read_bytes()):
        return
    print("Fetching the PDF checker …", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    command = [mvn, "-q", "-B", "-f", PDF_CHECKER, "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    if subprocess.run(command, cwd=REPOSITORY, check=False).returncode == 0:
        shutil.copyfile(PDF_CHECKER, there)  # last: says that all is there


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
