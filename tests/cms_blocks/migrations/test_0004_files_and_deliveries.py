"""A file that is there already counts as old as its document; in use since nobody knows when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from wagtail.models import Collection

MADE = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)


def test_the_file_of_a_document_is_as_old_as_the_document(migrate_to: Callable[[str, str], Any]) -> None:
    before = migrate_to("cms_blocks", "0003_translation_states").get_model("cms_blocks", "Document").objects
    shelf = Collection.get_first_root_node().pk
    old = before.create(title="Plan", file="documents/plan.pdf", collection_id=shelf)
    before.filter(pk=old.pk).update(created_at=MADE)
    after = migrate_to("cms_blocks", "0004_files_and_deliveries").get_model("cms_blocks", "Document").objects
    document = after.get(pk=old.pk)
    assert (document.file_changed_at, document.created_at, document.unused_since) == (MADE, MADE, None)
