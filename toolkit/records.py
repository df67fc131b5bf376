"""The public methods of a toolkit, in the language of the page that shows them."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page

from cms_blocks.publication.records import PublicRecord, PublicRecordQuerySet


def methods_under(index: Any) -> PublicRecordQuerySet:
    """The methods below an index page; none for one that is not saved yet."""
    return _methods(index.path, index)


def methods_beside(page: Any) -> PublicRecordQuerySet:
    """The methods of the toolkit that this page (finder, comparison) stands in, with their facts."""
    return _methods(page.path[: -Page.steplen], page).select_related("method_facts")


def _methods(tree_path: str, page: Any) -> PublicRecordQuerySet:
    if not tree_path:
        return PublicRecord.objects.none()
    return PublicRecord.objects.listed().of_kind("method").in_locale(page.locale.language_code).under(tree_path)
