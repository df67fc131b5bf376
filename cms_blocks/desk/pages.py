"""Cards about pages: my drafts, due for review, coming and going by date, translations behind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Page, Revision, WorkflowState
from wagtail.permissions import policy_registry

from cms_blocks.desk.cards import Card, Entry, register_card
from cms_blocks.freshness import behind
from cms_blocks.pages import BasePage
from cms_blocks.publication.declaration import declarations, page_kinds
from cms_blocks.publication.records import PublicRecord
from cms_blocks.translating.report import may_see as may_see_languages

#: How far the desk looks ahead.
AHEAD = timedelta(days=30)
#: So many letters of a note stand on a card; the editor of the page shows it whole.
QUOTED = 300


def editable_pages(user: Any) -> QuerySet[Page]:
    """The pages this person may change; no aliases, which change with their original."""
    pages = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    return pages.filter(depth__gt=1, alias_of=None)


def edit_url(page_id: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page_id])


class PageCard(Card):
    """Only for those who may change pages at all."""

    def is_shown(self) -> bool:
        return policy_registry.get_by_type(Page).user_has_permission(self.user, "change")

    def pages(self) -> QuerySet[Page]:
        return editable_pages(self.user)


@register_card
class Drafts(PageCard):
    """Pages whose newest version is mine and not public, and what was sent back to me. Each says where it is."""

    name = "drafts"
    heading = gettext_lazy("My drafts")
    lead = gettext_lazy(
        "Pages that you changed last and that are not public in this version. What was sent back to you comes first."
    )
    empty = gettext_lazy("No draft is lying around. Everything you wrote is public.")
    order = 20

    def rows(self) -> QuerySet[Any]:
        states = states_of_pages().filter(object_id=Cast(OuterRef("pk"), output_field=CharField()))
        returned = states.filter(status=WorkflowState.STATUS_NEEDS_CHANGES)
        # A reviewer may have mended the text before asking for changes: it is still its author who has to act.
        mine = Q(latest_revision__user=self.user) | Exists(returned.filter(requested_by=self.user))
        drafts = self.pages().filter(
            mine,
            has_unpublished_changes=True,
            latest_revision__approved_go_live_at=None,  # that is on the card of dates
        )
        others = drafts.exclude(Exists(returned.filter(current_task_state__finished_by=self.user)))
        fields = "pk", "draft_title", "latest_revision_created_at", "live"
        in_turn = others.order_by(Exists(returned).desc(), "-latest_revision_created_at", "-pk")
        return in_turn.values_list(*fields)

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        found = list(rows)
        under_way = states_of_pages().filter(object_id__in=[str(pk) for pk, *_rest in found])
        states = {
            state.object_id: state for state in under_way.active().select_related("current_task_state__finished_by")
        }
        returned = [state for state in states.values() if state.status == WorkflowState.STATUS_NEEDS_CHANGES]
        senders = self.senders([state.current_task_state.finished_by for state in returned])
        return [
            self._entry(pk, title, written, live, states.get(str(pk)), senders) for pk, title, written, live in found
        ]

    def senders(self, users: Iterable[Any]) -> dict[int, str]:
        """How those who sent something back are called, by their id. A higher room may say more of them."""
        return {user.pk: get_user_display_name(user) for user in users if user is not None}

    def _entry(self, pk: int, title: str, written: Any, live: bool, state: Any, senders: dict[int, str]) -> Entry:
        if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            answer = state.current_task_state
            note = _("sent back: please change")
            if who := senders.get(answer.finished_by_id):
                note = _("sent back by {who} on {day}: please change").format(
                    who=who, day=short_date(answer.finished_at)
                )
            return Entry(title, edit_url(pk), note, late=True, quote=Truncator(answer.comment).chars(QUOTED))
        return Entry(title, edit_url(pk), self._note(written, live, state is not None))

    def _note(self, written: Any, live: bool, sent: bool) -> str:
        if sent:
            state = _("sent for approval")
        elif live:
            state = _("public in an older version")
        else:
            state = _("not public yet")
        return _("{state}, saved {day}").format(state=state, day=short_date(written)) if written else state


def states_of_pages() -> Any:
    """The ways through a workflow of all pages."""
    return WorkflowState.objects.filter(base_content_type=ContentType.objects.get_for_model(Page))


@register_card
class DueForReview(PageCard):
    """Public pages that somebody wanted looked at again about now."""

    name = "review"
    heading = gettext_lazy("To be looked at again")
    lead = gettext_lazy(
        "Pages whose date for a review is past or within 30 days. Read the page: is everything still right? "
        "Then set a new date under “Who” and publish."
    )
    empty = gettext_lazy("No page has to be looked at in the next 30 days.")
    order = 30

    def rows(self) -> QuerySet[Any]:
        """One query over all page types: each keeps the date in its own table."""
        limit, mine = localdate() + AHEAD, self.pages().order_by().values("pk")
        parts = [
            model.objects.filter(live=True, review_date__lte=limit, pk__in=mine)  # type: ignore[attr-defined]
            .order_by()
            .values_list("review_date", "pk", "draft_title")
            for model in _page_models()
        ]
        return parts[0].union(*parts[1:]).order_by("review_date", "pk") if parts else Page.objects.none()

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        today = localdate()
        return [Entry(title, edit_url(pk), days_until(day, today), day < today) for day, pk, title in rows]


def _page_models() -> list[type]:
    models = (declaration.model for declaration in declarations() if declaration.kind in page_kinds())
    return [model for model in models if issubclass(model, BasePage)]


@register_card
class Schedule(PageCard):
    """What becomes public or leaves the public by date."""

    name = "schedule"
    heading = gettext_lazy("Appearing and expiring")
    lead = gettext_lazy("Pages that become public or stop being public by themselves within 30 days.")
    empty = gettext_lazy("In the next 30 days no page appears or disappears by itself.")
    order = 40

    def rows(self) -> QuerySet[Any]:
        until = timezone.now() + AHEAD
        planned = Revision.page_revisions.filter(
            object_id=Cast(OuterRef("pk"), output_field=CharField()), approved_go_live_at__lte=until
        )
        pages = self.pages().annotate(
            appears=Subquery(planned.order_by("approved_go_live_at").values("approved_go_live_at")[:1])
        )
        soon = pages.filter(Q(appears__isnull=False) | Q(live=True, expire_at__lte=until))
        soon = soon.annotate(moment=Coalesce("appears", "expire_at")).order_by("moment", "pk")
        return soon.values_list("pk", "draft_title", "appears", "expire_at")

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        return [
            Entry(
                title,
                edit_url(pk),
                _("appears on {when}").format(when=moment_in_words(appears))
                if appears
                else _("expires on {when}").format(when=moment_in_words(expires)),
            )
            for pk, title, appears, expires in rows
        ]


@register_card
class TranslationsBehind(PageCard):
    """Public translations whose German text has new words."""

    name = "translations"
    heading = gettext_lazy("Translations behind")
    empty = gettext_lazy("Every translation says what the German page says.")
    order = 50

    def is_shown(self) -> bool:
        return may_see_languages(self.user) and super().is_shown()

    def rows(self) -> QuerySet[Any]:
        public = PublicRecord.objects.live().filter(listed=True, kind__in=page_kinds())
        mine = behind(public).filter(object_id__in=self.pages().order_by().values("pk"))
        fields = "object_id", "title", "locale", "original_since"
        return mine.order_by("original_since", "tree_path").values_list(*fields)

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        from cms_blocks.translating import matrix

        names = matrix.languages()
        return [
            Entry(title, edit_url(pk), _note_of_translation(names.get(code, code), since), language=code)
            for pk, title, code, since in rows
        ]

    @property
    def all_url(self) -> str:
        return f"{reverse('languages:report')}?state=behind"


def _note_of_translation(language: str, since: Any) -> str:
    if since is None:
        return language
    return _("{language}, German text of {day}").format(language=language, day=short_date(since))


def short_date(moment: Any) -> str:
    return date_format(localtime(moment), "SHORT_DATE_FORMAT")


def moment_in_words(moment: Any) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")


def days_until(day: Any, today: Any) -> str:
    """In words: “in 3 days”, “today”, “overdue since 1 May”."""
    days = (day - today).days
    if days < 0:
        return _("overdue since {day}").format(day=date_format(day, "SHORT_DATE_FORMAT"))
    if days == 0:
        return _("today")
    return ngettext("in {days} day", "in {days} days", days).format(days=days)
