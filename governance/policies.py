"""Who may do what: one table for all groups, nothing that it does not name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Area(StrEnum):
    """Parts of the page tree that rights are given for."""

    EVERYTHING = "everything"
    BOARD = "board"
    TRANSLATIONS = "translations"
    EASY_LANGUAGE = "easy_language"


@dataclass(frozen=True)
class GroupPolicy:
    """The rights of one group. ``pages`` maps an area to Wagtail's page permission codenames without ``_page``."""

    key: str
    name: str
    description: str | Promise
    pages: dict[Area, tuple[str, ...]]
    files: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


_ALL = ("add", "change", "delete")
_NAMES = ("topic", "contact", "office", "notice")
_EDITOR_PERMISSIONS = (
    *(f"cms_blocks.{action}_{model}" for model in _NAMES for action in ("add", "change")),
    "wagtail_localize.submit_translation",
)
# Parity: what one half may, the other may. A lock is a courtesy that neither half can use against the other.
_EDITOR: dict[str, Any] = {
    "pages": {Area.EVERYTHING: ("add", "change", "publish", "lock", "unlock")},
    "files": ("add", "change", "choose"),
    "permissions": _EDITOR_PERMISSIONS,
}

ADMINISTRATION_EDITORS = GroupPolicy(
    "administration_editors",
    gettext_noop("Editors: administration"),
    _("Writes and publishes for the half in the administration."),
    **_EDITOR,
)
CARRIER_EDITORS = GroupPolicy(
    "carrier_editors",
    gettext_noop("Editors: independent carrier"),
    _("Writes and publishes for the half at the independent carrier."),
    **_EDITOR,
)
BOARD = GroupPolicy(
    "board",
    gettext_noop("Board"),
    _("Writes and publishes in the board's own area, nowhere else."),
    pages={Area.BOARD: ("add", "change", "publish")},
    files=("add", "choose"),
)
TRANSLATORS = GroupPolicy(
    "translators",
    gettext_noop("Translators"),
    _("Translates; publishing is for the editors."),
    pages={Area.TRANSLATIONS: ("change",)},
    files=("choose",),
    permissions=("wagtail_localize.submit_translation",),
)
EASY_LANGUAGE_REVIEWERS = GroupPolicy(
    "easy_language_reviewers",
    gettext_noop("Reviewers of Leichte Sprache"),
    _("Reads and corrects pages in Leichte Sprache."),
    pages={Area.EASY_LANGUAGE: ("change",)},
    files=("choose",),
    permissions=("cms_blocks.review_easy_language",),
)
ADMINISTRATORS = GroupPolicy(
    "administrators",
    gettext_noop("Administrators"),
    _("Runs the site: users, rights, sites, languages, and every page."),
    pages={Area.EVERYTHING: ("add", "change", "publish", "lock", "unlock", "bulk_delete")},
    files=("add", "change", "choose"),
    collections=_ALL,
    permissions=(
        *_EDITOR_PERMISSIONS,
        *(f"cms_blocks.delete_{model}" for model in _NAMES),
        *(f"auth.{action}_{model}" for model in ("user", "group") for action in _ALL),
        *(f"wagtailcore.{action}_{model}" for model in ("site", "locale") for action in _ALL),
        "wagtailcore.add_collectionviewrestriction",
        "cms_blocks.change_delivery",
        *(f"cms_blocks.{action}_webhookendpoint" for action in _ALL),
    ),
)

EDITORS_OF_HALVES = (ADMINISTRATION_EDITORS, CARRIER_EDITORS)
GROUPS = (
    ADMINISTRATION_EDITORS,
    CARRIER_EDITORS,
    BOARD,
    TRANSLATORS,
    EASY_LANGUAGE_REVIEWERS,
    ADMINISTRATORS,
)

#: Rights to models of higher rooms, by the key of the group.
_granted: dict[str, list[str]] = {}


def grant(permissions: Iterable[str], *policies: GroupPolicy) -> None:
    """For higher rooms, once when the apps are ready: the groups of these policies get further rights."""
    for policy in policies:
        known = _granted.setdefault(policy.key, [])
        known += [permission for permission in permissions if permission not in known]


def permissions_of(policy: GroupPolicy) -> tuple[str, ...]:
    """All rights of a group that hold for no page or collection, those of higher rooms included."""
    return (*policy.permissions, *_granted.get(policy.key, ()))
