"""An oracle that does not know the gate: what should be public, told from Wagtail's own tables by raw SQL.

What was read over a connection of its own, so what is committed and nothing else, is compared with what the
gate's tables say. It uses no model, no manager and no function of ``cms_blocks``. :mod:`.observer` reads the rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.conf import settings

STEP = 4  # characters of a tree path for each level
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
DEFAULT_LANGUAGE = "de"
#: Page types that are declared, and the kind each is published as.
KINDS = {
    ("website", "homepage"): "home",
    ("website", "standardpage"): "page",
    ("website", "imprintpage"): "imprint",
    ("website", "accessibilitystatementpage"): "accessibility_statement",
    ("toolkit", "methodpage"): "method",
    ("toolkit", "methodindexpage"): "method_index",
    ("toolkit", "methodfinderpage"): "method_finder",
    ("toolkit", "methodcomparisonpage"): "method_comparison",
}
UNSEARCHED = {"home", "method_comparison"}
#: Columns of a method that lists filter by, from its facts.
FACTS = (
    "purposes", "settings", "recruitment", "group_size_min", "group_size_max", "duration_minutes_min",
    "duration_minutes_max", "preparation_weeks_min", "preparation_weeks_max", "cost_level",
)  # fmt: skip

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

    def expected_combinations(self, page_id: int) -> list[tuple[str, str, str]]:
        """The methods that this one says it goes well with: those visible in its own language, each once."""
        chosen = [row["method_id"] for row in self["combination"] if row["page_id"] == page_id]
        found = [self.in_language_of(page_id, pk) for pk in chosen]
        own = self.public[page_id].locale
        there = [page for page in found if page and page.locale == own and page.id != page_id]
        return list(dict.fromkeys((page.title, self.leads.get(page.id, ""), page.path) for page in there))

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
        if page.kind == "method":
            combined = [(page["title"], page["lead"], page["path"]) for page in document["combines_with"]]
            if combined != (methods := self.expected_combinations(page_id)):
                self._say(f"document of method {page_id} combines {combined} and should combine {methods}")
        if page.locale != DEFAULT_LANGUAGE and document.get("language", {}) != (marks := self.expected_marks(page_id)):
            self._say(f"document of page {page_id} says {document.get('language')} and should say {marks}")
        for table in ("contact", "topic"):
            name = document.get(table, {}).get("name")
            if page_id in self.bodies and name != (wanted_name := self.expected_name(table, page_id)):
                self._say(f"document of page {page_id}: its {table} is {name!r} and should be {wanted_name!r}")

    def _rows_of_live_records(self, live: dict[int, dict[str, Any]]) -> None:
        facts = {row["record_id"]: row for row in self["facts"]}
        methods = {row["page_ptr_id"]: row for row in self["method"]}
        live_methods = {pk: methods.get(row["object_id"], {}) for pk, row in live.items() if row["kind"] == "method"}
        if facts.keys() != live_methods.keys():
            self._say(f"facts and live methods differ: {sorted(facts.keys() ^ live_methods.keys())}")
        for pk in facts.keys() & live_methods.keys():
            if other := [name for name in FACTS if facts[pk][name] != live_methods[pk].get(name)]:
                self._say(f"facts of record {pk} are not those of its method: {other}")
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


def _json_moment(value: datetime) -> str:
    """As Django's JSON encoder writes it: to the thousandth of a second."""
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")
