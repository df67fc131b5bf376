"""Mail to the people whose turn it is, in their language; it leaves through the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from wagtail.admin.mail import EmailNotificationMixin, Notifier, send_mail
from wagtail.models import TaskState
from wagtail.signals import task_submitted
from wagtail.users.models import UserProfile

from cms_blocks.publication.reach import chunks
from governance.halves import editors_of
from governance.review import HalfReview, half_label

#: Pages that a letter about many names.
NAMED = 20


class HalfReviewSubmissionNotifier(EmailNotificationMixin, Notifier):
    """Tells the editors whose turn it is that a version waits for them.

    Wagtail's own notifier knows only tasks of fixed groups. Its templates of our names are in
    ``wagtailadmin/notifications/half_review_submitted*``.
    """

    notification = "submitted"

    def __init__(self) -> None:
        super().__init__((TaskState,))

    def get_recipient_users(self, review: HalfReview, **kwargs: Any) -> set[Any]:
        return set(review.task.specific.reviewers_of(review))

    def get_context(self, review: HalfReview, **kwargs: Any) -> dict[str, Any]:
        page = review.workflow_state.content_object.specific
        return {
            **super().get_context(review, **kwargs),
            "page": page,
            "review": review,
            "author": _name(review.revision.user),
            "address": _absolute(reverse("governance:review", args=[page.pk])),
        }


def tell_of_acts(ids: Sequence[int]) -> None:
    """Ask the editors of each addressed half to look: each gets one letter about all of somebody's acts."""
    from governance.acts import UnilateralAct

    found = [act for part in chunks(ids) for act in UnilateralAct.objects.filter(pk__in=part).select_related("user")]
    bundles: dict[tuple[str, Any], list[UnilateralAct]] = {}
    for act in sorted(found, key=lambda act: act.pk):
        bundles.setdefault((act.half, act.user), []).append(act)
    for (half, user), acts in bundles.items():
        _send(
            editors_of(half).exclude(pk=user.pk if user else None),
            "governance/mail/act" if len(acts) == 1 else "governance/mail/acts",
            {
                "act": acts[0],
                "acts": acts[:NAMED],
                "count": len(acts),
                "more": len(acts[NAMED:]),
                "by": _name(user),
                "address": _absolute(reverse("governance:approvals")),
            },
        )


def tell_of_answer(act: Any) -> None:
    """Tell whoever acted what the other half says."""
    if act.user is not None and act.user.is_active:
        context = {"act": act, "by": _name(act.answered_by), "address": _absolute(reverse("governance:approvals"))}
        _send([act.user], "governance/mail/answer", context)


def _send(users: Iterable[Any], template: str, context: dict[str, Any]) -> None:
    for user in users:
        if not user.email:
            continue
        with override(UserProfile.get_for_user(user).get_preferred_language()):
            words = {**context, "user": user, "half": half_label(context["act"].half)}
            subject = " ".join(render_to_string(f"{template}_subject.txt", words).split())
            send_mail(subject, render_to_string(f"{template}.txt", words).strip(), [user.email])


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user is not None else ""


def _absolute(path: str) -> str:
    return str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")) + path


def connect() -> Sequence[Any]:
    """Called when the apps are ready."""
    notifier = HalfReviewSubmissionNotifier()
    task_submitted.connect(notifier, sender=HalfReview, weak=False, dispatch_uid="half_review_submitted")
    return [notifier]
