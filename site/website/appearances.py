"""Where the website's own pages list another one as a card."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from wagtail.models import Page

from cms_blocks.publication.records import PublicRecord
from cms_blocks.writing.appearances import Place, lists_records


@lists_records
def on_pages_above(record: PublicRecord) -> Iterator[Place]:
    """The page above shows it as a card; the home page has doors to its menu and a turn for each method."""
    above = [record.tree_path[:end] for end in range(Page.steplen * 2, len(record.tree_path), Page.steplen)]
    for row in PublicRecord.objects.visible().filter(tree_path__in=above).order_by("tree_path"):
        parent = len(row.tree_path) == len(record.tree_path) - Page.steplen
        if row.kind == "home" and record.kind == "method":
            yield Place(row.title, row.path, _("among the methods there, when it is its turn"))
        elif row.kind == "home" and parent and record.in_menu:
            yield Place(row.title, row.path, _("as a door"))
        elif row.kind == "page" and parent:
            yield Place(row.title, row.path, _("as a card below the text"))
