"""A real browser on a real server: fixtures ``browser``, ``open_page``, ``page`` and ``site_server``.

Every page a test opens is watched: a script error, an error on the console, an answer of 500 or more and any request
to another host fail the test, even when all its own assertions hold.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, Route, sync_playwright

from tests.infrastructure.requirements import chromium, missing

# Without the networking switches Chromium looks up its maker's hosts at every start.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
TIMEOUT_MS = 15_000


@dataclass
class Watch:
    """What went wrong on watched pages. ``expected_statuses``: error statuses that a test provokes on purpose."""

    problems: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)

    def expect_status(self, *statuses: int) -> None:
        """The test asks for pages with these statuses (404, 500 …): they are no problem."""
        self.expected_statuses.update(statuses)

    def attach(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"script error on {page.url}: {error}"))
        page.on("console", self._console)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        # The browser's own line about an error status; the status itself is judged in _response.
        if message.text.startswith("Failed to load resource: the server responded with a status of"):
            return
        self.problems.append(f"console error on {message.location.get('url', '?')}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.problems.append(f"{response.status} for {response.url}")

    def guard(self, route: Route) -> None:
        """Let requests to this machine through, stop and report all others."""
        parts = urlsplit(route.request.url)
        if parts.scheme in {"data", "blob", "about"} or parts.hostname in {"localhost", "127.0.0.1"}:
            route.continue_()
        else:
            self.problems.append(f"request to a third party: {route.request.url}")
            route.abort()


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Chromium, one for all tests of a process; skipped (on CI: failed) where none is installed."""
    executable = chromium()
    if executable is None:
        missing("no Chromium is installed; apt-get install chromium, or set BROWSER_PATH")
    # Playwright's synchronous interface keeps an event loop in this thread, which Django would take for async code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=SWITCHES, headless=True)
        yield launched
        launched.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def watch() -> Generator[Watch]:
    """The watch over all pages of one test; its problems fail the test at its end."""
    watching = Watch()
    yield watching
    assert not watching.problems, "the browser met problems:\n" + "\n".join(watching.problems)


@pytest.fixture
def site_server(live_server: Any, transactional_db: None) -> Any:
    """The site on a random port, in threads, on the transactional test database. ``site_server.url``: its address."""
    return live_server


@pytest.fixture
def open_page(browser: Browser, watch: Watch, site_server: Any) -> Generator[Callable[..., Page]]:
    """A function that opens a new, cookieless browser page.

    ``open_page(path=None, width=1280, height=900, theme="light", language="de-DE", javascript=True, **context)``;
    ``theme`` is "light" or "dark"; ``path`` is visited at once when given. ``context`` goes to Playwright's
    ``new_context`` (``reduced_motion``, ``forced_colors``, ``storage_state`` …).
    """
    contexts: list[BrowserContext] = []

    def open_page(
        path: str | None = None,
        *,
        width: int = 1280,
        height: int = 900,
        theme: str = "light",
        language: str = "de-DE",
        javascript: bool = True,
        **context: Any,
    ) -> Page:
        opened = browser.new_context(
            base_url=site_server.url,
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]
            locale=language,
            java_script_enabled=javascript,
            **context,
        )
        contexts.append(opened)
        opened.set_default_timeout(TIMEOUT_MS)
        opened.route("**/*", watch.guard)
        page = opened.new_page()
        watch.attach(page)
        if path is not None:
            page.goto(path)
        return page

    yield open_page
    for opened in contexts:
        opened.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One browser page, 1280 px wide, light, German."""
    return open_page()
