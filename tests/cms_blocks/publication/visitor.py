"""Somebody without a session who tries every address, and the questions a reader of the gate asks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from django.test import Client

from cms_blocks.publication import reader
from cms_blocks.publication.records import PublicRecord
from tests.cms_blocks.publication.observer import Sight

#: Words that stand nowhere by chance: ``zq17t`` in a title, ``zq17b`` in a text.
TOKEN = re.compile(r"zq\d+[tb]")


class Visitor:
    def __init__(self) -> None:
        self.client = Client()
        self.addresses: set[str] = set()

    def problems(self, sight: Sight, look_at: Iterable[int] | None = None) -> Iterator[str]:
        """What the anonymous get to see at the addresses of these pages (none named: all) and should not, or miss."""
        visible_titles = {token for page in sight.visible.values() for token in TOKEN.findall(page.title + " ")}
        leads = {token for pk in sight.visible for token in TOKEN.findall(sight.leads.get(pk, ""))}
        expected = {page.path: page for page in sight.visible.values()}
        own = {page["id"]: sight.address(page) for page in sight["page"]}
        self.addresses.update(address[0] for address in own.values() if address)
        wanted = None if look_at is None else {own[pk][0] for pk in look_at if own.get(pk)}
        for address in sorted(self.addresses if wanted is None else wanted):
            response = self.client.get(address)
            page = expected.get(address)
            if (response.status_code == 200) != (page is not None) or response.status_code not in (200, 404):
                yield f"{address} answers {response.status_code}; visible there: {page}"
                continue
            words = set(TOKEN.findall(response.content.decode()))
            titles, texts = {word for word in words if word[-1] == "t"}, {word for word in words if word[-1] == "b"}
            if titles - visible_titles:
                yield f"LEAK: {address} names {sorted(titles - visible_titles)}"
            live = set(TOKEN.findall(json.dumps(sight.bodies.get(page.id, [])))) if page else set()
            live = {word for word in live if word[-1] == "b"}
            if texts - leads != live:
                yield f"{address} holds the texts {sorted(texts)} and should hold {sorted(live)}"

    def document_problems(self, sight: Sight) -> Iterator[str]:
        """Whether the reader's documents are right now, whatever is stored."""
        known = len(sight.violations)
        for record in PublicRecord.objects.visible(sight.now):
            sight.check_document(record.object_id, json.loads(reader.document_text(record, sight.now)))
        yield from (f"read: {words}" for words in sight.violations[known:])

    def file_problems(self, sight: Sight) -> Iterator[str]:
        """Whether exactly those files are public that a visible page uses and that lie in no private collection."""
        for kind in ("image", "document"):
            served = {row["id"] for row in sight[kind] if reader.is_file_public(kind, row["id"])}
            if served != (wanted := sight.served_files(kind)):
                yield f"public {kind}s are {sorted(served)} and should be {sorted(wanted)}"
