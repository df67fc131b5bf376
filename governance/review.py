"""The review by the other half: a task of Wagtail's workflow that knows whose turn it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_user_display_name
from wagtail.locks import WorkflowLock
from wagtail.models import Page, Task, TaskState

from cms_blocks.office import Half, office_for
from governance.deadlines import overdue_from, overdue_since
from governance.halves import editors_of, half_of, speaks_for
from governance.rights import Action, Role
from governance.standing import Standing


def half_label(half: str) -> str:
    """What people call this half; for ``joint``: one of the two."""
    from django.utils.translation import get_language

    if half == Half.JOINT:
        return gettext("one of the two halves")
    return office_for(get_language() or "").half_name(half)


def names_with_halves(people: Collection[Any]) -> dict[int, str]:
    """By id what these people are called, with the half they write for: “Carla Kurz (independent carrier)”."""
    prefetch_related_objects(list(people), "groups")
    labels: dict[str, str] = {}
    names = {}
    for user in people:
        names[user.pk], half = get_user_display_name(user), half_of(user)
        if half:
            label = labels.setdefault(half, "") or half_label(half)
            names[user.pk], labels[half] = f"{names[user.pk]} ({label})", label
    return names


class OtherHalfLock(WorkflowLock):
    """While a version waits, only those who review it may change it, so that they approve what they have read."""

    def get_message(self, user: Any) -> str | None:
        review = Standing(self.object).review
        if review is None or not self.for_user(user):
            return None
        return format_html(
            gettext(
                "<b>This page has been waiting for approval since {day}.</b> It is with: {half}. Until somebody there "
                "has answered it cannot be changed here. Whoever sent it can take it back."
            ),
            day=date_format(localtime(review.started_at), "DATE_FORMAT"),
            half=half_label(review.half),
        )

    def get_locked_by(self, user: Any, can_lock: bool = False) -> str:
        return gettext("Waiting for approval")

    def get_description(self, user: Any, can_lock: bool = False) -> str:
        return gettext("Only those who review this version can change it.")


class HalfReviewQuerySet(models.QuerySet[Any]):
    def waiting(self) -> HalfReviewQuerySet:
        """Not answered yet."""
        return self.filter(status=TaskState.STATUS_IN_PROGRESS)

    def overdue(self) -> HalfReviewQuerySet:
        """Not answered in time: a deputy may."""
        return self.waiting().filter(started_at__lte=overdue_since())

    def for_reviewer(self, user: Any) -> HalfReviewQuerySet:
        """What ``user`` may answer now: what is with their half, and as deputy what is overdue; never their own."""
        half = half_of(user)
        if half is None:
            return self.waiting() if user.is_superuser else self.none()
        turn = Q(half__in=(half, Half.JOINT)) | Q(started_at__lte=overdue_since())
        return self.waiting().filter(turn).exclude(revision__user=user)


class HalfReview(TaskState):
    """One version of a page with one half: whose turn it was, and what came of it."""

    half = models.CharField(_("with"), max_length=20, choices=Half)
    as_deputy = models.BooleanField(_("by a deputy"), default=False)

    objects = HalfReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review by the other half")
        verbose_name_plural = _("reviews by the other half")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.half:
            self.half = Standing(self.workflow_state.content_object.specific).reviewers
        super().save(*args, **kwargs)

    def is_turn_of(self, half: str) -> bool:
        """Whether the editors of this half are to answer."""
        return self.half in {half, Half.JOINT}

    @property
    def is_overdue(self) -> bool:
        """Whether a deputy may answer."""
        return self.started_at <= overdue_since()

    @property
    def due(self) -> Any:
        """From this moment on a deputy may answer."""
        return overdue_from(self.started_at)


class OtherHalfTask(Task):
    """Approval by the half that has not agreed yet (:data:`governance.rights.RIGHTS`)."""

    task_state_class = HalfReview
    lock_class = OtherHalfLock

    class Meta:
        verbose_name = _("approval by the other half")
        verbose_name_plural = _("approvals by the other half")

    @classmethod
    def get_description(cls) -> str:
        return gettext("Editors of the half that did not write this version approve it.")

    def start(self, workflow_state: Any, user: Any = None) -> Any:
        """Begin the review. A lock that somebody else holds must not keep the reviewers out."""
        page = workflow_state.content_object
        turn = speaks_for(Standing(page.specific).reviewers)
        if page.locked and half_of(page.locked_by) not in turn:
            Page.objects.filter(pk=page.pk).update(locked=False, locked_by=None, locked_at=None)
            page.locked, page.locked_by, page.locked_at = False, None, None
        return super().start(workflow_state, user=user)

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return False

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        standing = Standing(obj.specific)
        if user.is_superuser or standing.review is None:
            return False
        half = half_of(user)
        if half and standing.review.is_turn_of(half):
            return False
        return not standing.allows(user, Action.APPROVE)

    def user_can_lock(self, obj: Any, user: Any) -> bool:
        return False

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        standing = Standing(obj.specific)
        actions: list[tuple[str, Any, bool]] = []
        if standing.allows(user, Action.APPROVE):
            actions.append(("approve", _("Approve"), False))
        elif standing.allows(user, Action.HAND_OVER):
            actions.append(("hand_over", _("Give my changes to the other half"), False))
        if standing.allows(user, Action.REQUEST_CHANGES):
            actions.append(("reject", _("Ask for changes"), True))
        return actions

    @transaction.atomic
    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Approve, ask for changes, or hand over. Raises ``PermissionDenied`` for what the table refuses.

        Whoever changed the text in the review and approves it hands it over: the other half has not seen the change.
        A version that came in by another way since is not approved unread either: its review begins anew.
        """
        review = HalfReview.objects.select_for_update(of=("self",), no_key=True).get(pk=task_state.pk)
        standing = Standing(Page.objects.get(pk=review.revision.object_id).specific)
        if review.status != TaskState.STATUS_IN_PROGRESS:
            raise PermissionDenied
        if action_name == "reject" and standing.allows(user, Action.REQUEST_CHANGES):
            return super().on_action(review, user, action_name, **kwargs)
        if action_name == "approve" and standing.allows(user, Action.APPROVE):
            if standing.version != review.revision_id:
                review.cancel(user=user, resume=True)
                return None
            return self._approve(review, standing, user, **kwargs)
        if action_name in {"approve", "hand_over"} and standing.allows(user, Action.HAND_OVER):
            review.cancel(user=user, resume=True)
            return None
        raise PermissionDenied

    def _approve(self, review: Any, standing: Standing, user: Any, **kwargs: Any) -> Any:
        from governance.acts import UnilateralAct, record

        half = half_of(user)
        review.as_deputy = standing.role_of(user) is Role.COLLEAGUE and not review.is_turn_of(half or "")
        review.save(update_fields=["as_deputy"])
        page, addressed = standing.page, standing.missing
        super().on_action(review, user, "approve", **kwargs)
        if review.as_deputy:
            record(UnilateralAct.Kind.DEPUTY, page, user, addressed, revision=review.revision)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[Any]:
        reviews = HalfReview.objects.for_reviewer(user).filter(task=self)
        return TaskState.objects.filter(pk__in=reviews.values("pk"))

    def reviewers_of(self, review: HalfReview) -> QuerySet[Any]:
        """The editors whose turn it is, without the author of the version."""
        return editors_of(*speaks_for(review.half)).exclude(pk=review.revision.user_id)
