"""HTTP for files: what may be cached and for how long, conditional requests, parts of a file, nothing executable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from cms_blocks.publication.reader import moment

BLOCK = 64 * 1024
AT_ONCE = 512 * 1024  # smaller files are read in one go, larger ones are streamed
RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")

STAFF_CACHE = "private, no-store"

#: Whatever a file contains, it runs nothing and loads nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
#: In a sandbox Safari shows an empty page for some PDFs. A PDF has no access to the site anyway.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


#: The address of a document stays when its file is replaced: a copy may be kept, but is asked for each time.
CHANGING_CACHE = "public, no-cache"


def _public_cache() -> str:
    """Shared caches ask again after a minute at the latest, and never keep a file past a visibility boundary."""
    seconds = moment().seconds
    return f"public, max-age={min(seconds, 3600)}, s-maxage={min(seconds, 60)}"


@dataclass(frozen=True)
class Answer:
    """How a file is to be sent. ``etag`` without quotes; ``download`` asks the browser to save it; ``changing``: under
    the same address another content may come."""

    content_type: str
    filename: str
    etag: str
    public: bool
    download: bool = False
    changing: bool = False

    def conditional(self, request: HttpRequest) -> HttpResponseBase | None:
        """304 or 412 if the request is conditional and that is the answer."""
        response = get_conditional_response(request, etag=f'"{self.etag}"')
        return self._mark(response) if response is not None else None

    def send(self, request: HttpRequest, content: File) -> HttpResponseBase:
        """The file or the requested part of it. Closes ``content`` when all is sent."""
        size = content.size
        part = self._requested_part(request, size)
        if part is not None and part[0] >= part[1]:
            content.close()
            response: HttpResponseBase = HttpResponse(status=416)
            response["Content-Range"] = f"bytes */{size}"
            return self._mark(response)
        start, end = part or (0, size)
        if request.method == "HEAD":
            content.close()
            response = HttpResponse()
        elif end - start <= AT_ONCE:
            with content:
                content.seek(start)
                response = HttpResponse(content.read(end - start))
        elif part is None:
            response = FileResponse(content)
        else:
            response = StreamingHttpResponse(_blocks(content, start, end))
            response._resource_closers.append(content.close)  # type: ignore[attr-defined]
        if part is not None:
            response.status_code = 206
            response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        response["Content-Length"] = str(end - start)
        response["Content-Type"] = self.content_type
        response["Content-Disposition"] = content_disposition_header(self.download, self.filename) or "inline"
        return self._mark(response)

    def _requested_part(self, request: HttpRequest, size: int) -> tuple[int, int] | None:
        """``(start, end)`` of a single range (RFC 9110, 14.2), ``(0, 0)`` if it cannot be met, ``None`` for all."""
        match = RANGE.match(request.headers.get("Range", "").strip())
        if not match or request.headers.get("If-Range", f'"{self.etag}"') != f'"{self.etag}"':
            return None
        first, last = match.groups()
        if not first and not last:
            return None
        if not first:
            return (max(0, size - int(last)), size) if int(last) else (0, 0)
        start, end = int(first), min(size, int(last) + 1 if last else size)
        if last and int(last) < start:
            return None
        return (start, end) if start < size else (0, 0)

    def _mark(self, response: HttpResponseBase) -> HttpResponseBase:
        response["ETag"] = f'"{self.etag}"'
        response["Accept-Ranges"] = "bytes"
        public = CHANGING_CACHE if self.changing else _public_cache()
        response["Cache-Control"] = public if self.public else STAFF_CACHE
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = PDF_POLICY if self.content_type == "application/pdf" else POLICY
        return response


def not_found() -> HttpResponse:
    """The same answer whether a file does not exist or is not public."""
    return _words(_("There is no such file here, or no longer."), 404)


def gone() -> HttpResponse:
    return _words(
        _("This file has been lost on the server. Please tell the office, so that it can be uploaded again."), 410
    )


def busy() -> HttpResponse:
    response = _words(_("The picture is being prepared. Please try again in a moment."), 503)
    response["Retry-After"] = "5"
    return response


def _words(text: str, status: int) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = STAFF_CACHE
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _blocks(content: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    content.seek(start)
    left = end - start
    while left > 0 and (block := content.read(min(BLOCK, left))):
        left -= len(block)
        yield block
