"""Somebody who does what a page of the guide says, and nothing else.

The reader knows the marks of the guide (cms_blocks.guide.tasks) and what only a person can know: what to write in a field
(``answers``: label → value) and which of the things at the desk is meant (``yours``: the words of the guide → a name).
Every screen on the way is looked at by :mod:`tests.site.english_words`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from django.core.exceptions import ObjectDoesNotExist
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.site.english_words import english_words
from tests.site.guide_pictures import Camera

#: Where several answer to a name, people look at the dialog in front, not at what lies behind it.
IN_FRONT = ".modal.in .modal-content, [role=dialog][aria-modal=true]:not([aria-hidden=true]) .w-dialog__content"
PRESSABLE = ("button", "link", "tab", "option", "menuitem", "radio", "img")
#: Wagtail puts a star behind the names of required fields, and a number or a title behind some of buttons.
PATIENCE_MS = 12_000
#: Here forms are sent without leaving the page, as they are in dialogs.
UPLOADING = "/multiple/add/"
BEHIND = r"\s*(\([^)]+\)|[:*…].*)?\s*$"


@dataclass(frozen=True, slots=True)
class ReadStep:
    """The marks of one step, in their order: (mark, words)."""

    number: int
    marks: tuple[tuple[str, str], ...]
    has_picture: bool


def read(guide: Page, address: str) -> list[ReadStep]:
    """The steps of a task as its page shows them."""
    guide.goto(address)
    marks = "node => [...node.querySelectorAll('[data-mark]')].map(mark => [mark.dataset.mark, mark.textContent])"
    steps = []
    for number, step in enumerate(guide.locator(".guide-step").all(), start=1):
        found = tuple((mark, words) for mark, words in step.evaluate(marks))
        steps.append(ReadStep(number, found, step.locator("img").count() > 0))
    return steps


@dataclass
class Reader:
    """``page`` is the desk of somebody who is signed in (or not yet)."""

    page: Page
    answers: Mapping[str, Any] = field(default_factory=dict)
    yours: Mapping[str, Any] = field(default_factory=dict)
    #: Titles that people gave, in other languages too.
    titles: Container[str] = ()
    camera: Camera | None = None
    #: What was opened and is no page.
    files: list[bytes] = field(default_factory=list)
    english: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.first = self.page
        self.page.on("filechooser", lambda chooser: chooser.set_files(self.answers["Datei"]))

    def follow(self, step: ReadStep) -> None:
        self._back()
        try:
            for number, (mark, words) in enumerate(step.marks, start=1):
                if step.has_picture and self.camera and number == self._pictured(step):
                    self.camera.take(self.page, step.number, self._found(mark, words))
                getattr(self, f"_{mark}")(words)
        except Exception as error:
            what = self.page.locator("body").aria_snapshot()
            raise AssertionError(
                f"step {step.number}, <{mark}>{words}: {error}\n{self.page.url}\n{what[-9000:]}"
            ) from None

    def finish(self, proof: Callable[[], None]) -> None:
        """Wait until what was to be done is done; look at the last screen."""
        give_up = time.monotonic() + PATIENCE_MS / 1000
        while True:
            try:
                proof()
                break
            except (AssertionError, ObjectDoesNotExist):
                if time.monotonic() > give_up:
                    raise
                self.page.wait_for_timeout(100)
        self.page.wait_for_load_state()
        self._look()

    def _back(self) -> None:
        """A new window was only looked at; the next step goes on where the last one was."""
        if self.page is not self.first:
            self.page.close()
            self.page = self.first

    def _pictured(self, step: ReadStep) -> int:
        """The picture shows the first field that is filled in, or else the last button that is pressed."""
        kinds = [mark for mark, _words in step.marks]
        if "fill" in kinds:
            return kinds.index("fill") + 1
        return len(kinds) - kinds[::-1].index("press") if "press" in kinds else 1

    def _found(self, mark: str, words: str) -> Locator | None:
        if mark in {"press", "yours"}:
            name = self.yours[words] if mark == "yours" else words
            return None if callable(name) else self._pressable(name)
        if mark == "fill":
            return self._field(words)
        if mark == "choose":
            return self._sought(lambda: self._box(words))
        return self._front().get_by_text(words).filter(visible=True).first

    def _front(self) -> Locator:
        dialogs = self.page.locator(IN_FRONT).filter(visible=True)
        return dialogs.last if dialogs.count() else self.page.locator("body")

    def _pressable(self, name: str) -> Locator:
        return self._sought(lambda: self._pressables(name))

    def _pressables(self, name: str) -> Locator:
        front, words = self._front(), re.compile(rf"^\s*{re.escape(name)}{BEHIND}")
        found = front.get_by_role(PRESSABLE[0], name=words)  # type: ignore[arg-type]
        for role in PRESSABLE[1:]:
            found = found.or_(front.get_by_role(role, name=words))  # type: ignore[arg-type]
        return found.or_(front.locator("summary", has_text=words)).filter(visible=True).first

    def _sought(self, look: Callable[[], Locator]) -> Locator:
        """What is looked for, once it is there. Dialogs open and close meanwhile, so it is looked for anew."""
        give_up = time.monotonic() + PATIENCE_MS / 1000
        while not (found := look()).count() and time.monotonic() < give_up:
            self.page.wait_for_timeout(50)
        return found

    def _press(self, name: str) -> None:
        target = self._pressable(name)
        self._look()
        if target.get_attribute("type") == "application/pdf":
            answer = self.page.context.request.get(urljoin(self.page.url, target.get_attribute("href") or ""))
            assert answer.ok, f"{answer.status} for {answer.url}"
            self.files.append(answer.body())
            return
        if target.get_attribute("target") == "_blank":
            with self.page.context.expect_page() as opened:
                target.click()
            self.page = opened.value
            self.page.wait_for_load_state()
            return
        leaving = self._sends_the_form(target)
        try:
            target.click(timeout=PATIENCE_MS / 3)
        except TimeoutError:
            # Something invisible lies over it (a field for files, of all things), and people press all the same.
            # Or it was pressed, and the page that it led to came late.
            if box := target.bounding_box() if target.count() else None:
                self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if leaving:
            self._wait_for_answer()
        self.page.wait_for_load_state("domcontentloaded")

    def _sends_the_form(self, target: Locator) -> bool:
        """Whether the page is left for its answer: the editor waits for a save under way before it sends."""
        stays = UPLOADING in self.page.url or self.page.locator(IN_FRONT).filter(visible=True).count()
        return not stays and bool(
            target.evaluate(
                """node => {
                    const sends = node.type === 'submit' && node.form && node.form.method === 'post';
                    if (sends) window.left = false;
                    return sends;
                }"""
            )
        )

    def _wait_for_answer(self) -> None:
        """People look up when the answer is there; what is typed into a page that is about to go is lost."""
        give_up = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < give_up:
            try:
                if self.page.evaluate("window.left") is None:
                    return
            except PlaywrightError:
                pass  # between two pages
            self.page.wait_for_timeout(50)

    def _yours(self, words: str) -> None:
        meant = self.yours[words]
        if callable(meant):
            meant(self.page)
        else:
            self._press(meant)

    def _field(self, label: str) -> Locator:
        """What has this label; a group of fields by its heading."""
        return self._sought(lambda: self._fields(label))

    def _fields(self, label: str) -> Locator:
        front, words = self._front(), re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")
        inputs = self.page.locator("input,textarea,select,[contenteditable]")
        fields = front.get_by_label(words).filter(visible=True).and_(inputs)
        group = front.get_by_role("region", name=re.compile(rf"^\s*{re.escape(label)}")).filter(visible=True)
        group = group.or_(front.get_by_role("group", name=words).filter(visible=True))
        return fields.first if fields.count() else group.last

    def _fill(self, label: str) -> None:
        place, value = self._field(label), self.answers[label]
        value = value(self.page) if callable(value) else value
        if value is None:
            return
        kind = place.evaluate("node => node.isContentEditable ? 'rich' : node.type || node.localName")
        if kind == "file":
            place.set_input_files(value)
        elif kind == "select-one":
            place.select_option(label=value)
        elif kind in {"rich"}:
            place.click()
            self.page.keyboard.type(value)
        elif kind in {"text", "textarea", "password", "email", "number", "search", "date"}:
            place.fill(str(value))
        else:
            self._fill_group(place, value if isinstance(value, list) else [value])

    def _fill_group(self, group: Locator, values: list[Any]) -> None:
        """Words are ticked or chosen where they stand there, numbers and all else go into the fields one by one."""
        free = iter(
            group.locator("input[type=number],input[type=text],textarea,[contenteditable=true]")
            .filter(visible=True)
            .all()
        )
        for value in values:
            box = group.get_by_role("checkbox", name=str(value), exact=True)
            option = group.locator("select").filter(has=self.page.get_by_role("option", name=str(value), exact=True))
            if box.count():
                box.first.check()
            elif option.count():
                option.first.select_option(label=str(value))
            else:
                place = next(free)
                if place.get_attribute("contenteditable"):
                    place.click()
                    self.page.keyboard.type(str(value))
                else:
                    place.fill(str(value))

    def _box(self, words: str) -> Locator:
        front = self._front()
        return (
            front.get_by_role("checkbox", name=words)
            .or_(front.get_by_role("radio", name=words))
            .filter(visible=True)
            .first
        )

    def _choose(self, words: str) -> None:
        self._sought(lambda: self._box(words)).check()

    def _see(self, words: str) -> None:
        expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible(timeout=PATIENCE_MS)

    def _look(self) -> None:
        for found in english_words(self.page, self.titles):
            if found not in self.english:
                self.english.append(found)
