"""What the checks must know of other objects: whether pictures have words, files a mark, links a public end.

Looked up for a whole page at once: the number of queries does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from cms_blocks.content_checks.pieces import ChosenDocument, ChosenPage, Link, Picture, Piece
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.targets import Targets
from cms_blocks.rich_text import is_external


@dataclass(frozen=True)
class Surroundings:
    """By id, what there is of what a page refers to, and what the public sees of it."""

    images: dict[int, Any] = field(default_factory=dict)
    documents: dict[int, Any] = field(default_factory=dict)
    public_documents: frozenset[int] = frozenset()
    public_pages: frozenset[int] = frozenset()
    #: Of all pages there are: whether they are published themselves.
    published: dict[int, bool] = field(default_factory=dict)
    #: Paths of this site that only a page could answer, and no public one does.
    dead_paths: frozenset[str] = frozenset()


def look_around(pieces: Iterable[Piece], language: str) -> Surroundings:
    """Everything the pieces refer to, as readers of this language meet it."""
    pages, documents, images, paths = set(), set(), set(), set()
    for piece in pieces:
        match piece:
            case Link():
                pages |= {piece.page} - {None, 0}
                documents |= {piece.document} - {None, 0}
                paths |= {path_of(piece.address)} - {""}
            case ChosenPage():
                pages.add(piece.page)
            case ChosenDocument():
                documents.add(piece.document)
            case Picture():
                images.add(piece.image)
    targets = Targets(locale=language)
    targets.preload(pages=pages, documents=documents)
    return Surroundings(
        images=get_image_model().objects.in_bulk(images) if images else {},
        documents=get_document_model().objects.in_bulk(documents) if documents else {},
        public_pages=frozenset(pk for pk in pages if targets.page(pk)),
        published=dict(Page.objects.filter(pk__in=pages).values_list("pk", "live")) if pages else {},
        public_documents=frozenset(pk for pk in documents if targets.document(pk)),
        dead_paths=_dead(paths, targets),
    )


def path_of(address: str) -> str:
    """The path of an address of this site that somebody typed or pasted, else an empty string."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ("", "http", "https") or is_external(address) or not parts.path.startswith("/"):
        return ""
    return unquote(parts.path) if parts.path.endswith("/") else f"{unquote(parts.path)}/"


def _dead(paths: set[str], targets: Targets) -> frozenset[str]:
    """Those that only a page could answer, and no public one does."""
    asked = {path for path in paths if _is_page(path)}
    if not asked:
        return frozenset()
    rows = PublicRecord.objects.live().filter(path__in=asked)
    return frozenset(asked - {row.path for row in rows if targets.in_time(row)})


def _is_page(path: str) -> bool:
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return resolve(path).view_name == "wagtail_serve"
        except Resolver404:
            return False
