"""What must be set before the public may reach the site. One sentence says what is missing or weak, and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import dj_email_url

LOCAL, PRODUCTION, BUILD = "local", "production", "build"
KINDS = (LOCAL, PRODUCTION, BUILD)
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
KEY_LENGTH, KEY_VARIETY = 50, 10
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'

DAY = 24 * 60 * 60

Variables = Mapping[str, str]


@dataclass(frozen=True)
class Bounds:
    """What a number may be in production. Unset it has its default, which is within; ``why`` follows "because"."""

    name: str
    least: int
    most: int
    why: str

    def __call__(self, variables: Variables) -> str:
        given = variables.get(self.name, "").strip()
        if not given or (given.isdecimal() and self.least <= int(given) <= self.most):
            return ""
        return (
            f"{self.name} is {given!r}, but must be a number from {self.least} to {self.most}, because {self.why}: "
            "leave it unset for the default, see docs/settings.md"
        )


BOUNDS = (
    Bounds("HSTS_SECONDS", 30 * DAY, 2 * 365 * DAY, "browsers forget otherwise that the site is reached by https only"),
    Bounds("LOGIN_ATTEMPTS", 3, 20, "passwords could be guessed, or people lock themselves out with a slip"),
    Bounds("LOGIN_WAIT_MINUTES", 5, 24 * 60, "guessing would go on at once, or an owner be kept out for days"),
    Bounds("SESSION_HOURS", 1, 24, "a forgotten browser would stay signed in"),
    Bounds("SESSION_IDLE_MINUTES", 5, 8 * 60, "whoever comes by would find the desk open"),
    Bounds("SIGN_IN_LOG_DAYS", 7, 366, "sign-ins are personal data: kept to find misuse, not for ever"),
)


def environment(variables: Variables) -> str:
    """Where the site runs: ``ENVIRONMENT`` if it is set, else production as soon as an address is not of this machine.

    ``build`` is for commands that need neither keys nor a database (``collectstatic`` while an image is built).
    """
    if named := variables.get("ENVIRONMENT", "").strip():
        return named
    hosts = {*_words(variables, "ALLOWED_HOSTS"), urlsplit(variables.get("BASE_URL", "")).hostname or "localhost"}
    return LOCAL if hosts <= LOCAL_HOSTS else PRODUCTION


def weakness(variables: Variables) -> str:
    """The first setting that is missing or too weak for production, as one sentence; empty when all are fit."""
    for check in CHECKS:
        if sentence := check(variables):
            return sentence
    return ""


def _debug(variables: Variables) -> str:
    if variables.get("DEBUG", "").strip().lower() in {"", "0", "false", "no", "off", "f", "n"}:
        return ""
    return "DEBUG is on, which shows the code and the settings to everybody who meets an error: leave DEBUG unset."


def _key(name: str) -> Callable[[Variables], str]:
    def check(variables: Variables) -> str:
        given = variables.get(name, "")
        if not given:
            return f"{name} is not set, and production takes no key made in passing: set it to the output of {NEW_KEY}"
        if len(given) < KEY_LENGTH or len(set(given)) < KEY_VARIETY or given.startswith("django-insecure"):
            return (
                f"{name} can be guessed, because it is shorter than {KEY_LENGTH} characters or made of few different "
                f"ones: set it to the output of {NEW_KEY}"
            )
        return ""

    return check


def _two_keys(variables: Variables) -> str:
    if variables.get("SECRET_KEY") != variables.get("MEDIA_SIGNING_KEY"):
        return ""
    return "MEDIA_SIGNING_KEY is the same as SECRET_KEY, so neither can be changed alone: make a key of its own for it."


def _base_url(variables: Variables) -> str:
    given = variables.get("BASE_URL", "")
    parts = urlsplit(given)
    if not given:
        return "BASE_URL is not set, so mails would lead to localhost: set it to the site's own address, https://…"
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/"):
        return (
            f"BASE_URL is {given!r}, but passwords must not travel in the clear: set it to https:// and the host's "
            "name, without a path."
        )
    return ""


def _hosts(variables: Variables) -> str:
    hosts = _words(variables, "ALLOWED_HOSTS")
    own = urlsplit(variables.get("BASE_URL", "")).hostname or ""
    if not hosts:
        return f"ALLOWED_HOSTS is not set: set it to the host names of the site, such as {own or 'beteiligung.example'}"
    if "*" in hosts:
        return "ALLOWED_HOSTS is '*', so forged host names would get into mails and caches: name the site's host names."
    if not any(own == host or (host.startswith(".") and f".{own}".endswith(host)) for host in hosts):
        return f"ALLOWED_HOSTS does not name {own}, the host of BASE_URL: add it."
    return ""


def _proxy(variables: Variables) -> str:
    if variables.get("BEHIND_TLS_PROXY", "").strip().lower() in {"1", "true", "yes", "on", "t", "y"}:
        return ""
    return (
        "BEHIND_TLS_PROXY is off, but this server speaks no TLS itself: put a proxy in front that does, let it set "
        "X-Forwarded-Proto, and set BEHIND_TLS_PROXY=true"
    )


def _addresses(variables: Variables) -> str:
    given = variables.get("TRUSTED_PROXIES", "").strip()
    if given.isdecimal() and int(given) > 0:
        return ""
    return (
        "TRUSTED_PROXIES is not set, so everybody would seem to come from the proxy and be locked out together: set it "
        "to the number of proxies that add to X-Forwarded-For, such as 1"
    )


def _mail(variables: Variables) -> str:
    given, remedy = variables.get("EMAIL_URL", ""), "set it to smtp://user:password@host:587/?tls=True"
    if not given:
        return f"EMAIL_URL is not set, so mails would end in the log: {remedy}"
    mail = dj_email_url.parse(given)
    if not mail.get("EMAIL_BACKEND", "").endswith("smtp.EmailBackend"):
        return f"EMAIL_URL does not send mails out: {remedy}"
    is_secret = mail["EMAIL_USE_TLS"] or mail["EMAIL_USE_SSL"]
    if not is_secret and mail["EMAIL_HOST"] not in LOCAL_HOSTS:
        return f"EMAIL_URL sends mails and the mail server's password in the clear to another machine: {remedy}"
    return ""


def _database(variables: Variables) -> str:
    if variables.get("DATABASE_URL", "").strip():
        return ""
    return (
        "DATABASE_URL is not set, and production takes no database made in passing: set it to "
        "postgres://user:password@host:5432/name, or for a small site to sqlite:////path/to/db.sqlite3"
    )


def _sender(variables: Variables) -> str:
    sender = variables.get("DEFAULT_FROM_EMAIL", "")
    domain = sender.rpartition("@")[2].strip(" >").lower()
    if not sender:
        return "DEFAULT_FROM_EMAIL is not set, so nobody could answer our mails: set it to the office's own address."
    if "@" not in sender or "." not in domain or domain.endswith(".localhost"):
        return (
            f"DEFAULT_FROM_EMAIL is {sender!r}, which is no address that can be answered: set it to the office's own."
        )
    return ""


def _words(variables: Variables, name: str) -> list[str]:
    return [word.strip() for word in variables.get(name, "").split(",") if word.strip()]


CHECKS: tuple[Callable[[Variables], str], ...] = (
    _debug,
    _key("SECRET_KEY"),
    _key("MEDIA_SIGNING_KEY"),
    _two_keys,
    _base_url,
    _hosts,
    _proxy,
    _addresses,
    _database,
    _mail,
    _sender,
    *BOUNDS,
)
