"""The project's settings as tests use them.

Differences from production: every process of a test run has a folder of its own for database and files, a fast
password hash, and no manifest for static files. ``TEST_DATABASE=postgresql`` starts a private PostgreSQL server and
runs on it; without it tests run on an SQLite file in WAL mode, as the site does by default.

A command that a test starts as a subprocess inherits the environment and so meets the same database and files.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
if "TEST_RUN_DIR" not in os.environ:
    _run_dir = tempfile.mkdtemp(prefix="house-tests-")
    os.environ["TEST_RUN_DIR"] = _run_dir
    atexit.register(shutil.rmtree, _run_dir, ignore_errors=True)
_data = Path(os.environ["TEST_RUN_DIR"]) / _worker
for _name in ("media", "static"):
    (_data / _name).mkdir(parents=True, exist_ok=True)
os.environ["DATA_DIR"] = str(_data)

if os.environ.get("TEST_DATABASE") == "postgresql":
    if "TEST_POSTGRESQL_URL" not in os.environ:
        from tests.infrastructure.postgresql import server

        os.environ["TEST_POSTGRESQL_URL"] = server().url
    os.environ["DATABASE_URL"] = os.environ.get("TEST_SUBPROCESS_DATABASE_URL") or os.environ["TEST_POSTGRESQL_URL"]
else:
    os.environ["DATABASE_URL"] = f"sqlite:///{_data / 'test.sqlite3'}"

from config.settings import *  # noqa: E402, F403

_default = DATABASES["default"]
_default["CONN_MAX_AGE"] = 0
if _default["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the live server and second connections must see what is committed, and only that.
    _default["TEST"] = {"NAME": _default["NAME"]}
    _default["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A live server listens on a random port.
WAGTAILADMIN_BASE_URL = BASE_URL = "http://localhost"
ALLOWED_HOSTS = ["*"]
