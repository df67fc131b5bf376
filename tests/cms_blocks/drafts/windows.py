"""An editor's window as its form sends itself: what was loaded, what is written, saved by hand or by itself."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from wagtail.test.utils.form_data import rich_text, streamfield

from cms_blocks.publication.unit import unit
from tests.governance.office import draft, form, fresh


def paragraph(words: str) -> dict[str, Any]:
    """A body of one paragraph, which every window of these tests has under the same id."""
    body = streamfield([("paragraph", rich_text(f"<p>{words}</p>"))])
    body["0"]["id"] = "11111111-1111-4111-8111-111111111111"
    return body


def page_of(half: str = "administration", **more: Any) -> Any:
    """A page whose newest version is a draft by anna."""
    with unit():
        return draft(half, **more)


class Window:
    """One open editor. It remembers the version it was opened on, as the form does."""

    def __init__(self, client: Client, page: Any) -> None:
        self.client, self.page, self.own = client, page, ""
        newest = fresh(page).latest_revision
        self.loaded, self.time = str(newest.pk), newest.created_at.isoformat()

    def fields(self, title: str, words: str, **more: Any) -> dict[str, Any]:
        half, slug = self.page.half, self.page.slug
        loaded = {"loaded_revision_id": self.loaded, "loaded_revision_created_at": self.time}
        return form(title, slug, half, body=paragraph(words)) | loaded | more

    def save(self, title: str = "Seite", words: str = "Ein Satz.", **more: Any) -> Any:
        """Press a button; without a name "save draft"."""
        return self.client.post(f"/admin/pages/{self.page.pk}/edit/", self.fields(title, words, **more))

    def autosave(self, title: str = "Seite", words: str = "Ein Satz.", **more: Any) -> dict[str, Any]:
        """The form saves itself; the answer of the server. As the script does, it goes on from what was saved."""
        own = {"overwrite_revision_id": self.own} if self.own else {}
        fields = self.fields(title, words, **own, **more)
        answer = self.client.post(f"/admin/pages/{self.page.pk}/edit/", fields, headers={"Accept": "application/json"})
        said = json.loads(answer.content)
        if said["success"]:
            self.own = self.loaded = str(said["revision_id"])
            self.time = said["revision_created_at"]
        return said


def texts(page: Any) -> list[str]:
    """The words of all versions of the page, the newest last."""
    revisions = page.revisions.order_by("created_at", "pk")
    return [f"{revision.content['title']}: {revision.content['body']}" for revision in revisions]
