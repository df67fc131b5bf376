"""Where the toolkit's own lists and prints show a method."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from wagtail.models import Page

from cms_blocks.publication.records import PublicRecord
from cms_blocks.writing.appearances import Place, lists_records
from toolkit.places import places_below_path


@lists_records
def in_the_toolkit(record: PublicRecord) -> Iterator[Place]:
    """The list with its booklet, the finder and the comparison that a method can be met in."""
    if record.kind != "method":
        return
    places = places_below_path(record.tree_path[: -Page.steplen])
    if places.index:
        yield Place(places.index.title, places.index.path, _("in the list, as long as the filters let it through"))
        yield Place(_("Booklet (PDF)"), f"{places.index.path.rstrip('/')}.pdf", _("with all methods of the list"))
    if places.finder:
        yield Place(places.finder.title, places.finder.path, _("when it fits the answers"))
    if places.comparison:
        yield Place(places.comparison.title, places.comparison.path, _("when somebody chooses it"))
