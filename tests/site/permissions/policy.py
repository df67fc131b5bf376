"""Who may call what: each door behind the login with one of few policies. What is not listed here fails the test.

A policy names for each person whose things they may have. ``operator`` is a superuser, who may do all but answer for a
half. "Shown" is a GET, "done" is a POST (or what the write API asks for instead).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.site.permissions.scene import AREAS, PEOPLE

#: Whose a thing is when the door is about no particular thing.
NOTHING = "-"
EVERYBODYS = "*"


@dataclass(frozen=True)
class Policy:
    """In words, and person → whose things."""

    says: str
    whose: Mapping[str, frozenset[str]]

    def allows(self, who: str, whose: str) -> bool:
        given = self.whose.get(who, frozenset())
        return EVERYBODYS in given or whose in given


def policy(says: str, everything: str = "", *, operator: str = EVERYBODYS, **own: str) -> Policy:
    """``everything``: people who may have everybody's; by name: people and whose things they may have."""
    given = dict.fromkeys(everything.split(), EVERYBODYS) | own | {"operator": operator}
    return Policy(says, {who: frozenset(whose.split()) for who, whose in given.items()})


_OFFICE = "administration carrier administrator"
_AT_THE_DESK = f"{_OFFICE} board translator easy guest"

ANYBODY = policy("everybody, without a login", " ".join(PEOPLE))
DESK = policy("everybody who may enter the desk", _AT_THE_DESK)
NOBODY = policy("nobody: it is off", operator="")
OPERATOR = policy("superusers only")
ADMINISTRATORS = policy("administrators", "administrator")
ACCOUNTS = policy(
    "administrators, a superuser's account only superusers", administrator="colleague administration guest administrator",
)  # fmt: skip
OTHER_ACCOUNTS = policy(
    "the same, and nobody their own", administrator="colleague administration guest",
    operator="colleague administration guest administrator",
)  # fmt: skip
ROLES = policy(
    "administrators to everybody but superusers and themselves", administrator="colleague administration guest",
)  # fmt: skip
OTHER_GROUPS = policy("administrators, their own group only superusers", administrator="all")
OFFICE = policy("editors of both halves and administrators", _OFFICE)
ANY_PAGE = policy("whoever may change some page", f"{_OFFICE} board translator easy")
WRITE = policy(
    "whoever may change this page: editors and administrators, the board its own area, translators and reviewers of "
    "Leichte Sprache the languages they are there for",
    _OFFICE, board="board", translator="translated easy_language", easy="easy_language",
)  # fmt: skip
TAKE_AWAY = policy("editors and administrators, the board in its own area", _OFFICE, board="board")
LOCK = policy("editors and administrators", _OFFICE)
PUBLISH = policy(
    "the half that speaks alone and wrote it; the board in its own area",
    administration="administration", carrier="carrier", board="board",
)  # fmt: skip
URGENT = policy(
    "whoever of editors and administrators may not publish it anyway",
    "administrator",
    administration="carrier joint board translated easy_language",
    carrier="administration joint board translated easy_language",
    operator="",
)
APPROVE = policy(
    "the half that did not write it; superusers, for the way in",
    administration="board translated easy_language",
    carrier="joint board translated easy_language",
)
BY_HALF = policy(
    "the half that is asked", administration="administration", carrier="carrier", operator="",
)  # fmt: skip
TRANSLATE = policy("whoever translates, from public pages", f"{_OFFICE} translator")
LANGUAGES = policy("whoever translates or reviews Leichte Sprache", f"{_OFFICE} translator easy")
PAGE_LANGUAGES = policy(
    "whoever translates; reviewers of Leichte Sprache there", f"{_OFFICE} translator", easy="easy_language",
)  # fmt: skip
REVIEW_EASY = policy("reviewers of Leichte Sprache there", easy="easy_language", operator="easy_language")
ADD_FILES = policy("editors, administrators, the board", f"{_OFFICE} board")
CHANGE_FILES = policy("editors and administrators, the board what it put there", _OFFICE, board="board")
CHOOSE_FILES = policy("every group", f"{_OFFICE} board translator easy")
OWN_UPLOAD = policy(
    "whoever sent the file", administration="administration", carrier="carrier", board="board", operator="",
)  # fmt: skip
OWN_SESSION = policy(
    "whoever sits at that editor", administration="administration joint", carrier="carrier", board="board",
    translator="translated", easy="easy_language", operator="",
)  # fmt: skip
OWN_TOKEN = policy("whose token it is", administration="administration", board="board", operator=EVERYBODYS)


@dataclass(frozen=True)
class Rule:
    """``sort``: what the door is about (``""``: nothing in particular); ``given``: further arguments."""

    shown: Policy
    done: Policy
    sort: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    #: Everybody gets the same answer to a POST; only for some something comes of it.
    by_deed: bool = False

    @property
    def names_others(self) -> bool:
        """Lists and choosers, where what may not be seen must not stand."""
        return not self.sort or bool(self.query)

    def allows(self, who: str, whose: str, method: str) -> bool:
        return (self.shown if method == "GET" else self.done).allows(who, whose)


LISTED: dict[str, Rule] = {}
#: Names of the office, notices and principles, which both halves write.
SNIPPETS = [*(("cms_blocks", model) for model in ("contact", "notice", "office", "topic")), ("procedures", "principle")]


def listed(shown: Policy, sort: str, names: str, *, done: Policy | None = None, **more: Any) -> None:
    """List doors, all with the same rule; ``done`` where a POST is for others than a GET."""
    for name in names.split("\n"):
        if name.strip():
            LISTED[name.strip()] = Rule(shown, done or shown, sort, **more)


def _viewset(namespace: str, names: str) -> str:
    return "\n".join(f"{namespace}:{name}" for name in names.split())


_ALL_OF_A_MODEL = "delete edit history_results history usage copy"
_LISTS = "index index_results add"

listed(ANYBODY, "", """
    wagtailadmin_login
    wagtailadmin_password_reset
    wagtailadmin_password_reset_complete
    wagtailadmin_password_reset_done
    wagtailadmin_javascript_catalog
    wagtailadmin_sprite
""")  # fmt: skip
listed(ANYBODY, "", "wagtailadmin_password_reset_confirm", given={"uidb64": "x", "token": "x"})

# One's own account and what is the same for everybody.
listed(DESK, "", """
    wagtailadmin_home
    wagtailadmin_account
    second_factor
    second_factor_codes
    second_factor_off
    second_factor_set_up
    wagtailadmin_dismissibles
    wagtailadmin_choose_page_anchor_link
    wagtailadmin_choose_page_email_link
    wagtailadmin_choose_page_external_link
    wagtailadmin_choose_page_phone_link
    wagtailembeds:chooser
    wagtailembeds:chooser_upload
    wagtail_localize:javascript_catalog
    wagtailadmin_tag_autocomplete
    drafts:standing
    admin/test404/
    wagtailapi_v3:whoami
    wagtailapi_v3:list_schemas
""")  # fmt: skip
listed(NOBODY, "", """
    admin/^.*/$
    no_alarms
    wagtailadmin_error_test
    wagtailapi_v3:api-root
    wagtailapi_v3:openapi-view
    wagtailapi_v3:openapi-json
""")  # fmt: skip

# After the password and before the code only.
listed(NOBODY, "", "second_factor_code")
listed(DESK, "", "wagtailadmin_logout", by_deed=True)
listed(DESK, "", "wagtailadmin_tag_model_autocomplete", given={"app_name": "taggit", "model_name": "tag"})
listed(DESK, "block", "wagtailadmin_block_preview", query="?id={block_id}")
listed(DESK, "", "guide:index\nguide:task")
# No snippet is offered there.
listed(NOBODY, "", "wagtailapi_v3:list_snippets\nwagtailapi_v3:create_snippet", given={"type": "cms_blocks.Topic"})
listed(NOBODY, "topic", """
    wagtailapi_v3:delete_snippet
    wagtailapi_v3:detail_snippet
    wagtailapi_v3:update_snippet
    wagtailapi_v3:list_snippet_revisions
    wagtailapi_v3:detail_snippet_revision
    wagtailapi_v3:snippets_actions_copy_for_translation
    wagtailapi_v3:snippets_actions_delete
    wagtailapi_v3:snippets_actions_publish
    wagtailapi_v3:snippets_actions_revert
    wagtailapi_v3:snippets_actions_unpublish
""", given={"type": "cms_blocks.Topic", "revision_id": 1})  # fmt: skip
listed(DESK, "", "wagtailapi_v3:get_schema_for_type", given={"type_name": "website.StandardPage"})

# Accounts, groups, sites, languages, collections.
listed(ADMINISTRATORS, "", _viewset("wagtailusers_users", _LISTS))
listed(ADMINISTRATORS, "user", _viewset("wagtailusers_users", "history_results history usage"))
listed(ACCOUNTS, "user", "wagtailusers_users:edit")
listed(OTHER_ACCOUNTS, "user", "wagtailusers_users:delete")
listed(ACCOUNTS, "user", "second_factor_take_away")
listed(ADMINISTRATORS, "", _viewset("wagtailusers_groups", _LISTS))
listed(ADMINISTRATORS, "group", _viewset("wagtailusers_groups", "history_results history usage"))
listed(OTHER_GROUPS, "group", _viewset("wagtailusers_groups", "edit delete"))
for _namespace, _sort in (("wagtailsites", "site"), ("wagtaillocales", "locale")):
    listed(ADMINISTRATORS, "", _viewset(_namespace, _LISTS))
    listed(ADMINISTRATORS, _sort, _viewset(_namespace, _ALL_OF_A_MODEL))
listed(ADMINISTRATORS, "", _viewset("wagtailadmin_collections", "index add"))
listed(ADMINISTRATORS, "collection", _viewset("wagtailadmin_collections", "set_privacy edit delete"))
listed(OPERATOR, "", _viewset("wagtailusers_api_tokens", _LISTS))
listed(OPERATOR, "token", _viewset("wagtailusers_api_tokens", "edit history_results history usage"))
listed(OPERATOR, "token", "wagtailusers_api_tokens:delete")
listed(ADMINISTRATORS, "", "wagtailapi_v3:list_sites")
listed(ADMINISTRATORS, "site", """
    wagtailapi_v3:create_site
    wagtailapi_v3:delete_site
    wagtailapi_v3:detail_site
    wagtailapi_v3:update_site
""")  # fmt: skip

# The workflow is the code's (manage.py setup_office).
listed(OPERATOR, "", """
    wagtailadmin_workflows:add
    wagtailadmin_workflows:index
    wagtailadmin_workflows:index_results
    wagtailadmin_workflows:task_index
    wagtailadmin_workflows:task_index_results
    wagtailadmin_workflows:select_task_type
""")  # fmt: skip
listed(OPERATOR, "workflow", _viewset("wagtailadmin_workflows", "disable edit remove usage usage_results"))
listed(OPERATOR, "workflow_off", "wagtailadmin_workflows:enable")
listed(OPERATOR, "task", _viewset("wagtailadmin_workflows", "add_task disable_task edit_task"))
listed(OPERATOR, "task_off", "wagtailadmin_workflows:enable_task")
listed(DESK, "task", "wagtailadmin_workflows:task_chosen")
listed(DESK, "", _viewset("wagtailadmin_workflows", "task_chooser task_chooser_results"))
listed(DESK, "", "wagtailadmin_workflows:task_chooser_create", done=OPERATOR,
       query="?create_model=governance.otherhalftask")  # fmt: skip

# Four eyes.
listed(OFFICE, "", """
    governance:approvals
    governance:parity
    governance:parity_results
    desk:card waiting
""")  # fmt: skip
listed(WRITE, "waiting", "governance:review", done=APPROVE, by_deed=True)
listed(WRITE, "page", "governance:submit")
listed(URGENT, "page", "governance:urgent")
listed(OFFICE, "act", "governance:answer", done=BY_HALF)
listed(APPROVE, "waiting", """
    wagtailadmin_pages:workflow_action
    wagtailadmin_pages:collect_workflow_action_data
""", given={"action_name": "approve"})  # fmt: skip
listed(APPROVE, "waiting", "wagtailadmin_pages:workflow_preview")
listed(WRITE, "waiting", "wagtailadmin_pages:workflow_history_detail")
# Names workflow and task, not the page.
listed(DESK, "waiting", "wagtailadmin_pages:confirm_workflow_cancellation")

# The desk.
listed(ADMINISTRATORS, "", "desk:card deliveries\ndesk:deliveries\ndesk:retry_all")
listed(ADMINISTRATORS, "delivery", "desk:retry\ndesk:settle")
listed(ADMINISTRATORS, "", "webhooks:index\nwebhooks:add")
listed(
    ADMINISTRATORS, "webhook", _viewset("webhooks", "endpoint edit delete history history_results test secret on off")
)
listed(ADMINISTRATORS, "webhook_call", "webhooks:retry")
listed(NOBODY, "", "desk:card running")
listed(ANY_PAGE, "", "desk:card drafts\ndesk:card review\ndesk:card schedule")
listed(OFFICE, "", "desk:card ending\ndesk:card late-results\ndesk:card notices")
listed(LANGUAGES, "", "desk:card translations")
listed(policy("reviewers of Leichte Sprache", "easy"), "", "desk:card easy-language")

# Update rounds.
listed(OFFICE, "", "rounds:index\nrounds:add\ndesk:card rounds")
listed(OFFICE, "round", "rounds:round\nrounds:remind\nrounds:close")
listed(OFFICE, "round_letter", "rounds:reissue")
listed(OFFICE, "round_waiting", "rounds:draft")
listed(OFFICE, "round_request", "rounds:discard")
# Editions.
listed(OFFICE, "", "editions:index\neditions:add\ndesk:card editions")
listed(OFFICE, "edition", _viewset("editions", "edition facts draft_paper choose agree schedule publish delete"))
listed(OFFICE, "edition_draft", "editions:take")
listed(OFFICE, "edition_planned", "editions:call_off")
listed(ADMINISTRATORS, "edition_public", "editions:withdraw")
# Import of procedures.
listed(OFFICE, "", "procedure_imports:index\nprocedure_imports:template")
listed(OFFICE, "procedure_list", "procedure_imports:list")
listed(OFFICE, "import", _viewset("procedure_imports", "run errors undo discard"))

# Pages.
listed(WRITE, "page", """
    wagtailadmin_pages:edit
    wagtailadmin_pages:preview_on_edit
    wagtailadmin_pages:history
    wagtailadmin_pages:history_results
    wagtailadmin_pages:revisions_revert
    wagtailadmin_pages:revisions_view
    wagtailadmin_pages:revisions_compare
    wagtailadmin_pages:usage
    wagtailadmin_pages:view_draft
    wagtailadmin_pages:workflow_history
    wagtailadmin_pages:copy
    wagtailadmin_api:pages:detail
    content_checks
""")  # fmt: skip
# The first says only whether one may edit, the second only leads on to the history, which asks.
listed(DESK, "page", "drafts:page_standing\nwagtailadmin_pages:revisions_index")
listed(WRITE, "kept", "drafts:both")
listed(WRITE, "alias", "wagtailadmin_pages:convert_alias")
listed(TAKE_AWAY, "page", "wagtailadmin_api:pages:action", given={"action_name": "unpublish"})
listed(TAKE_AWAY, "page", """
    wagtailadmin_pages:add_subpage
    wagtailadmin_pages:add
    wagtailadmin_pages:preview_on_add
    wagtailadmin_pages:delete
    wagtailadmin_pages:unpublish
    wagtailadmin_pages:move
    wagtailadmin_pages:move_confirm
    wagtailadmin_pages:set_page_position
""")  # fmt: skip
listed(TAKE_AWAY, "planned", "wagtailadmin_pages:revisions_unschedule")
listed(LOCK, "page", "wagtailadmin_pages:lock")
listed(LOCK, "locked", "wagtailadmin_pages:unlock")
listed(PUBLISH, "page", "wagtailadmin_pages:set_privacy")
listed(ANY_PAGE, "", """
    wagtailadmin_explore_root
    wagtailadmin_reports:aging_pages
    wagtailadmin_reports:aging_pages_results
    wagtailadmin_reports:page_types_usage
    wagtailadmin_reports:page_types_usage_results
    wagtailadmin_reports:workflow
    wagtailadmin_reports:workflow_results
    wagtailadmin_reports:workflow_tasks
    wagtailadmin_reports:workflow_tasks_results
""")  # fmt: skip
# Leads on to one's own area where this is not in it.
listed(ANY_PAGE, "page", "wagtailadmin_explore\nwagtailadmin_explore_results")
listed(ANY_PAGE, "", "wagtailadmin_pages:search\nwagtailadmin_pages:search_results", query="?q=Geheim")
_standard_page = {
    "content_type_app_name": "website", "content_type_model_name": "standardpage", "app_label": "website",
    "model_name": "standardpage",
}  # fmt: skip
listed(ANY_PAGE, "", "wagtailadmin_pages:type_use\nwagtailadmin_pages:type_use_results", given=_standard_page)
# Offers only parents below which one may add.
listed(DESK, "", "wagtailadmin_pages:choose_parent", given=_standard_page)
listed(OFFICE, "", "wagtailadmin_reports:locked_pages\nwagtailadmin_reports:locked_pages_results")
listed(DESK, "", """
    admin/reports/site-history/
    wagtailadmin_reports:site_history
    wagtailadmin_reports:site_history_results
    wagtailadmin_choose_page
    wagtailadmin_api:pages:listing
    wagtailapi_v3:list_pages
""")  # fmt: skip
listed(DESK, "", "wagtailadmin_choose_page_search", query="?q=Geheim")
listed(WRITE, "hidden", "wagtailadmin_choose_page_child")
listed(WRITE, "hidden", "wagtailadmin_choose_page_chosen_multiple", query="?id={page_id}")
listed(WRITE, "page", "wagtailadmin_api:pages:find\nwagtailapi_v3:find_page", query="?id={page_id}")
listed(WRITE, "session", "wagtailadmin_editing_sessions:ping")
listed(DESK, "session", "wagtailadmin_editing_sessions:release", done=OWN_SESSION, by_deed=True)
for _action, _policy in {"delete": TAKE_AWAY, "move": TAKE_AWAY, "publish": PUBLISH, "unpublish": TAKE_AWAY}.items():
    listed(DESK, "hidden" if _action == "delete" else "page", f"wagtail_bulk_action wagtailcore.page {_action}",
           done=_policy, by_deed=True, query="?id={page_id}")  # fmt: skip

for _action in ("delete", "add_tags", "add_to_collection"):
    for _sort in ("image", "document"):
        listed(DESK, _sort, f"wagtail_bulk_action cms_blocks.{_sort} {_action}", done=CHANGE_FILES, by_deed=True,
               query="?id={pk}")  # fmt: skip
for _app, _model in SNIPPETS:
    listed(DESK, _model, f"wagtail_bulk_action {_app}.{_model} delete", done=ADMINISTRATORS, by_deed=True,
           query="?id={pk}")  # fmt: skip
# The first step names those who are left out; the second one is refused if nobody is left.
for _action, _policy in {"assign_role": ROLES, "set_active_state": OTHER_ACCOUNTS, "delete": OTHER_ACCOUNTS}.items():
    listed(ADMINISTRATORS, "user", f"wagtail_bulk_action auth.user {_action}", done=_policy, query="?id={pk}")

# The write API.
listed(WRITE, "page", """
    wagtailapi_v3:detail_page
    wagtailapi_v3:update_page
    wagtailapi_v3:list_page_revisions
    wagtailapi_v3:detail_page_revision
    wagtailapi_v3:pages_actions_revert
""")  # fmt: skip
listed(WRITE, "alias", "wagtailapi_v3:pages_actions_convert_alias")
listed(TAKE_AWAY, "page", """
    wagtailapi_v3:create_page
    wagtailapi_v3:delete_page
    wagtailapi_v3:pages_actions_delete
    wagtailapi_v3:pages_actions_move
    wagtailapi_v3:pages_actions_unpublish
    wagtailapi_v3:pages_actions_copy
""")  # fmt: skip
listed(policy("the board in its own area", board="board"), "page", "wagtailapi_v3:pages_actions_create_alias")
listed(OPERATOR, "page", "wagtailapi_v3:pages_actions_copy_for_translation")
listed(PUBLISH, "page", "wagtailapi_v3:pages_actions_publish")

# Languages.
listed(LANGUAGES, "", "languages:report\nlanguages:report_results")
listed(PAGE_LANGUAGES, "page", "languages:page", done=TRANSLATE)
listed(REVIEW_EASY, "page", "languages:review")
listed(TRANSLATE, "page", "wagtail_localize:submit_page_translation")
listed(TRANSLATE, "", "wagtail_localize:translations_report\nwagtail_localize:translations_report_results")
listed(TRANSLATE, "translation", """
    wagtail_localize:convert_to_alias
    wagtail_localize:stop_translation
    wagtail_localize:download_pofile
    wagtail_localize:upload_pofile
    wagtail_localize:edit_string_translation
    wagtail_localize:edit_override
    wagtail_localize:update_translations
""")  # fmt: skip
listed(TRANSLATE, "translation", "wagtail_localize:preview_translation", given={"mode": ""})
listed(NOBODY, "translation", "wagtail_localize:machine_translate")
listed(OFFICE, "topic", "wagtail_localize:submit_snippet_translation")
listed(DESK, "topic", "wagtail_localize:snippets_api_listing\nwagtail_localize:snippets_api_detail")

# Names of the office: topics, contacts, addresses.
listed(NOBODY, "", "wagtailsnippets:index")
for _app, _model in SNIPPETS:
    _namespace = f"wagtailsnippets_{_app}_{_model}"
    listed(OFFICE, "", _viewset(_namespace, "list list_results add"))
    listed(OFFICE, _model, _viewset(_namespace, "copy edit history_results history usage"))
    listed(ADMINISTRATORS, _model, f"{_namespace}:delete")
    _namespace = f"wagtailsnippetchoosers_{_app}_{_model}"
    listed(DESK, "", _viewset(_namespace, "choose choose_results chosen_multiple"))
    listed(DESK, _model, f"{_namespace}:chosen")

# Files.
for _sort, _app, _id in (("image", "wagtailimages", "image"), ("document", "wagtaildocs", "document")):
    listed(ADD_FILES, "", _viewset(_app, "index index_results add add_multiple"))
    listed(CHANGE_FILES, _sort, _viewset(_app, f"delete edit edit_multiple delete_multiple {_sort}_usage"))
    listed(OWN_UPLOAD, _sort, _viewset(_app, f"create_multiple_from_uploaded_{_sort} delete_upload_multiple"))
    listed(ADD_FILES, "", f"{_app}_chooser:create")
    listed(CHOOSE_FILES, _sort, f"{_app}_chooser:chosen")
    listed(DESK, "", _viewset(f"{_app}_chooser", "choose choose_results chosen_multiple"))
    listed(DESK, "", f"wagtailadmin_api:{_sort}s:listing\nwagtailapi_v3:list_{_sort}s")
    listed(DESK, _sort, f"wagtailadmin_api:{_sort}s:detail\nwagtailapi_v3:detail_{_sort}")
    listed(DESK, _sort, f"wagtailadmin_api:{_sort}s:find", query="?id={pk}")
    listed(ADD_FILES, "shelf", f"wagtailapi_v3:create_{_sort}")
    listed(CHANGE_FILES, _sort, f"wagtailapi_v3:update_{_sort}\nwagtailapi_v3:delete_{_sort}")
for _kind, _policy in {"page": WRITE, "image": CHOOSE_FILES, "document": CHOOSE_FILES, "contact": OFFICE}.items():
    listed(_policy, _kind, f"appearances {_kind}")
listed(OFFICE, "topic", "appearances topic")
listed(CHANGE_FILES, "image", "wagtailimages:preview", given={"filter_spec": "original"})
listed(NOBODY, "image", "wagtailimages:url_generator\nwagtailimages:url_generator_output")
listed(CHOOSE_FILES, "image", "wagtailimages_chooser:select_format")
listed(ADD_FILES, "", "files:documents\nfiles:documents_results\nfiles:images\nfiles:images_results")


def names_in(body: str) -> set[str]:
    """The marked names in an answer: pages that were never public, and addresses of accounts."""
    return set(re.findall(r"Geheim-[a-z_]+|\w+@office\.example", body))


def may_see(who: str, name: str) -> bool:
    """Whether this person may know of what bears the name."""
    if name.startswith("Geheim-"):
        area = name.removeprefix("Geheim-")
        return area not in AREAS or WRITE.allows(who, area)
    return ADMINISTRATORS.allows(who, NOTHING) or name == f"{PEOPLE[who]}@office.example"
