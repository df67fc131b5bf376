"""Answers as caches want them: a validator that was read before the data, and a time that no boundary lies in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase

from cms_blocks.content_api.problems import Problem
from cms_blocks.publication.reader import LONGEST, Moment, etag
from cms_blocks.throttle import client_network, over_limit

#: The longest that a shared cache may answer by itself, in seconds.
SHARED = 30
#: The cache of whole answers, by its name in the settings; without one nothing is kept. Answers are large, so it is a
#: small one of its own, in which random questions push out nothing else.
CACHE = "answers"
#: Of the largest that is kept, in bytes: what lists of twenty whole records need, so that a hundred stay small.
LARGEST_KEPT = 256 * 1024
#: How many costly questions (searches, counts, exports, previews) one network may ask in a minute.
COSTLY_A_MINUTE = 120
WINDOW = 60


def tag_of(request: HttpRequest, *parts: object) -> str:
    """A strong validator of the answer at this address for whatever else it depends on."""
    return etag("content-api", request.get_host(), request.scheme, request.get_full_path(), *parts)


def has(request: HttpRequest, tag: str) -> bool:
    """Whether the client says that it has the answer with this validator."""
    return tag in request.headers.get("If-None-Match", "")


def seconds_until(moment: datetime, now: datetime) -> int:
    return int(max(0.0, min(LONGEST, (moment - now).total_seconds())))


def not_modified(tag: str, seconds: int) -> HttpResponse:
    return for_caches(HttpResponseNotModified(), tag, seconds)


def json_answer(body: Any, tag: str, seconds: int) -> HttpResponse:
    """Without a tag that was read before, the answer's own digest is its validator."""
    content = to_json(body)
    tag = tag or etag(content)
    return for_caches(HttpResponse(content, content_type="application/json"), tag, seconds)


def kept(tag: str, seconds: int) -> HttpResponse | None:
    """The answer with this validator, if this process has given it already."""
    content = caches[CACHE].get(tag) if CACHE in settings.CACHES else None
    if content is None:
        return None
    return for_caches(HttpResponse(content, content_type="application/json"), tag, seconds)


def keep(answer: HttpResponse, seconds: int) -> HttpResponse:
    """The validator names all that the answer was made of, so nothing else will ever have it."""
    if seconds and CACHE in settings.CACHES and len(answer.content) <= LARGEST_KEPT:
        caches[CACHE].set(answer.headers["ETag"], answer.content, timeout=seconds)
    return answer


def to_json(body: Any) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


def for_caches(response: Any, tag: str, seconds: int) -> Any:
    """A browser asks each time; a shared cache may answer for a while, and a while longer as it asks itself, but never
    past ``seconds``."""
    shared = min(seconds, SHARED)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = (
        f"public, max-age=0, s-maxage={shared}, stale-while-revalidate={min(seconds - shared, SHARED)}"
    )
    return response


def moment_tag(request: HttpRequest, present: Moment) -> str:
    """For answers made of many records: differs as soon as anything public differs."""
    return tag_of(request, present.token)


def count_costly(request: HttpRequest) -> None:
    """Raises a 429 for a network that asks for more than one should."""
    most = getattr(settings, "CONTENT_API_COSTLY_A_MINUTE", COSTLY_A_MINUTE)
    if over_limit("content-api", client_network(request), most, WINDOW):
        raise Problem(
            429,
            f"More than {most} searches, counts, exports or previews in a minute. Wait, or ask for plain lists, which "
            "caches may keep.",
            headers={"Retry-After": str(WINDOW)},
        )


def private(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "private, no-store"
    return response
