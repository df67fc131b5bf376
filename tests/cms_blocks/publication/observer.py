"""An oracle that does not know the gate: what should be public, told from Wagtail's own tables by raw SQL.

It reads over a connection of its own, so it sees what is committed and nothing else, and compares that with what the
gate's tables say. It uses no model, no manager and no function of ``cms_blocks``.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

STEP = 4  # characters of a tree path for each level
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
DEFAULT_LANGUAGE = "de"
#: Page types that are declared, and the kind each is published as.
KINDS = {
    ("website", "homepage"): "home",
    ("website", "standardpage"): "page",
    ("toolkit", "methodpage"): "method",
    ("toolkit", "methodindexpage"): "method_index",
    ("toolkit", "methodfinderpage"): "method_finder",
    ("toolkit", "methodcomparisonpage"): "method_comparison",
}
UNSEARCHED = {"home", "method_comparison"}
#: Tables of page types that have a body of blocks.
BODIES = ("website_homepage", "website_standardpage")
SEARCH_TABLE = "cms_blocks_search"

LINK = re.compile(r"<a\s([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
DOCUMENT_ADDRESS = re.compile(r"^/documents/(\d+)/")


@dataclass(frozen=True)
class Public:
    """What the oracle says of a page that is public at some time."""

    id: int
    kind: str
    locale: str
    title: str
    path: str
    site_id: int
    tree_path: str
    visible_from: datetime
    visible_until: datetime
    listed: bool

    def visible(self, now: datetime) -> bool:
        return self.visible_from <= now < self.visible_until


@dataclass
class Sight:
    """Everything committed at one moment, and what is wrong with it."""

    now: datetime
    tables: dict[str, list[dict[str, Any]]]
    violations: list[str] = field(default_factory=list)

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return self.tables[table]

    # What should be public, from Wagtail's tables

    @cached_property
    def public(self) -> dict[int, Public]:
        """Pages that are public now, were or will be, by id."""
        by_path = {page["path"]: page for page in self["page"]}
        restricted = {row["page_id"] for row in self["page_restriction"]}
        locale_of = {page["id"]: page["locale_id"] for page in self["page"]}
        codes = {row["id"]: row["language_code"] for row in self["locale"]}
        offered = [code for code, _ in settings.LANGUAGES]
        kinds = {row["id"]: KINDS.get((row["app_label"], row["model"])) for row in self["content_type"]}
        found = {}
        for page in self["page"]:
            ends = range(STEP, len(page["path"]) + 1, STEP)
            line = [by_path[page["path"][:end]] for end in ends if page["path"][:end] in by_path]
            if len(line) != len(ends):
                self.violations.append(f"page {page['id']} hangs in the air: {page['path']}")
                continue
            kind, locale = kinds.get(page["content_type_id"]), codes[page["locale_id"]]
            start = max([row["go_live_at"] or BEGINNING for row in line])
            end = min([row["expire_at"] or END for row in line])
            address = self.address(page)
            private = (
                kind is None
                or address is None
                or not all(row["live"] for row in line)
                or any(row["id"] in restricted for row in line)
                or locale not in offered
                or (page["alias_of_id"] and locale_of.get(page["alias_of_id"]) != page["locale_id"])
                or start >= end
            )
            if not private:
                found[page["id"]] = Public(
                    page["id"], kind, locale, page["title"], address[0], address[1], page["path"], start, end,
                    page["alias_of_id"] is None,
                )  # fmt: skip
        return found

    @cached_property
    def visible(self) -> dict[int, Public]:
        return {pk: page for pk, page in self.public.items() if page.visible(self.now)}

    def address(self, page: dict[str, Any]) -> tuple[str, int] | None:
        """The page's own address and its site, public or not; ``None`` where it stands below no site."""
        for root, site_id, code in self.roots:
            if page["path"].startswith(root["path"]):
                prefix = "/" if code == DEFAULT_LANGUAGE else f"/{code}/"
                return prefix + page["url_path"][len(root["url_path"]) :], site_id
        return None

    @cached_property
    def roots(self) -> list[tuple[dict[str, Any], int, str]]:
        """Root pages of sites and their translations, the deepest first; of two sites with one root the default."""
        codes = {row["id"]: row["language_code"] for row in self["locale"]}
        pages = {page["id"]: page for page in self["page"]}
        found = []
        for site in sorted(self["site"], key=lambda row: (not row["is_default_site"], row["hostname"])):
            key = pages[site["root_page_id"]]["translation_key"]
            found += [
                (page, site["id"], codes[page["locale_id"]]) for page in self["page"] if page["translation_key"] == key
            ]
        return sorted(found, key=lambda root: -len(root[0]["path"]))

    @cached_property
    def private_collections(self) -> set[int]:
        tops = {row["collection_id"] for row in self["collection_restriction"]}
        paths = tuple(row["path"] for row in self["collection"] if row["id"] in tops)
        return {row["id"] for row in self["collection"] if paths and row["path"].startswith(paths)}

    def public_files(self, kind: str) -> set[int]:
        """Files in collections that are not private."""
        return {row["id"] for row in self[kind] if row["collection_id"] not in self.private_collections}

    def served_files(self, kind: str) -> set[int]:
        """Files that anybody may have now: not private, and used by a page that is visible."""
        used = {quote[1] for pk in self.visible for quote in self.uses(pk) if quote[0] == kind}
        return used & self.public_files(kind)

    # What documents should quote, from the bodies of the pages

    @cached_property
    def bodies(self) -> dict[int, list[dict[str, Any]]]:
        return {
            row["page_ptr_id"]: json.loads(row["body"]) if isinstance(row["body"], str) else row["body"] or []
            for row in self["body"]
        }

    @cached_property
    def leads(self) -> dict[int, str]:
        descriptions = {page["id"]: page["search_description"] for page in self["page"]}
        return {row["page_ptr_id"]: row["lead"] or descriptions[row["page_ptr_id"]] for row in self["body"]}

    def uses(self, page_id: int) -> Iterator[tuple[str, int]]:
        """Everything the blocks of a page refer to, in order: ``("link" | "card" | "document" | "image", id)``."""
        for block in self.bodies.get(page_id, []):
            value = block["value"]
            if block["type"] == "paragraph":
                for tag in LINK.findall(value):
                    attributes = dict(ATTRIBUTE.findall(tag))
                    sort = {"page": "link", "document": "document"}.get(attributes.get("linktype", ""))
                    if sort:
                        yield sort, int(attributes["id"])
            elif block["type"] == "related_pages":
                yield from (("card", item["value"] if isinstance(item, dict) else item) for item in value["pages"])
            elif block["type"] == "image" and value["image"]:
                yield "image", value["image"]

    def expected_quotes(self, page_id: int) -> list[tuple]:
        """What the document of this page has to quote now."""
        quotes: list[tuple] = []
        for sort, pk in self.uses(page_id):
            target = self.in_language_of(page_id, pk) if sort in ("link", "card") else None
            if sort == "link" and target:
                quotes.append(("link", target.path))
            elif sort == "card" and target:
                quotes.append(("card", target.title, self.leads.get(target.id, ""), target.path))
            elif sort in ("document", "image") and pk in self.public_files(sort):
                quotes.append((sort, pk))
        return quotes

    def in_language_of(self, page_id: int, pk: int) -> Public | None:
        """The page that a link to ``pk`` on this page leads to: its translation into this page's language, if that is
        another page and visible now, else the very one."""
        pages = self.pages
        if pk not in pages:
            return None
        key = pages[pk]["translation_key"]
        same = [
            other
            for other in self.visible.values()
            if pages[other.id]["translation_key"] == key and other.locale == self.public[page_id].locale
        ]
        if same and key != pages[page_id]["translation_key"]:
            return same[0]
        return self.visible.get(pk)

    def expected_name(self, table: str, page_id: int) -> str | None:
        """The name of the page's contact or topic, in the page's language if it has one there."""
        chosen = next((row[f"{table}_id"] for row in self["body"] if row["page_ptr_id"] == page_id), None)
        rows = {row["id"]: row for row in self[table]}
        if chosen not in rows:
            return None
        for row in rows.values():
            same = row["translation_key"] == rows[chosen]["translation_key"]
            if same and row["locale_id"] == self.pages[page_id]["locale_id"]:
                return row["name"]
        return rows[chosen]["name"]

    def expected_marks(self, page_id: int) -> dict[str, Any]:
        """What the document of a translation says about its original: whether it was made from the present text."""
        page, key = self.pages[page_id], self.pages[page_id]["translation_key"]
        originals = [
            other
            for other in self.visible.values()
            if self.pages[other.id]["translation_key"] == key and other.locale == DEFAULT_LANGUAGE
        ]
        marks: dict[str, Any] = {}
        if page["locale_id"] == next(row["id"] for row in self["locale"] if row["language_code"] == "de-simple"):
            own = next(row["wording"] for row in self["record"] if row["is_live"] and row["object_id"] == page_id)
            days = [row["reviewed_on"] for row in self["review"] if (row["page_id"], row["wording"]) == (page_id, own)]
            marks["reviewed_on"] = str(days[0]) if days else None
        if not originals:
            return marks
        record = next(row for row in self["record"] if row["is_live"] and row["object_id"] == originals[0].id)
        statements = [row for row in self["basis"] if row["page_id"] == page_id]
        holding = [row for row in statements if row["from_revision"] <= (page["live_revision_id"] or 0)]
        made_from = max(holding, key=lambda row: (row["from_revision"], row["id"]), default={"wording": ""})["wording"]
        return marks | {
            "state": "current" if made_from == record["wording"] else "behind",
            "original": {
                "url": originals[0].path,
                "locale": DEFAULT_LANGUAGE,
                "wording_since": _json_moment(record["wording_since"]),
            },
        }

    @cached_property
    def pages(self) -> dict[int, dict[str, Any]]:
        return {page["id"]: page for page in self["page"]}

    @staticmethod
    def quotes(document: dict[str, Any]) -> list[tuple]:
        """What a rendered document quotes."""
        quotes: list[tuple] = []
        for block in document.get("body", []):
            if block["type"] == "paragraph":
                for tag in LINK.findall(block["html"]):
                    attributes = dict(ATTRIBUTE.findall(tag))
                    href = attributes.get("href", "")
                    if attributes.get("rel") == "help":
                        continue  # the way to ask for an accessible version: ours, not the editor's
                    file = DOCUMENT_ADDRESS.match(href)
                    if file or href.startswith("/"):
                        quotes.append(("document", int(file[1])) if file else ("link", href))
            elif block["type"] == "related_pages":
                quotes += [("card", page["title"], page["lead"], page["url"]) for page in block["pages"]]
            elif block["type"] == "image":
                quotes.append(("image", block["image"]["id"]))
        return quotes

    # Comparing

    def compare(self) -> Sight:
        records = {row["id"]: row for row in self["record"]}
        live = {pk: row for pk, row in records.items() if row["is_live"]}
        self._live_rows(live)
        for pk, row in records.items():
            content = (row["title"], row["lead"], row["path"], row["tree_path"], row["topics"], row["content_hash"])
            if not row["is_live"] and (any(content) or row["visible_from"] < END):
                self._say(f"tombstone {pk} ({row['kind']} {row['object_id']}) holds content")
        documents = {row["record_id"]: row for row in self["document_body"]}
        if documents.keys() != live.keys():
            self._say(f"documents and live rows differ: {sorted(documents.keys() ^ live.keys())}")
        for pk, row in live.items():
            if pk in documents and not row["stale"] and documents[pk]["valid_until"] > self.now:
                self._document(row, documents[pk])
        self._rows_of_live_records(live)
        return self

    def _live_rows(self, live: dict[int, dict[str, Any]]) -> None:
        seen: dict[int, dict[str, Any]] = {}
        for row in live.values():
            if row["object_id"] in seen:
                self._say(f"two live rows for page {row['object_id']}")
            seen[row["object_id"]] = row
        for pk in sorted(seen.keys() - self.public.keys()):
            self._say(f"LEAK: page {pk} is not public, but its row is live: {seen[pk]['title']} {seen[pk]['path']}")
        for pk in sorted(self.public.keys() - seen.keys()):
            self._say(f"page {pk} is public, but has no live row: {self.public[pk]}")
        for pk, page in self.public.items():
            row = seen.get(pk)
            for name in (
                "kind",
                "locale",
                "title",
                "path",
                "site_id",
                "tree_path",
                "visible_from",
                "visible_until",
                "listed",
            ):
                wanted = getattr(page, name)
                if row is not None and row[name] != wanted:
                    self._say(f"page {pk}: {name} is {row[name]!r} and should be {wanted!r}")

    def _document(self, row: dict[str, Any], stored: dict[str, Any]) -> None:
        document = json.loads(stored["body"])
        page_id = row["object_id"]
        self.check_document(page_id, document)

    def check_document(self, page_id: int, document: dict[str, Any]) -> None:
        """Note what is wrong with a document that is served for this page now."""
        page = self.public.get(page_id)
        if page is None:
            self._say(f"LEAK: a document of page {page_id}, which is not public")
            return
        if document["title"] != page.title:
            self._say(f"document of page {page_id}: the title is {document['title']!r}, not {page.title!r}")
        if page_id in self.bodies and (found := self.quotes(document)) != (wanted := self.expected_quotes(page_id)):
            self._say(f"document of page {page_id} quotes {found} and should quote {wanted}")
        if page.locale != DEFAULT_LANGUAGE and document.get("language", {}) != (marks := self.expected_marks(page_id)):
            self._say(f"document of page {page_id} says {document.get('language')} and should say {marks}")
        for table in ("contact", "topic"):
            name = document.get(table, {}).get("name")
            if page_id in self.bodies and name != (wanted_name := self.expected_name(table, page_id)):
                self._say(f"document of page {page_id}: its {table} is {name!r} and should be {wanted_name!r}")

    def _rows_of_live_records(self, live: dict[int, dict[str, Any]]) -> None:
        facts = {row["record_id"] for row in self["facts"]}
        methods = {pk for pk, row in live.items() if row["kind"] == "method"}
        if facts != methods:
            self._say(f"facts and live methods differ: {sorted(facts ^ methods)}")
        indexed = {row["record_id"] for row in self["search"]}
        searchable = {pk for pk, row in live.items() if row["listed"] and row["kind"] not in UNSEARCHED}
        # Words about a file that may be private now leave the search with the change, and come back with the next text.
        needed = {pk for pk in searchable if not live[pk]["stale"]}
        if indexed - searchable or needed - indexed:
            self._say(f"search holds too many rows {sorted(indexed - searchable)}, too few {sorted(needed - indexed)}")
        if left := {row["source_id"] for row in self["reference"]} - live.keys():
            self._say(f"references of records that are not live: {sorted(left)}")

    def fingerprint(self) -> str:
        """Everything that the oracle sees, but for the moment at which it was written."""
        tables = {
            name: sorted(
                json.dumps(
                    {key: value for key, value in row.items() if key != "changed_at"}, sort_keys=True, default=str
                )
                for row in rows
            )
            for name, rows in self.tables.items()
        }
        return json.dumps(tables, sort_keys=True)

    def _say(self, words: str) -> None:
        self.violations.append(words)


class Observer:
    """Looks at the database of Django's default connection over a connection of its own."""

    def __init__(self, settings_dict: dict[str, Any] | None = None) -> None:
        self._settings = settings_dict or connection.settings_dict
        self._key = "record_id" if connection.vendor == "postgresql" else "rowid"
        self._open = self._postgresql if connection.vendor == "postgresql" else self._sqlite
        self._connection: Any = None

    def look(self, now: datetime | None = None) -> Sight:
        """Everything committed, compared. ``now`` defaults to this moment."""
        cursor = self.cursor()
        cursor.execute("BEGIN" if self._key == "rowid" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            tables = {name: self._rows(cursor, sql) for name, sql in self._queries().items()}
        finally:
            cursor.execute("ROLLBACK")
        return Sight(now or timezone.now(), tables).compare()

    def cursor(self) -> Any:
        """A cursor of the oracle's own connection."""
        if self._connection is None:
            self._connection = self._open()
        return self._connection.cursor()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _queries(self) -> dict[str, str]:
        bodies = " UNION ALL ".join(
            f"SELECT page_ptr_id, body, lead, contact_id, topic_id FROM {table}" for table in BODIES
        )
        return {
            "page": "SELECT id, path, live, go_live_at, expire_at, url_path, locale_id, translation_key, alias_of_id, live_revision_id, "
            "content_type_id, title, search_description FROM wagtailcore_page ORDER BY path",
            "page_restriction": "SELECT page_id FROM wagtailcore_pageviewrestriction",
            "site": "SELECT id, hostname, root_page_id, is_default_site FROM wagtailcore_site",
            "locale": "SELECT id, language_code FROM wagtailcore_locale",
            "content_type": "SELECT id, app_label, model FROM django_content_type",
            "collection": "SELECT id, path FROM wagtailcore_collection",
            "collection_restriction": "SELECT collection_id FROM wagtailcore_collectionviewrestriction",
            "image": "SELECT id, collection_id FROM cms_blocks_image",
            "document": "SELECT id, collection_id FROM cms_blocks_document",
            "contact": "SELECT id, name, translation_key, locale_id FROM cms_blocks_contact",
            "topic": "SELECT id, name, translation_key, locale_id FROM cms_blocks_topic",
            "body": bodies,
            "basis": "SELECT id, page_id, from_revision, wording FROM cms_blocks_translationbasis",
            "review": "SELECT page_id, wording, reviewed_on FROM cms_blocks_easylanguagereview",
            "record": "SELECT * FROM cms_blocks_publicrecord",
            "document_body": "SELECT * FROM cms_blocks_publicdocument",
            "reference": "SELECT * FROM cms_blocks_publicreference",
            "facts": "SELECT record_id FROM toolkit_methodfacts",
            "search": f"SELECT {self._key} AS record_id FROM {SEARCH_TABLE}",
        }

    @staticmethod
    def _rows(cursor: Any, sql: str) -> list[dict[str, Any]]:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description]
        return [
            {name: _plain(name, value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()
        ]

    def _sqlite(self) -> Any:
        opened = sqlite3.connect(self._settings["NAME"], isolation_level=None, timeout=30)
        opened.execute("PRAGMA query_only = ON")
        return opened

    def _postgresql(self) -> Any:
        import psycopg

        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        options = {theirs: self._settings[ours] for ours, theirs in names.items() if self._settings.get(ours)}
        return psycopg.connect(**options, autocommit=True)


def _json_moment(value: datetime) -> str:
    """As Django's JSON encoder writes it: to the thousandth of a second."""
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")


_MOMENTS = {"wording_since", "go_live_at", "expire_at", "visible_from", "visible_until", "valid_until"}
_FLAGS = {"live", "is_live", "listed", "stale", "is_default_site"}


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _MOMENTS:
        return (
            value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)
        )
    if name in _FLAGS:
        return bool(value)
    return str(value).replace("-", "") if name == "translation_key" else value


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE")


@contextmanager
def watching(observer: Observer) -> Iterator[dict[str, list[str]]]:
    """Look after every outermost commit of the default connection, also after a write that commits by itself.

    Gives what was found: moment (``"commit 3"``) → violations.
    """
    found: dict[str, list[str]] = defaultdict(list)
    looks = 0

    def look(what: str) -> None:
        nonlocal looks
        looks += 1
        if violations := observer.look().violations:
            found[f"{what} {looks}"] = violations

    commit = connection.commit

    def commit_and_look() -> None:
        commit()
        look("commit")

    def execute_and_look(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if not connection.in_atomic_block and str(sql).lstrip().upper().startswith(WRITES):
            look(f"write by itself ({str(sql)[:60]})")
        return result

    connection.commit = commit_and_look  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(execute_and_look):
            yield found
    finally:
        del connection.commit
