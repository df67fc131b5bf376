"""What a task of the guide is, the registry that every room puts its own in, and how its words are read.

The words of a task are a document, not single texts of the interface: one TOML file for each language,
``<room>/guide/<language>/<name>.toml``. It holds ``title``, ``when`` (who needs this, in one sentence), ``start``
(words of the link to where it begins), ``steps`` (each with ``do``, and ``picture`` with the words for who does not
see it), ``after`` (what happens next) and ``trouble`` (each with ``problem`` and ``remedy``).

In ``do``, ``after`` and ``remedy`` the words of the screen are marked: ``<press>`` a button, link or tab, ``<fill>``
a field, ``<choose>`` one of several answers, ``<see>`` what then stands there, ``<yours>`` what only the reader knows,
like the title of a page. The test of the guide (tests/site/test_guide.py) follows these marks and nothing else.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

MARKS = ("press", "fill", "choose", "see", "yours")
_MARK = re.compile(rf"&lt;({'|'.join(MARKS)})&gt;(.+?)&lt;/\1&gt;")


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``alt``: the words for its picture, empty without one; ``picture``: the picture's static path."""

    number: int
    do: SafeString
    alt: str
    picture: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What may go wrong, and what helps."""

    problem: str
    remedy: SafeString


@dataclass(frozen=True, slots=True)
class Words:
    """A task in one language."""

    title: str
    when: str
    start: str
    steps: tuple[Step, ...]
    after: SafeString
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Something that people do at the desk. ``at``: names of admin addresses (with ``*``) where a link to it helps."""

    name: str
    room: str
    sign: str
    order: int
    #: Name of the admin address where it begins.
    start: str
    at: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """In the language of whoever reads; in German where that one is missing."""
        language = to_locale(get_language() or settings.LANGUAGE_CODE)
        return next(words for words in (_read(self, language), _read(self, "de")) if words is not None)

    def helps_at(self, view_name: str) -> bool:
        return any(fnmatchcase(view_name, pattern) for pattern in self.at)


_tasks: dict[str, Task] = {}


def register_task(task: Task) -> None:
    """Put a task in the guide. One of the same name takes the place of the older one."""
    _tasks[task.name] = task


def all_tasks() -> list[Task]:
    """Every task of the installed rooms, in the order of the guide."""
    return sorted(_tasks.values(), key=lambda task: task.order)


def task_named(name: str) -> Task | None:
    return _tasks.get(name)


def tasks_at(view_name: str) -> list[Task]:
    """The tasks that help on the admin page with this name."""
    return [task for task in all_tasks() if task.helps_at(view_name)]


def marked(text: str) -> SafeString:
    """Text as HTML: escaped, the words of the screen in elements of their own."""
    html = _MARK.sub(r'<b class="guide-mark guide-mark--\1" data-mark="\1">\2</b>', escape(text))
    return mark_safe(html)


def words_path(task: Task, language: str) -> Path:
    """Where the words of a task lie."""
    return Path(apps.get_app_config(task.room).path) / "guide" / language / f"{task.name}.toml"


@cache
def _read(task: Task, language: str) -> Words | None:
    path = words_path(task, language)
    if not path.exists():
        return None
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    steps = []
    for number, step in enumerate(data["steps"], start=1):
        picture = f"{task.room}/guide/{task.name}-{number}.webp" if "picture" in step else ""
        steps.append(Step(number, marked(step["do"]), step.get("picture", ""), picture))
    troubles = tuple(Trouble(entry["problem"], marked(entry["remedy"])) for entry in data["trouble"])
    return Words(data["title"], data["when"], data["start"], tuple(steps), marked(data["after"]), troubles)
