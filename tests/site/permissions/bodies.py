"""What is sent to the doors that want more than an empty form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cms_blocks.blocks.conftest import drawing
from tests.governance.office import form
from tests.site.permissions.scene import Thing

PAGE_TYPE = "website.StandardPage"
PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"X-WagtailLocalize-TranslationID: {uuid}\\n"\n'

Body = Callable[[Thing], Any]
#: By the door's name. All other forms get the page editor's form, which most take for an empty one of their own.
BODIES: dict[str, Body] = {
    "wagtailadmin_pages:copy": lambda thing: {
        "new_title": "Kopie", "new_slug": "kopie", "new_parent_page": thing["destination_id"],
    },
    "wagtailadmin_choose_page_external_link": lambda thing: {"external-link-chooser-url": "https://example.org"},
    "wagtail_localize:upload_pofile": lambda thing: {
        "file": SimpleUploadedFile("x.po", PO.format(**thing).encode()),
    },
    "wagtail_localize:edit_string_translation": lambda thing: {"value": "Words"},
    "wagtail_bulk_action cms_blocks.image add_tags": lambda thing: {"tags": "neu"},
    "wagtail_bulk_action cms_blocks.document add_tags": lambda thing: {"tags": "neu"},
    "wagtail_bulk_action cms_blocks.image add_to_collection": lambda thing: {"collection": thing["shelf"]},
    "wagtail_bulk_action cms_blocks.document add_to_collection": lambda thing: {"collection": thing["shelf"]},
    "wagtail_bulk_action wagtailcore.page move": lambda thing: {"chooser": thing["destination_id"]},
    "wagtail_bulk_action auth.user set_active_state": lambda thing: {"mark_as_active": "False"},
    "wagtail_bulk_action auth.user assign_role": lambda thing: {"role": thing["role"]},
    "wagtailusers_users:edit": lambda thing: {
        "username": thing["username"], "email": "neu@office.example", "first_name": "Neu", "last_name": "Neu",
        "is_active": "on",
    },
    "governance:urgent": lambda thing: {"reason": "Es eilt."},
    "governance:answer": lambda thing: {"answer": "seen"},
    "governance:review": lambda thing: {"review": thing["task_state_id"], "approve": "1", "comment": "Bitte."},
    "wagtailadmin_pages:set_privacy": lambda thing: {"restriction_type": "login"},
    "wagtailadmin_workflows:task_chooser_create": lambda thing: {"create-task-name": "Neu"},
    "wagtailapi_v3:create_image": lambda thing: {
        "title": "Neu", "collection_id": thing["collection"], "alt_text": "Neu", "file": SimpleUploadedFile("x.jpg", drawing()),
    },
    "wagtailapi_v3:create_document": lambda thing: {
        "title": "Neu", "collection_id": thing["collection"], "summary": "Neu", "file": SimpleUploadedFile("x.txt", b"x"),
    },
    "wagtailimages:add_multiple": lambda thing: {"title": "Neu", "files[]": SimpleUploadedFile("x.jpg", drawing())},
    "wagtaildocs:add_multiple": lambda thing: {"title": "Neu", "files[]": SimpleUploadedFile("x.txt", b"x")},
    "wagtail_localize:edit_override": lambda thing: {"value": "1"},
    "languages:page": lambda thing: {"locale": "pl"},
    "wagtailapi_v3:create_page": lambda thing: {
        "title": "Neu", "slug": "neu", "meta": {"type": PAGE_TYPE, "parent_id": thing["destination_id"]},
    },
    "wagtailapi_v3:update_page": lambda thing: {"title": "Neu", "meta": {"type": PAGE_TYPE}},
    "wagtailapi_v3:pages_actions_copy": lambda thing: {
        "slug": "kopie", "destination_id": thing["destination_id"], "keep_live": False,
    },
    "wagtailapi_v3:pages_actions_create_alias": lambda thing: {"slug": "spiegel", "destination_id": thing["destination_id"]},
    "wagtailapi_v3:pages_actions_copy_for_translation": lambda thing: {"locale": "pl", "copy_parents": True},
    "wagtailapi_v3:pages_actions_move": lambda thing: {
        "destination_id": thing["destination_id"], "position": "last-child",
    },
    "wagtailapi_v3:pages_actions_revert": lambda thing: {"revision_id": thing["revision_id_a"]},
    "wagtailapi_v3:create_site": lambda thing: {"hostname": "neu.example", "root_page_id": thing["root_page_id"]},
    "wagtailapi_v3:update_site": lambda thing: {"hostname": "neu.example", "root_page_id": thing["root_page_id"]},
    "wagtailapi_v3:update_snippet": lambda thing: {"name": "Neu", "meta": {"type": "cms_blocks.Topic"}},
}  # fmt: skip


def body(name: str, thing: Thing, method: str) -> Any:
    """What to send through the door ``name``."""
    if method == "GET":
        return {}
    if name in BODIES:
        return BODIES[name](thing)
    return {} if name.startswith("wagtailapi_v3:") else form()
