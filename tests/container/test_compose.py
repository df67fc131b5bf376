"""compose.yaml and .env.example, read as compose does: hardened, healthy, in order, and with settings that exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from config.production import weakness
from tests.infrastructure.requirements import REPOSITORY
from tests.site.test_safety_start import SOUND

TEXT = (REPOSITORY / "compose.yaml").read_text()
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
EXAMPLE = (REPOSITORY / ".env.example").read_text()
EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)
#: Read by compose, gunicorn and PostgreSQL, not by our settings.
OTHERS = {"POSTGRES_PASSWORD", "LISTEN", "WEB_CONCURRENCY"}
#: Those that nothing is made of but what the images of others ask for.
FOREIGN = {"database", "search"}
#: What has to write into its own root, with the reason in compose.yaml.
WRITABLE = {"search"}

#: What compose.yaml makes of the settings in the example.
MADE_BY_COMPOSE = {"DATABASE_URL": "postgres://house:secret@database:5432/house"}


def known_settings() -> set[str]:
    """Names that the settings, the start checks and the programs read."""
    sources = [*(REPOSITORY / "site/config").glob("*.py"), REPOSITORY / "site/healthcheck.py"]
    return {name for path in sources for name in re.findall(r'"([A-Z][A-Z_]{3,})"', path.read_text())}


def example(*, commented: bool = False) -> dict[str, str]:
    """Variables of .env.example with their values."""
    prefix = "(?:# )?" if commented else ""
    return dict(re.findall(rf"^{prefix}([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_the_house_is_complete() -> None:
    assert SERVICES.keys() == {"migrate", "site", "worker", "database", "cache", "search"}
    assert FILE["volumes"].keys() == {"database", "files", "search"}


@EVERY_SERVICE
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is (name not in WRITABLE)
    # Ours has its user in the image; the others would begin as root.
    assert "build" in service or str(service["user"]).split(":")[0] not in {"0", "root"}
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@EVERY_SERVICE
def test_every_service_tells_whether_it_is_well(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    if name == "migrate":  # ends by itself
        assert check == {"disable": True}
        assert SERVICES[name]["restart"] == "no"
    else:
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert {"interval", "timeout", "retries"} <= check.keys()


@EVERY_SERVICE
def test_only_the_site_is_reached_from_outside_and_by_this_machine_only(name: str) -> None:
    service = SERVICES[name]
    if name == "site":
        assert service["ports"] == ["${LISTEN:-127.0.0.1:8000}:8000"]
    else:
        assert not service.keys() & {"ports", "network_mode"}
    assert service["networks"] == (["inside", "outside"] if name in {"site", "worker"} else ["inside"])
    assert FILE["networks"]["inside"]["internal"] is True


@EVERY_SERVICE
def test_every_image_names_its_version(name: str) -> None:
    image = SERVICES[name]["image"]
    if "build" in SERVICES[name]:
        assert image == "buergerbeteiligung:${RELEASE:-local}"
    else:
        assert re.search(r":\d+[.\d]*(-[a-z]+)?$", image), image


def test_tables_are_migrated_once_before_site_and_worker_begin() -> None:
    assert "migrate --noinput" in SERVICES["migrate"]["command"][-1]
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in ("site", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert "migrate" not in str(SERVICES[name].get("command"))


def test_the_worker_keeps_the_sign_that_its_health_check_looks_for() -> None:
    import healthcheck

    assert SERVICES["worker"]["command"][-2:] == ["--sign-of-life", str(healthcheck.SIGN_OF_LIFE)]
    assert SERVICES["worker"]["healthcheck"]["test"] == ["CMD", "python", "site/healthcheck.py", "worker"]


def test_every_variable_is_one_that_somebody_reads() -> None:
    ours = {name for service in SERVICES if service not in FOREIGN for name in SERVICES[service].get("environment", {})}
    assert {*ours, *example(commented=True)} <= known_settings() | OTHERS
    assert set(re.findall(r"\$\{([A-Z_]+)", TEXT)) <= example(commented=True).keys()


def test_the_example_names_every_setting_that_production_needs() -> None:
    table = (REPOSITORY / "docs/settings.md").read_text()
    needed = set(re.findall(r"^\| `([A-Z_]+)` \*\*P\*\*", table, re.MULTILINE))
    assert len(needed) > 7
    assert needed - MADE_BY_COMPOSE.keys() <= example().keys()
    filled = MADE_BY_COMPOSE | {name: value or SOUND.get(name, "") for name, value in example().items()}
    assert weakness(filled) == ""


def test_the_example_has_no_secret_and_is_refused_as_it_is() -> None:
    secret = [name for name in example() if re.search("KEY|PASSWORD|EMAIL_URL", name)]
    assert len(secret) == 4
    assert {example()[name] for name in secret} == {""}
    assert weakness(example()).startswith("SECRET_KEY is not set")
    # compose itself refuses an empty password.
    assert TEXT.count("${POSTGRES_PASSWORD:?") == 2
