"""Production starts with sound settings only, and says in one sentence what is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from math import prod
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import admin_path
from config.production import BOUNDS, BUILD, LOCAL, PRODUCTION, environment, weakness
from tests.infrastructure.requirements import REPOSITORY

KEY = "".join(chr(33 + (7 * number) % 90) for number in range(60))
SOUND = {
    "SECRET_KEY": KEY,
    "MEDIA_SIGNING_KEY": KEY[::-1],
    "BASE_URL": "https://beteiligung.example",
    "ALLOWED_HOSTS": "beteiligung.example,www.beteiligung.example",
    "BEHIND_TLS_PROXY": "true",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp://user:password@mail.beteiligung.example:587/?tls=True",
    "DEFAULT_FROM_EMAIL": "Büro für Bürgerbeteiligung <buero@beteiligung.example>",
    "DATABASE_URL": "postgres://house:password@database:5432/house",
}
#: Variable, weak value, and what the sentence must say about it. None: not set.
WEAK = [
    ("DEBUG", "true", "unset"),
    ("SECRET_KEY", None, "secrets.token_urlsafe"),
    ("SECRET_KEY", "kurz", "shorter than 50"),
    ("SECRET_KEY", "ab" * 40, "few different"),
    ("SECRET_KEY", "django-insecure-" + KEY, "can be guessed"),
    ("MEDIA_SIGNING_KEY", None, "secrets.token_urlsafe"),
    ("MEDIA_SIGNING_KEY", "kurz", "shorter than 50"),
    ("MEDIA_SIGNING_KEY", KEY, "same as SECRET_KEY"),
    ("BASE_URL", None, "https://"),
    ("BASE_URL", "http://beteiligung.example", "https://"),
    ("BASE_URL", "https://beteiligung.example/office", "without a path"),
    ("ALLOWED_HOSTS", None, "beteiligung.example"),
    ("ALLOWED_HOSTS", "*", "name the site's host names"),
    ("ALLOWED_HOSTS", "other.example", "beteiligung.example"),
    ("BEHIND_TLS_PROXY", None, "X-Forwarded-Proto"),
    ("TRUSTED_PROXIES", None, "X-Forwarded-For"),
    ("TRUSTED_PROXIES", "0", "locked out together"),
    ("EMAIL_URL", None, "smtp://"),
    ("EMAIL_URL", "console://", "smtp://"),
    ("EMAIL_URL", "smtp://user:password@mail.beteiligung.example:25", "in the clear"),
    ("EMAIL_URL", "smtp://mail.beteiligung.example/?tls=False", "in the clear"),
    ("DATABASE_URL", None, "postgres://"),
    ("DEFAULT_FROM_EMAIL", None, "office's own"),
    ("DEFAULT_FROM_EMAIL", "webmaster@localhost", "office's own"),
    ("HSTS_SECONDS", "0", "from 2592000 to 63072000"),
    ("LOGIN_ATTEMPTS", "100000", "from 3 to 20"),
    ("LOGIN_ATTEMPTS", "2", "from 3 to 20"),
    ("LOGIN_WAIT_MINUTES", "0", "from 5 to 1440"),
    ("SESSION_HOURS", "99999", "from 1 to 24"),
    ("SESSION_IDLE_MINUTES", "-1", "from 5 to 480"),
    ("SIGN_IN_LOG_DAYS", "3650", "personal data"),
]
#: Unusual, and sound.
SOUND_TOO = [
    ("DATABASE_URL", "sqlite:////data/db.sqlite3"),
    ("EMAIL_URL", "smtp://localhost:25"),
    ("EMAIL_URL", "submission://user:password@mail.beteiligung.example"),
    ("EMAIL_URL", "smtp://mail.beteiligung.example:465/?ssl=True"),
    *((bounds.name, str(limit)) for bounds in BOUNDS for limit in (bounds.least, bounds.most)),
]


@pytest.mark.parametrize(("name", "value", "remedy"), WEAK, ids=lambda part: str(part)[:24])
def test_each_missing_or_weak_setting_is_named_with_its_remedy(name: str, value: str | None, remedy: str) -> None:
    variables = {key: kept for key, kept in {**SOUND, name: value}.items() if kept is not None}
    sentence = weakness(variables)
    assert sentence.startswith(name)
    assert remedy in sentence
    assert "\n" not in sentence
    # A key is a secret, also a weak one.
    assert value is None or "KEY" not in name or value not in sentence


def test_sound_settings_have_no_weakness() -> None:
    assert weakness(SOUND) == ""
    assert {
        value: weakness({**SOUND, name: value}) for name, value in SOUND_TOO if weakness({**SOUND, name: value})
    } == {}


def test_what_is_unset_is_within_the_bounds() -> None:
    source = (REPOSITORY / "site" / "config" / "settings.py").read_text()
    for bounds in BOUNDS:
        [default] = re.findall(rf'read\("int", "{bounds.name}", ([\d *]+)\)', source)
        value = prod(int(factor) for factor in default.split("*"))
        assert bounds.least <= value <= bounds.most, bounds.name


def test_a_host_of_another_machine_means_production() -> None:
    assert environment({}) == LOCAL
    assert environment({"BASE_URL": "http://localhost:8001", "ALLOWED_HOSTS": "localhost, 127.0.0.1"}) == LOCAL
    assert environment({"BASE_URL": "http://beteiligung.example"}) == PRODUCTION
    assert environment({"ALLOWED_HOSTS": "*"}) == PRODUCTION
    assert environment({"ALLOWED_HOSTS": "*", "ENVIRONMENT": "local"}) == LOCAL
    assert environment({"ENVIRONMENT": "build"}) == BUILD


def test_the_path_of_the_desk_is_checked() -> None:
    assert admin_path("/our-desk") == "our-desk/"
    for bad in ("", "/", "Admin/", "a b/", "(?P<x>.)/"):
        with pytest.raises(ImproperlyConfigured, match="ADMIN_PATH"):
            admin_path(bad)


def run(*command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=REPOSITORY,
        env={**kept, "DATA_DIR": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_commands_and_server_end_with_that_sentence_and_without_a_traceback(tmp_path: Path) -> None:
    weak = {**SOUND, "SECRET_KEY": "short"}
    command = run("site/manage.py", "migrate", folder=tmp_path, **weak)
    server = run("-m", "gunicorn", "--pythonpath", "site,.", "config.wsgi", folder=tmp_path, **weak)
    other = run("-c", "import config.wsgi", folder=tmp_path, PYTHONPATH="site:.", **weak)
    for done in (command, server, other):
        assert done.returncode == 1
        assert done.stdout == ""
        [line] = [line for line in done.stderr.splitlines() if "Starting gunicorn" not in line]
        assert line.startswith("Error: SECRET_KEY")
    assert list(tmp_path.iterdir()) == []


def test_terms_of_the_approval_come_from_the_environment(tmp_path: Path) -> None:
    program = (
        "from django.conf import settings; from governance.deadlines import deputy_after_days as days; "
        "print(days(), settings.GOVERNANCE_BOARD_PATH)"
    )
    given = {"ENVIRONMENT": "build", "PYTHONPATH": "site:.", "DJANGO_SETTINGS_MODULE": "config.settings"}
    terms = {"GOVERNANCE_DEPUTY_AFTER_DAYS": "8", "GOVERNANCE_BOARD_PATH": "about/board"}
    done = run("-c", program, folder=tmp_path, **given, **terms)
    assert done.stdout.split() == ["8", "about/board"], done.stderr
    for name, bad in {"GOVERNANCE_DEPUTY_AFTER_DAYS": "0", "GOVERNANCE_BOARD_PATH": "our board"}.items():
        done = run("-c", program, folder=tmp_path, **given, **{name: bad})
        assert f"Environment variable {name} is '{bad}'" in done.stderr.splitlines()[-1]


def test_djangos_own_checks_for_production_find_nothing(tmp_path: Path) -> None:
    done = run("site/manage.py", "check", "--deploy", "--fail-level", "WARNING", folder=tmp_path, **SOUND)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_an_image_is_built_without_secrets_and_serves_nothing(tmp_path: Path) -> None:
    program = "from config import settings as s; import config.settings; print(s.DATABASES, len(s.SECRET_KEY) > 50)"
    done = run("-c", program, folder=tmp_path / "data", PYTHONPATH="site:.", ENVIRONMENT="build")
    assert done.stdout.split() == ["{}", "True"], done.stderr
    assert not (tmp_path / "data").exists()
    server = run("-c", "import config.wsgi", folder=tmp_path / "data", PYTHONPATH="site:.", ENVIRONMENT="build")
    assert server.returncode == 1
    assert server.stderr.startswith("Error: ENVIRONMENT is 'build'")
