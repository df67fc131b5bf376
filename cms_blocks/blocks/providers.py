"""Who serves films and dialogues that can be opened within a page, and what address their frame has.

Only services listed here or in the settings may fill a frame. The settings name further hosts and who runs them::

    CMS_BLOCKS_PEERTUBE_HOSTS = {"video.example.org": "City of Example"}
    CMS_BLOCKS_DIALOGUE_HOSTS = {"mitreden.example.org": "Association Example e. V."}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings


@dataclass(frozen=True)
class Frame:
    """What fills a frame: the service's ``name``, the ``recipient`` of the visitor's data, and the address."""

    name: str
    recipient: str
    url: str


def video_frame(url: str) -> Frame | None:
    """The frame for the address of a film; ``None`` if no known service has it."""
    parts = _web_parts(url)
    if parts is None:
        return None
    return _youtube(parts) or _vimeo(parts) or _peertube(parts)


def dialogue_frame(url: str) -> Frame | None:
    """The frame for a dialogue platform; ``None`` if its host is not in ``CMS_BLOCKS_DIALOGUE_HOSTS``."""
    parts = _web_parts(url)
    if parts is None or parts.scheme != "https":
        return None
    recipient = _hosts("CMS_BLOCKS_DIALOGUE_HOSTS").get(parts.hostname or "")
    return Frame(parts.hostname or "", recipient, parts.geturl()) if recipient else None


def service_names() -> list[str]:
    """The services films may come from, as editors know them."""
    return ["YouTube", "Vimeo", *_hosts("CMS_BLOCKS_PEERTUBE_HOSTS")]


def frame_sources() -> list[str]:
    """The origins that may fill a frame, for the ``frame-src`` of the content security policy."""
    hosts = {
        "www.youtube-nocookie.com",
        "player.vimeo.com",
        *_hosts("CMS_BLOCKS_PEERTUBE_HOSTS"),
        *_hosts("CMS_BLOCKS_DIALOGUE_HOSTS"),
    }
    return [f"https://{host}" for host in sorted(hosts)]


def _hosts(setting: str) -> dict[str, str]:
    return getattr(settings, setting, {})


def _web_parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018 (raises for a port that is no number)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def _youtube(parts: SplitResult) -> Frame | None:
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    if host == "youtu.be":
        key = parts.path.strip("/")
    elif host in ("youtube.com", "youtube-nocookie.com"):
        found = re.match(r"/(?:embed|shorts|live|v)/([^/]+)", parts.path)
        key = found[1] if found else parse_qs(parts.query).get("v", [""])[0]
    else:
        return None
    if not re.fullmatch(r"[\w-]{6,20}", key, re.ASCII):
        return None
    return Frame("YouTube", "Google Ireland Limited", f"https://www.youtube-nocookie.com/embed/{key}?rel=0")


def _vimeo(parts: SplitResult) -> Frame | None:
    if (parts.hostname or "").removeprefix("www.") not in ("vimeo.com", "player.vimeo.com"):
        return None
    found = re.search(r"/(\d{5,12})(?:/([0-9a-f]{6,20}))?/?$", parts.path)
    if not found:
        return None
    secret = found[2] or parse_qs(parts.query).get("h", [""])[0]
    hidden = f"&h={secret}" if re.fullmatch(r"[0-9a-f]{6,20}", secret) else ""
    return Frame("Vimeo", "Vimeo.com, Inc.", f"https://player.vimeo.com/video/{found[1]}?dnt=1{hidden}")


def _peertube(parts: SplitResult) -> Frame | None:
    host = parts.hostname or ""
    recipient = _hosts("CMS_BLOCKS_PEERTUBE_HOSTS").get(host)
    found = re.fullmatch(r"/(?:w|videos/watch|videos/embed)/([\w-]{10,40})/?", parts.path, re.ASCII)
    if not recipient or not found:
        return None
    return Frame(host, recipient, f"https://{host}/videos/embed/{found[1]}")
