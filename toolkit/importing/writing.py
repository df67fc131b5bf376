"""Writing checked entries as pages: all in the caller's unit of work, and only what differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext as _

from toolkit.importing.schema import Entry, Problem
from toolkit.models import MethodCombination, MethodIndexPage, MethodPage

#: Field of the page by key of the file, for values that are stored as they stand there.
PLAIN_FIELDS = {
    "title": "title",
    "summary": "lead",
    **{
        name: name
        for name in (
            "purposes", "levels", "settings", "recruitment", "group_size_min", "group_size_max",
            "duration_minutes_min", "duration_minutes_max", "preparation_weeks_min", "preparation_weeks_max",
            "cost_level", "cost_note", "staff", "origin",
        )
    },
}  # fmt: skip
#: Stream fields with the name of their only block.
STREAMS = {
    "steps": "step",
    "materials": "item",
    "strengths": "item",
    "limits": "item",
    "accessibility": "item",
    "target_groups": "item",
    "sources": "source",
}
#: Key of the file by field of the page, to say which value of the file a page did not accept.
KEYS = {field: key for key, field in PLAIN_FIELDS.items()} | {"body": "description"} | {name: name for name in STREAMS}
_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')


@dataclass
class Outcome:
    """Slugs by what happened to them."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


class Refused(Exception):
    """The site does not accept some entries; nothing may be kept."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def write_methods(
    index: MethodIndexPage, entries: list[Entry], progress: Callable[[int, int], None] = lambda done, total: None
) -> Outcome:
    """Create and update the methods below ``index``. Call it in a unit, which :class:`Refused` rolls back.

    A method that is not public stays so: its draft is updated. One with a draft that nobody has published is refused,
    since publishing the file would throw the editor's work away.
    """
    outcome = Outcome()
    problems: list[Problem] = []
    pages = _existing(index, entries, problems)
    if problems:
        raise Refused(problems)
    for entry in entries:
        if entry.slug not in pages:
            outcome.created.append(entry.slug)
            try:
                pages[entry.slug] = _create(index, entry)
            except ValidationError as error:
                problems += _refusals(entry, error)
    if problems:
        raise Refused(sorted(problems))
    known = _slugs_to_ids(index)
    for number, entry in enumerate(entries, start=1):
        page = pages[entry.slug]
        new = entry.slug in outcome.created
        if _fill(page, entry, known) or new:
            if page.has_unpublished_changes and page.live:
                problems.append(_draft_in_the_way(entry))
                continue
            try:
                revision = page.save_revision(log_action=not new)
                if new or page.live:
                    revision.publish()
            except ValidationError as error:
                problems += _refusals(entry, error)
            if not new:
                outcome.updated.append(entry.slug)
        else:
            outcome.unchanged.append(entry.slug)
        progress(number, len(entries))
    if problems:
        raise Refused(sorted(problems))
    return outcome


def _existing(index: MethodIndexPage, entries: Iterable[Entry], problems: list[Problem]) -> dict[str, MethodPage]:
    """The pages of these entries that are there already; other pages in the way are problems."""
    slugs = {entry.slug: entry for entry in entries}
    pages: dict[str, MethodPage] = {}
    for page in index.get_children().filter(slug__in=slugs).specific():
        if isinstance(page, MethodPage) and page.alias_of_id is None:
            pages[page.slug] = page if page.live else page.get_latest_revision_as_object()
        else:
            entry = slugs[page.slug]
            reason = _("Another page has this address: “%(title)s”.") % {"title": page.title}
            remedy = _("Choose another slug, or give that page another address.")
            problems.append(Problem(entry.lines["slug"], entry.slug, "slug", reason, remedy))
    return pages


def _create(index: MethodIndexPage, entry: Entry) -> MethodPage:
    """A draft with all values but the combinations, which may lead to methods that do not exist yet.

    Contact and half are those of the toolkit; editors may change them.
    """
    page = MethodPage(slug=entry.slug, locale=index.locale, contact_id=index.contact_id, half=index.half, live=False)
    _fill(page, entry, None)
    return index.add_child(instance=page)


def _fill(page: MethodPage, entry: Entry, known: dict[str, int] | None) -> bool:
    """Give the page the entry's values; says whether any was another. ``known``: ids of methods by slug."""
    changed = False
    for key, name in PLAIN_FIELDS.items():
        value = tuple(entry.values[key]) if isinstance(entry.values[key], list) else entry.values[key]
        before = getattr(page, name)
        same = set(before) == set(value) if isinstance(value, tuple) else before == value
        if not same:
            setattr(page, name, value)
            changed = True
    for name, block in STREAMS.items():
        wanted = [{"type": block, "value": value} for value in entry.values[name]]
        if _without_ids(getattr(page, name).get_prep_value()) != wanted:
            setattr(page, name, wanted)
            changed = True
    changed |= _fill_body(page, entry.values["description"])
    if known is not None:
        combined = [known[slug] for slug in entry.values["combines_with"]]
        if [row.method_id for row in page.combinations.all()] != combined:
            page.combinations = [MethodCombination(method_id=pk, sort_order=order) for order, pk in enumerate(combined)]
            changed = True
    return changed


def _fill_body(page: MethodPage, paragraphs: list[str]) -> bool:
    """The description becomes the paragraphs of the body; other blocks that an editor added stay behind them."""
    wanted = [f"<p>{escape(text)}</p>" for text in paragraphs]
    stored = list(page.body.get_prep_value())
    present = [_BLOCK_KEY.sub("", block["value"]) for block in stored if block["type"] == "paragraph"]
    if present == wanted:
        return False
    others = [block for block in stored if block["type"] != "paragraph"]
    page.body = [*({"type": "paragraph", "value": html} for html in wanted), *others]
    return True


def _without_ids(stored: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": block["type"], "value": block["value"]} for block in stored]


def _slugs_to_ids(index: MethodIndexPage) -> dict[str, int]:
    return dict(MethodPage.objects.child_of(index).values_list("slug", "pk"))


def _draft_in_the_way(entry: Entry) -> Problem:
    return Problem(
        entry.line,
        entry.slug,
        "",
        _("The method has changes on the site that are not published; the file says something else."),
        _("Publish or discard them first, then import again."),
    )


def _refusals(entry: Entry, error: ValidationError) -> list[Problem]:
    """What the page itself says against the values."""
    found = []
    for name, messages in error.message_dict.items():
        key = KEYS.get(name, name)
        line = entry.lines.get(key, entry.line)
        found += [Problem(line, entry.slug, key, message, "") for message in messages]
    return found
