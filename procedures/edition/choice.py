"""Which drafts wait for an edition, what they still lack, and who has to agree to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms_blocks.desk.pages import editable_pages
from cms_blocks.office import Half
from governance.standing import Standing
from procedures.changes import DUTIES, ROWS, asks_what_is_new, duties_of, rows_of
from procedures.city_bounds import Bounds, city_bounds
from procedures.models import Edition, EditionDraft, ProcedurePage
from procedures.rules import incomplete


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a version cannot be published as it is, and what helps."""

    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A version of a procedure that is not public. ``values`` is the page as this version has it, for reading only.

    ``kept`` is its place in the edition, ``None`` while it is only offered. ``newest`` is the id of the newest version.
    """

    page: ProcedurePage
    revision: Revision | None
    values: ProcedurePage
    newest: int | None
    kept: EditionDraft | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(self.values.title)

    @property
    def is_new(self) -> bool:
        """Whether it has never been public."""
        return not self.page.live

    @property
    def is_settled(self) -> bool:
        """Whether this version, or a later one that was made from it, is public already: nothing is left to do."""
        public, mine = self.page.live_revision, self.revision
        if not self.page.live or public is None or mine is None:
            return False
        return (public.created_at, public.pk) >= (mine.created_at, mine.pk)

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody has edited the page since this version was chosen."""
        return self.kept is not None and self.revision is not None and self.newest != self.revision.pk

    @property
    def public_version(self) -> int | None:
        """With what it can be compared."""
        return self.page.live_revision_id if self.page.live else None


def waiting_pages(edition: Edition, user: Any) -> Any:
    """Procedures of the list with something that is not public and that this person may change. What was taken off the
    site stays off it."""
    pages = ProcedurePage.objects.filter(alias_of=None, locale=edition.locale)
    if edition.index is None:
        return pages.none()
    pages = pages.child_of(edition.index).filter(
        Q(live=True, has_unpublished_changes=True) | Q(live=False, first_published_at=None)
    )
    mine = editable_pages(user).order_by()
    return pages.filter(pk__in=mine.values("pk"), latest_revision__isnull=False)


def drafts_of(edition: Edition) -> list[Draft]:
    """What is in the edition, by number."""
    rows = edition.drafts.select_related("page__live_revision", "page__locale", "revision")
    kept = list(rows.defer("page__live_revision__content").prefetch_related("agreed__groups"))
    return _looked_at([(one.page, one.revision, one) for one in kept])


def offered_drafts(edition: Edition, user: Any) -> list[Draft]:
    """What could join the edition, by number: the newest version of each page that is not in it yet."""
    pages = waiting_pages(edition, user).exclude(pk__in=edition.drafts.values("page"))
    rows = pages.select_related("live_revision", "locale", "latest_revision").defer("live_revision__content")
    return _looked_at([(page, page.latest_revision, None) for page in rows])


def by_default(edition: Edition, drafts: Iterable[Draft]) -> list[Draft]:
    """What an editor most likely wants: all that is complete and was written up to the cut-off date."""
    end = timezone.make_aware(datetime.combine(edition.cut_off + timedelta(days=1), time.min))
    return [draft for draft in drafts if not draft.problems and draft.revision and draft.revision.created_at < end]


def halves_to_agree(draft: Draft, people: Iterable[Any]) -> frozenset[Half]:
    """The halves that have not said yes to this version in the edition, if ``people`` say yes as well."""
    if draft.kept is None or draft.revision is None:
        return frozenset()
    agreed = [*draft.kept.agreed.all(), *(user for user in people if user is not None and user.is_active)]
    return Standing(draft.page, revision=draft.revision).without(agreed)


def _looked_at(found: list[tuple[ProcedurePage, Revision | None, EditionDraft | None]]) -> list[Draft]:
    """With their problems. Five queries, however many."""
    city = city_bounds()
    public_rows = _public_rows([page.pk for page, _revision, _kept in found])
    drafts = []
    for page, revision, kept in found:
        values = _values(revision) if revision is not None else page
        draft = Draft(page, revision, values, page.latest_revision_id, kept)
        if not draft.is_settled:
            draft.problems.extend(_problems(draft, public_rows[page.pk], city))
        drafts.append(draft)
    return sorted(drafts, key=lambda draft: (draft.values.reference, draft.page.pk))


def _public_rows(pages: list[int]) -> dict[int, dict[str, list[int]]]:
    """What the rows beside the public pages name, by page."""
    found: dict[int, dict[str, list[int]]] = {pk: {name: [] for name in ROWS} for pk in pages}
    for name, column in ROWS.items():
        model = ProcedurePage._meta.get_field(name).related_model
        for page_id, pk in model.objects.filter(page__in=pages).values_list("page_id", column):
            found[page_id][name].append(pk)
    return found


def _values(revision: Revision) -> ProcedurePage:
    """The page as a version has it, without asking for everything that it points to."""
    page = ProcedurePage.from_serializable_data(revision.content, check_fks=False, strict_fks=False)
    assert isinstance(page, ProcedurePage)
    return page


def _problems(draft: Draft, public_rows: Mapping[str, list[int]], city: Bounds | None) -> Iterable[Problem]:
    page, values = draft.page, draft.values
    if draft.revision is None:
        yield Problem(_("The chosen version is not kept any more."), _("Take the newest version, or leave it out."))
        return
    now = timezone.now()
    if (values.go_live_at and values.go_live_at > now) or (values.expire_at and values.expire_at <= now):
        yield Problem(
            _("It has a date of its own for becoming public or ending."),
            _("Take the date away in the editor under “Status”; then take the newest version."),
        )
    rows = rows_of(values)
    for label, message in incomplete(values, rows["districts"], city).items():
        yield Problem(
            _("“{field}”: {message}").format(field=label, message=message),
            _("Complete it in the editor; then take the newest version."),
        )
    if page.live and not (draft.kept and draft.kept.editorial_only):
        before = duties_of({name: getattr(page, name) for name in DUTIES}, public_rows)
        after = duties_of({name: getattr(values, name) for name in DUTIES}, rows)
        if asks_what_is_new(before, after, page.changes, values.changes):
            yield Problem(
                _("Something has changed that people rely on, and nobody has said what is new."),
                _("Answer “What is new?” in the editor and take the newest version, or tick “Editorial only”."),
            )
