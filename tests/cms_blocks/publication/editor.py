"""An editor who does everything as people do it: through the admin's views, the write API and the commands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pixels
from wagtail.models import APIToken, Collection, GroupApprovalTask, Locale, Page, Site, Workflow, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms_blocks.models import Document, Image
from cms_blocks.rich_text import FEATURES
from tests.cms_blocks.publication.page_forms import WITH_MORE, fields_of
from tests.infrastructure.database import Kept

#: A block as the tests write it: ``("paragraph", html)``, ``("related_pages", [ids])``, ``("image", id)``.
Block = tuple[str, Any]

#: Where Wagtail answers 500 instead of refusing: editing or bulk publishing an alias, and the write API translating a
#: subtree of which a part is translated already, or moving a page beside or below itself.
CRASHES = (
    "was called on an alias page",
    "wagtailcore_page.translation_key",
    "wagtailcore_page_translation_key",
    "Can't move node to",
)

#: The house that ``found_house`` makes, for all tests of a process.
HOUSE = Kept()


def found_house() -> Page:
    """Put a home page in place of Wagtail's welcome page, and have every offered language and an editor. Returns it."""
    from cms_blocks.publication.unit import unit
    from website.models import HomePage

    call_command("setup_office", stdout=StringIO())
    with unit():
        welcome = Site.objects.get(is_default_site=True).root_page
        root = Page.get_first_root_node()
        home = root.add_child(instance=HomePage(title="Start", slug="start", locale=Locale.get_default()))
        Site.objects.update(root_page=home)
        Site.objects.get().save()
        welcome.delete()
    home.save_revision().publish()
    get_user_model().objects.create_superuser("editor", "editor@example.org", "x")
    return Page.objects.get(pk=home.pk)


def make_image(title: str, collection: Collection) -> Image:
    output = BytesIO()
    Pixels.new("RGB", (8, 6), "steelblue").save(output, "PNG")
    file = ImageFile(BytesIO(output.getvalue()), name="picture.png")
    return Image.objects.create(title=title, alt_text=title, file=file, collection=collection)


def make_document(title: str, collection: Collection) -> Document:
    return Document.objects.create(title=title, file=ContentFile(b"a line\n", name="note.txt"), collection=collection)


def link(kind: str, pk: int) -> str:
    return f'<a linktype="{kind}" id="{pk}">there</a>'


def stored(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks as a page stores them and the write API takes them."""
    found = []
    for sort, value in blocks:
        if sort == "related_pages":
            value = {"title": "", "pages": list(value)}
        elif sort == "image":
            value = {"image": value, "decorative": True, "alt": "", "caption": "", "size": "text"}
        found.append({"type": sort, "value": value})
    return found


def posted(blocks: Iterable[Block]) -> dict[str, Any]:
    """Blocks as the editor's form sends them."""
    items = []
    for sort, value in blocks:
        if sort == "paragraph":
            value = rich_text(value, features=FEATURES)
        elif sort == "related_pages":
            value = {"title": "", "pages": streamfield([("item", pk) for pk in value])}
        elif sort == "image":
            value = {"image": value, "decorative": "on", "alt": "", "caption": "", "size": "text"}
        items.append((sort, value))
    return streamfield(items)


class Editor:
    """Somebody with every right. Each method is one request; it returns whether the request did something."""

    def __init__(self) -> None:
        self.user = get_user_model().objects.get(username="editor")
        self.client = Client(raise_request_exception=False)
        self.login()
        self.group = Group.objects.get_or_create(name="Insiders")[0]

    def login(self) -> None:
        """With a session and with a token; again when the database was put back."""
        self.client.force_login(self.user)
        token = APIToken.generate_token()
        APIToken.objects.create(
            user=self.user,
            name="test",
            key_hash=APIToken.hash_token(token),
            prefix=token[:12],
            last_used_at=timezone.now(),
        )
        self.headers = {"authorization": f"Bearer {token}"}

    # Pages in the admin

    def create(
        self,
        parent: int,
        title: str,
        slug: str,
        blocks: Sequence[Block] = (),
        *,
        sort: str = "website.standardpage",
        publish: bool = True,
        **fields: Any,
    ) -> bool:
        """``sort``: the page type. A method takes ``people=`` and ``goes_with=`` as well."""
        data = self._form(title, slug, blocks, sort=sort, **fields)
        action = {"action-publish": "1"} if publish else {}
        return self._post("wagtailadmin_pages:add", *sort.split("."), parent, data={**data, **action})

    def edit(
        self,
        page: int,
        title: str,
        slug: str,
        blocks: Sequence[Block] = (),
        *,
        action: str = "publish",
        sort: str = "website.standardpage",
        **fields: Any,
    ) -> bool:
        """``action``: ``"publish"``, ``"submit"`` to the workflow, or ``""`` to save a draft. ``sort``: the page type."""
        known = Page.objects.get(pk=page).get_latest_revision_as_object() if sort in WITH_MORE else None
        data = self._form(title, slug, blocks, sort=sort, known=known, **fields)
        return self._post("wagtailadmin_pages:edit", page, data=data | ({f"action-{action}": "1"} if action else {}))

    def unpublish(self, page: int, *, descendants: bool = False) -> bool:
        return self._post(
            "wagtailadmin_pages:unpublish", page, data={"include_descendants": "on"} if descendants else {}
        )

    def move(self, page: int, to: int) -> bool:
        return self._post("wagtailadmin_pages:move_confirm", page, to)

    def reorder(self, page: int, position: int) -> bool:
        return self._post("wagtailadmin_pages:set_page_position", page, query={"position": position})

    def copy(self, page: int, to: int, title: str, slug: str, *, recursive: bool, publish: bool, alias: bool) -> bool:
        flags = {"copy_subpages": recursive, "publish_copies": publish, "alias": alias}
        data = {"new_title": title, "new_slug": slug, "new_parent_page": to}
        return self._post(
            "wagtailadmin_pages:copy", page, data={**data, **{name: "on" for name, flag in flags.items() if flag}}
        )

    def convert_alias(self, page: int) -> bool:
        return self._post("wagtailadmin_pages:convert_alias", page)

    def delete(self, page: int) -> bool:
        return self._post("wagtailadmin_pages:delete", page)

    def restrict(self, page: int, restriction: str) -> bool:
        """``restriction``: ``"login"``, ``"groups"`` or ``"none"``."""
        return self._post("wagtailadmin_pages:set_privacy", page, data=self._privacy(restriction))

    def bulk(self, action: str, pages: Iterable[int], **data: Any) -> bool:
        """``action``: ``"publish"``, ``"unpublish"``, ``"move"`` (``chooser=``) or ``"delete"``."""
        return self._bulk("wagtailcore", "page", action, pages, data)

    def unschedule(self, page: int) -> bool:
        revision = Page.objects.get(pk=page).revisions.filter(approved_go_live_at__isnull=False).first()
        return bool(revision) and self._post("wagtailadmin_pages:revisions_unschedule", page, revision.pk)

    def revert(self, page: int, **form: Any) -> bool:
        revision = Page.objects.get(pk=page).revisions.order_by("created_at", "pk").first()
        return bool(revision) and self.edit(page, revision=str(revision.pk), **form)

    # Workflow

    def set_up_workflow(self, page: Page) -> None:
        self.user.groups.add(self.group)
        task = GroupApprovalTask.objects.create(name="Second pair of eyes")
        task.groups.add(self.group)
        workflow = Workflow.objects.create(name="Four eyes")
        WorkflowTask.objects.create(workflow=workflow, task=task)
        workflow.workflow_pages.create(page=page)

    def decide(self, page: int, action: str) -> bool:
        """``action``: ``"approve"`` or ``"reject"`` what waits for approval, if anything does."""
        state = Page.objects.get(pk=page).specific.current_workflow_task_state
        return bool(state) and self._post(
            "wagtailadmin_pages:workflow_action", page, action, state.pk, data={"comment": "", "next": "/admin/"}
        )

    # Files and collections, sites

    def restrict_collection(self, collection: int, restriction: str) -> bool:
        return self._post("wagtailadmin_collections:set_privacy", collection, data=self._privacy(restriction))

    def move_collection(self, collection: int, parent: int) -> bool:
        data = {"name": f"Collection {collection}", "parent": parent}
        return self._post("wagtailadmin_collections:edit", collection, data=data)

    def delete_collection(self, collection: int) -> bool:
        return self._post("wagtailadmin_collections:delete", collection)

    def shelve(self, kind: str, files: Iterable[int], collection: int) -> bool:
        """The bulk action “add to collection”; ``kind``: ``"image"`` or ``"document"``."""
        return self._bulk("cms_blocks", kind, "add_to_collection", files, {"collection": collection})

    def delete_file(self, kind: str, pk: int) -> bool:
        return self._post("wagtailimages:delete" if kind == "image" else "wagtaildocs:delete", pk)

    def rename_image(self, pk: int, title: str, collection: int) -> bool:
        data = {"title": title, "alt_text": title, "collection": collection, "tags": "", "credit": "", "licence": ""}
        return self._post("wagtailimages:edit", pk, data=data)

    def set_site_root(self, root: int) -> bool:
        """Make this page the root of the default site; of a new one, when the old one went with its root page."""
        site = Site.objects.filter(is_default_site=True).first()
        data = {"hostname": "localhost", "port": 80, "site_name": "", "root_page": root, "is_default_site": "on"}
        if site is None:
            return self._post("wagtailsites:add", data=data)
        return self._post("wagtailsites:edit", site.pk, data=data)

    # Translations

    def translate(self, page: int, code: str, *, subtree: bool = False) -> bool:
        data = {"locales": [Locale.objects.get(language_code=code).pk]} | ({"include_subtree": "on"} if subtree else {})
        return self._post("wagtail_localize:submit_page_translation", page, data=data)

    def update_translations(self, source: int, *, publish: bool) -> bool:
        data = {"publish_translations": "on"} if publish else {}
        return self._post("wagtail_localize:update_translations", source, data=data)

    def publish_translation(self, page: int) -> bool:
        return self._post("wagtailadmin_pages:edit", page, data={"action": "publish"})

    def convert_to_alias(self, page: int) -> bool:
        return self._post("wagtail_localize:convert_to_alias", page)

    # The write API

    def api(self, method: str, path: str, **data: Any) -> bool:
        """One request to the write API; ``path`` below ``pages/``."""
        ask = getattr(Client(raise_request_exception=False), method)
        address = f"/api/write/v3/pages/{path}"
        self._answered(ask(address, data=json.dumps(data), content_type="application/json", headers=self.headers))
        return self.last.status_code < 400

    # Commands

    @staticmethod
    def command(*arguments: str, **options: Any) -> str:
        output = StringIO()
        call_command(*arguments, stdout=output, stderr=output, **options)
        return output.getvalue()

    def import_methods(self, index: int, entries: list[dict[str, Any]]) -> bool:
        """Whether the command took the file."""
        with NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(entries, file)
            file.flush()
            try:
                self.command("import_methods", file.name, parent=str(index))
            except CommandError:
                return False
        return True

    # How it is sent

    def _form(
        self,
        title: str,
        slug: str,
        blocks: Sequence[Block],
        *,
        go_live_at: datetime | None = None,
        expire_at: datetime | None = None,
        lead: str = "",
        sort: str = "",
        known: Any = None,
        people: int = 10,
        goes_with: Iterable[int] = (),
        **fields: Any,
    ) -> dict[str, Any]:
        more, ticked = fields_of(sort, known, people, goes_with)
        comments = {f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM")}
        return ticked | nested_form_data(
            {
                "title": title,
                "slug": slug,
                "lead": lead,
                "headline": "",
                "half": "joint",
                "show_in_menus": "on",
                "go_live_at": _local(go_live_at),
                "expire_at": _local(expire_at),
                "body": posted(blocks),
                **dict.fromkeys(
                    ("topic", "contact", "review_date", "illustration", "seo_title", "search_description"), ""
                ),
                **comments,
                **more,
                **fields,
            }
        )

    def _privacy(self, restriction: str) -> dict[str, Any]:
        return {"restriction_type": restriction, "password": ""} | (
            {"groups": [Group.objects.get(name=self.group.name).pk]} if restriction == "groups" else {}
        )

    def _bulk(self, app: str, model: str, action: str, ids: Iterable[int], data: dict[str, Any]) -> bool:
        query = [*(("id", pk) for pk in ids), ("next", "/admin/")]
        return self._post("wagtail_bulk_action", app, model, action, data=data, query=query)

    def _post(self, name: str, *args: Any, data: dict[str, Any] | None = None, query: Any = ()) -> bool:
        address = reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")
        self._answered(self.client.post(address, data or {}))
        if self.last.status_code == 302 and "login" in self.last["Location"]:
            self.login()  # the clock has moved past the end of the session
            self._answered(self.client.post(address, data or {}))
        if self.last.status_code == 200 and self.last.get("Content-Type", "").startswith("application/json"):
            return "done" in json.loads(self.last.content).get("step", "")
        return self.last.status_code == 302 or name.endswith("set_page_position")

    def _answered(self, response: Any) -> None:
        """Remember the response. A crash is passed on, but for Wagtail's own: then nothing may have happened."""
        self.last = response
        if response.status_code >= 500 and not any(words in str(response.exc_info[1]) for words in CRASHES):
            raise response.exc_info[1]


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S.%f") if moment else ""
