"""Every address behind a login, read from the URL configuration, and what comes of knocking there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.messages import ERROR
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.safestring import mark_safe
from ninja.operation import PathView
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from cms_blocks.desk import cards
from cms_blocks.guide.tasks import all_tasks
from cms_blocks.writing import appearances
from tests.site.permissions.scene import Scene, Thing

#: Where a login or a token is asked for.
BEHIND_A_LOGIN = ("admin/", "api/write/")


#: Here a PUT does what elsewhere a POST does.
PUT_THERE = {"wagtail_localize:edit_string_translation", "wagtail_localize:edit_override"}
#: Written by any visit.
NOT_COUNTED = ("django_session", '"wagtailcore_apitoken" SET "last_used_at"')


@dataclass(frozen=True)
class Door:
    """One pattern, or one thing that can be done through it. ``name`` is what the table lists."""

    name: str
    route: str
    methods: tuple[str, ...]
    view: Any
    given: tuple[tuple[str, str], ...] = ()

    @property
    def arguments(self) -> list[str]:
        wanted = re.findall(r"<(?:\w+:)?(\w+)>", self.route)
        return [name for name in wanted if name not in dict(self.given)]

    def address(self, thing: Thing) -> str:
        """The address that leads to this thing. ``KeyError``: the thing lacks an argument."""
        values = {**thing, **dict(self.given)}
        route = re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", self.route)
        route = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), route)
        return "/" + re.sub(r"[\^$\\*]", "", route).replace("//", "/").lstrip("/")


@cache
def doors() -> list[Door]:
    """All of them, in a fixed order."""
    bulk_action_registry._scan_for_bulk_actions()
    found = {door.name + door.route: door for door in _walk(get_resolver().url_patterns, "", "")}
    return sorted(found.values(), key=lambda door: (door.route, door.name))


def _walk(patterns: list[Any], route: str, namespace: str) -> Iterator[Door]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, here, inner)
        elif isinstance(pattern, URLPattern) and here.startswith(BEHIND_A_LOGIN):
            yield from _doors(pattern, here, f"{namespace}{pattern.name}" if pattern.name else here)


def _doors(pattern: URLPattern, route: str, name: str) -> Iterator[Door]:
    """Several doors where one pattern hides several: operations of the API, bulk actions, cards."""
    if operations := _operations(pattern.callback):
        for operation in operations:
            if operation.url_name == pattern.name:
                yield Door(name, route, tuple(operation.methods), pattern.callback)
    elif name == "wagtail_bulk_action":
        for app, models in bulk_action_registry.actions.items():
            for model, actions in models.items():
                for action in actions:
                    given = (("app_label", app), ("model_name", model), ("action", action))
                    yield Door(f"{name} {app}.{model} {action}", route, ("GET", "POST"), pattern.callback, given)
    elif name == "desk:card":
        for card in cards._cards:
            yield Door(f"{name} {card}", route, ("GET", "POST"), pattern.callback, (("name", card),))
    elif name in PUT_THERE:
        yield Door(name, route, ("PUT",), pattern.callback)
    elif name == "appearances":
        for kind in appearances.models():
            yield Door(f"{name} {kind}", route, ("GET", "POST"), pattern.callback, (("kind", kind),))
    elif name == "guide:task":
        for task in all_tasks()[:1]:
            yield Door(name, route, ("GET", "POST"), pattern.callback, (("name", task.name),))
    else:
        yield Door(name, route, ("GET", "POST"), pattern.callback)


def _operations(view: Any) -> list[Any]:
    """The operations that django-ninja keeps behind one view."""
    cells = (cell.cell_contents for cell in getattr(view, "__closure__", None) or ())
    return next((cell.operations for cell in cells if isinstance(cell, PathView)), [])


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    #: Something was said in red.
    complained: bool
    wrote: bool
    body: str

    @property
    def is_refused(self) -> bool:
        """Also as Wagtail does it: back to the first page, with a sentence in red."""
        if self.status in {302, 303}:
            place = self.location.split("?")[0]
            return place == reverse("wagtailadmin_login") or (place == reverse("wagtailadmin_home") and self.complained)
        return self.status in {400, 401, 403, 404, 422}

    def is_allowed(self, *, by_deed: bool = False) -> bool:
        """``by_deed``: the answer looks alike for all, so what counts is whether something was done."""
        return self.wrote if by_deed else not self.is_refused

    @property
    def is_no_door(self) -> bool:
        """Nobody answers to this method here."""
        return self.status == 405


@contextmanager
def undrawn() -> Iterator[None]:
    """Templates stay as good as empty: whether somebody gets a page is decided before it is drawn, which takes most of the time."""
    drawing = Template.render
    Template.render = lambda self, context=None, request=None: mark_safe("-")  # type: ignore[method-assign]
    try:
        yield
    finally:
        Template.render = drawing  # type: ignore[method-assign]


class _Undone(Exception):
    pass


class Visitor:
    """One person knocking; whatever comes of it is put back."""

    def __init__(self, scene: Scene, who: str) -> None:
        self.scene, self.who = scene, who

    def knock(self, method: str, address: str, data: Any, *, drawn: bool = True) -> Answer:
        """``drawn``: with the page as it is shown; without it only what decides who gets it."""
        client = Client(raise_request_exception=False)
        if address.startswith("/api/"):
            token = self.scene.tokens.get(self.who)
            headers = {"authorization": f"Bearer {token}"} if token else {}
            kwargs: dict[str, Any] = {"headers": headers}
            if method != "GET" and not isinstance(data.get("file"), UploadedFile):
                kwargs |= {"content_type": "application/json"}
        else:
            if key := self.scene.sessions.get(self.who):
                client.cookies[settings.SESSION_COOKIE_NAME] = key
            kwargs = {}
            if method == "PUT":
                data, kwargs = urlencode(data), {"content_type": "application/x-www-form-urlencoded"}
        writes: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if re.match(r"(INSERT|UPDATE|DELETE)", sql) and not any(table in sql for table in NOT_COUNTED):
                writes.append(sql)
            return execute(sql, params, many, context)

        try:
            with transaction.atomic(), connection.execute_wrapper(note), nullcontext() if drawn else undrawn():
                response = getattr(client, method.lower())(address, data, **kwargs)
                body = b"".join(response.streaming_content) if response.streaming else response.content
                said = getattr(getattr(response, "wsgi_request", None), "_messages", None)
                answer = Answer(
                    response.status_code,
                    response.headers.get("Location", ""),
                    any(message.level >= ERROR for message in said._queued_messages) if said is not None else False,
                    bool(writes),
                    body.decode(errors="replace"),
                )
                raise _Undone
        except _Undone:
            return answer
