"""The image as it is delivered: built from the Dockerfile, run read-only by a user without any power, on PostgreSQL."""

from __future__ import annotations

import http.client
import re
import signal
from collections.abc import Generator

import pytest

from tests.container.image import Container, Image, wait_until
from tests.site.test_safety_start import SOUND

# One worker builds it, and begins with it.
pytestmark = [pytest.mark.xdist_group("container"), pytest.mark.unmeasured]

#: What builds, fetches or installs programs.
BUILD_TOOLS = ("cc", "gcc", "make", "git", "npm", "node", "cargo", "pip", "pip3", "uv", "buildah", "curl", "wget")
#: What has no business in the image: secrets, data, and what only developers need.
STRANGERS = (".env", ".git", "var", "tests", "bench", "docs", "requirements-dev.txt", "compose.yaml")


def test_it_says_how_to_run_it_and_who_it_is(image: Image) -> None:
    assert image.config["User"] == "10001:10001"
    assert image.config["Cmd"][0] == "gunicorn"
    assert image.config["Healthcheck"]["Test"] == ["CMD", "python", "site/healthcheck.py", "site"]
    assert list(image.config["Volumes"]) == ["/data"]
    assert list(image.config["ExposedPorts"]) == ["8000/tcp"]


def test_nothing_that_built_it_is_left_in_it(image: Image) -> None:
    places = [image.rootfs / place for place in ("usr/bin", "usr/sbin", "usr/local/bin", "opt/venv/bin")]
    assert [place / name for place in places for name in BUILD_TOOLS if (place / name).exists()] == []
    packages = {path.name for path in (image.rootfs / "opt/venv/lib").glob("python3*/site-packages/*")}
    assert "django" in packages
    assert not packages & {"pip", "setuptools", "wheel", "pytest", "playwright"}
    assert not (image.rootfs / "tmp/wheels").exists()


def test_no_secret_and_no_stranger_is_in_it(image: Image) -> None:
    there = {path.name for path in (image.rootfs / "app").iterdir()}
    assert {"site", "cms_blocks", "static", "LICENSE"} <= there
    assert there.isdisjoint(STRANGERS)
    assert set(image.environment).isdisjoint({*SOUND} - {"PORT"})
    assert not [name for name in image.environment if re.search("KEY|PASS|SECRET|TOKEN|PIP_|CERT|PROXY", name)]
    assert not re.search("index-url|https?://", image.history)
    for place in ("etc/pip.conf", "run/secrets/certificates"):
        path = image.rootfs / place
        assert not path.exists() or path.stat().st_size == 0
    assert list((image.rootfs / "data").iterdir()) == []


def test_its_user_can_write_its_data_and_what_is_passing_only(image: Image, container: Container) -> None:
    find = "find / -xdev -writable ! -type l ! -path '/tmp*' ! -path '/proc*' ! -path '/dev*' ! -path '/data*'"
    # Places that anybody may write to anywhere; in a container they cannot be written at all.
    status, said = container.run("sh", "-c", f"{find} ! -path '/var/tmp' ! -path '/run/lock' 2>/dev/null; id -u")
    assert status == 0
    assert said.split() == ["10001"]
    status, said = container.run("sh", "-c", "touch /app/x /var/tmp/x /run/lock/x; touch /data/x && rm /data/x")
    assert status == 0
    assert said.count("Read-only file system") == 3


@pytest.mark.parametrize("command", [[], ["python", "site/manage.py", "migrate"]], ids=["server", "command"])
def test_without_a_setting_it_ends_with_one_sentence(container: Container, command: list[str]) -> None:
    status, said = container.run(*command, SECRET_KEY="")
    assert status == 1
    [line] = [line for line in said.splitlines() if "Starting gunicorn" not in line]
    assert line.startswith("Error: SECRET_KEY is not set")


class Visitor:
    """Asks as the proxy in front does."""

    def __init__(self, container: Container) -> None:
        self.port = int(container.settings["PORT"])

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        proxied = {"Host": "beteiligung.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        try:
            connection.request("GET", path, headers={**proxied, **headers})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(container: Container) -> Generator[Visitor]:
    """The image's own command, up and running."""
    server = container.start()

    def not_yet() -> str:
        assert server.poll() is None, server.communicate()[0]
        status, said = container.run("python", "site/healthcheck.py", "site")
        return said if status else ""

    wait_until(not_yet)
    yield Visitor(container)
    server.send_signal(signal.SIGTERM)
    said, _nothing = server.communicate(timeout=30)
    assert server.returncode == 0, said
    assert "Traceback" not in said


def test_it_serves_a_page_from_postgresql(site: Visitor) -> None:
    status, headers, body = site.get("/")
    assert status == 200
    assert "Aus dem Container." in body.decode()
    assert "strict-transport-security" in headers
    assert "set-cookie" not in headers


def test_it_is_healthy_and_ready(site: Visitor, container: Container) -> None:
    # As the engine asks: without the proxy, hence without TLS.
    assert site.get("/healthz", **{"X-Forwarded-Proto": "http"})[0] == 200
    assert site.get("/readyz")[0] == 200, site.get("/readyz")[2]
    status, said = container.run("python", "site/healthcheck.py", "site", PORT="1")
    assert status == 1
    assert said.startswith("/healthz does not answer")


def test_static_files_were_collected_and_are_kept_for_long(site: Visitor) -> None:
    page = site.get("/")[2].decode()
    [style, *_others] = re.findall(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    status, headers, body = site.get(style, **{"Accept-Encoding": "br"})
    assert (status, headers["content-encoding"]) == (200, "br")
    assert "max-age=315360000" in headers["cache-control"]
    assert "immutable" in headers["cache-control"]
    assert body


def test_pictures_and_pdf_files_are_made_though_nothing_but_data_can_be_written(site: Visitor) -> None:
    page = site.get("/")[2].decode()
    pictures = [path for path in re.findall(r'(?:src|srcset)="([^" ]+)', page) if "platz" in path]
    assert pictures, page
    status, headers, body = site.get(pictures[0])
    assert (status, headers["content-type"].split("/")[0]) == (200, "image"), body
    status, headers, body = site.get("/methoden/world-cafe.pdf")
    assert (status, headers["content-type"]) == (200, "application/pdf"), body
    assert body.startswith(b"%PDF")


def test_the_worker_gives_signs_of_life_and_ends_when_asked(container: Container) -> None:
    status, said = container.run("python", "site/healthcheck.py", "worker")
    assert (status, said) == (1, "the worker has not made a round yet: there is no /tmp/worker\n")
    worker = container.start("python", "site/manage.py", "worker", "--sign-of-life", "/tmp/worker")

    def not_yet() -> str:
        assert worker.poll() is None, worker.communicate()[0]
        status, said = container.run("python", "site/healthcheck.py", "worker")
        return said if status else ""

    wait_until(not_yet)
    worker.send_signal(signal.SIGTERM)
    said, _nothing = worker.communicate(timeout=60)
    assert (worker.returncode, said) == (0, "")
