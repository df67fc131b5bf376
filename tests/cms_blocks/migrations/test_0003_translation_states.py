"""What was made before knows nothing of languages' own links and wordings, so the worker makes it anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_documents_of_public_things_are_made_anew_and_no_others(migrate_to: Callable[[str, str], Any]) -> None:
    before = migrate_to("cms_blocks", "0002_search_table").get_model("cms_blocks", "PublicRecord").objects
    public = before.create(kind="page", object_id=1, locale="de", path="/park/", title="Park", is_live=True, version=3)
    gone = before.create(kind="page", object_id=2, locale="de", is_live=False, version=2)
    after = migrate_to("cms_blocks", "0003_translation_states").get_model("cms_blocks", "PublicRecord").objects
    assert dict(after.values_list("pk", "stale")) == {public.pk: True, gone.pk: False}
    kept = after.get(pk=public.pk)
    assert (kept.title, kept.version, kept.wording, kept.reviewed_on) == ("Park", 3, "", None)
