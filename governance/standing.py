"""Where a page stands and how somebody stands to it: row and column of the table in :mod:`governance.rights`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from wagtail.models import GroupPagePermission, PageLogEntry, WorkflowState

from cms_blocks.office import Half
from governance.halves import BOTH, group_name, groups_of, half_of, speaks_for
from governance.policies import ADMINISTRATORS, BOARD
from governance.rights import Action, Phase, Role, Voice, allows, always

#: How far back to look for the half that wrote last.
REVISIONS = 20


class Standing:
    """The state of one page as the rules see it. Each part is read when it is asked for, once."""

    def __init__(self, page: Any, asking: Any = None, revision: Any = None) -> None:
        """``asking`` is an account whose groups may be known already: versions of theirs need not be asked whose.
        ``revision`` stands in place of the newest version where another one is to become public; the page is as it is
        stored then."""
        self.page = page
        self._revision = revision
        self._asking = asking

    @cached_property
    def halves(self) -> frozenset[Half]:
        """In whose name the page speaks: as it is here, as it was last public and as its newest version says.

        A half is not left behind silently: a page that was public for both stays joint until both have agreed to
        the change, and a draft for both is not published for one.
        """
        spoken = speaks_for(self.page.half)
        if spoken == BOTH or self.page.pk is None:
            return spoken
        if self._revision is not None:
            row = {name: getattr(self.page, name) for name in ("half", "live", "first_published_at")}
            version = self._revision.content.get("half")
        else:
            rows = type(self.page)._base_manager.filter(pk=self.page.pk)
            row = rows.values("half", "live", "first_published_at", "latest_revision__content__half").first()
            if row is None:
                return spoken
            version = row["latest_revision__content__half"]
        if version:
            spoken |= speaks_for(version)
        if row["live"]:
            spoken |= speaks_for(row["half"])
        elif row["first_published_at"]:
            spoken |= speaks_for(self._last_public_half())
        return spoken

    def _last_public_half(self) -> str:
        """The half of the version that was public last; joint if nobody knows."""
        entries = PageLogEntry.objects.filter(
            page=self.page.pk, action__in=("wagtail.publish", "wagtail.publish.scheduled")
        ).order_by("-timestamp", "-pk")
        return entries.values_list("revision__content__half", flat=True).first() or Half.JOINT

    @cached_property
    def _versions(self) -> list[tuple[int, Any]]:
        """Id and author of the newest versions since the public one, newest first."""
        if self.page.pk is None:
            return []
        versions: list[tuple[int, Any]] = []
        newest = self.page.revisions.order_by("-created_at", "-pk").select_related("user").defer("content")
        if self._revision is not None:
            newest = newest.filter(created_at__lte=self._revision.created_at)
        for revision in newest[:REVISIONS]:
            if versions and revision.pk == self.page.live_revision_id:
                break
            asking = self._asking is not None and revision.user is not None and revision.user.pk == self._asking.pk
            versions.append((revision.pk, self._asking if asking else revision.user))
        return versions

    @property
    def author(self) -> Any:
        """Who wrote the newest version; ``None`` if that was a command."""
        return self._versions[0][1] if self._versions else None

    @property
    def version(self) -> int | None:
        """Id of the newest version."""
        return self._versions[0][0] if self._versions else None

    @cached_property
    def writing_half(self) -> Half | None:
        """The half that wrote last; it has agreed by writing. Versions by people of no half count for nobody."""
        return next((half for _pk, user in self._versions if (half := half_of(user))), None)

    @property
    def missing(self) -> frozenset[Half]:
        """The halves that have not agreed yet."""
        return self.halves - {self.writing_half} if self.writing_half else self.halves

    @property
    def reviewers(self) -> str:
        """Whose turn it is if the newest version is submitted now; ``joint``: either half may."""
        turn = self.missing or self.halves
        return next(iter(turn)) if len(turn) == 1 else Half.JOINT

    @property
    def voice(self) -> Voice:
        if self.halves == BOTH:
            return Voice.JOINT
        return Voice.OWN if self.writing_half in self.halves else Voice.OTHERS

    @cached_property
    def _workflow_state(self) -> Any:
        return self.page.current_workflow_state

    @cached_property
    def review(self) -> Any:
        """The review that is under way (:class:`~governance.models.HalfReview`), or ``None``."""
        from governance.models import HalfReview

        state = self._workflow_state
        if state is None or state.status != WorkflowState.STATUS_IN_PROGRESS or state.current_task_state is None:
            return None
        review = state.current_task_state.specific
        return review if isinstance(review, HalfReview) else None

    @cached_property
    def phase(self) -> Phase:
        if self.review is not None:
            if self.voice is Voice.JOINT and self.writing_half and self.review.is_turn_of(self.writing_half):
                return Phase.CHANGED
            return Phase.OVERDUE if self.review.is_overdue else Phase.WAITING
        state = self._workflow_state
        if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            return Phase.RETURNED
        return Phase.PUBLIC if self.page.live and not self.page.has_unpublished_changes else Phase.DRAFT

    def role_of(self, user: Any) -> Role:
        """How ``user`` stands to the newest version."""
        half = half_of(user)
        if half:
            if self.author is not None and self.author.pk == user.pk:
                return Role.AUTHOR
            own = half == self.writing_half if self.writing_half else half not in self.halves
            return Role.COLLEAGUE if own else Role.COUNTERPART
        if BOARD.key in groups_of(user) and self._in_the_boards_area():
            return Role.BOARD
        return Role.ADMINISTRATOR if ADMINISTRATORS.key in groups_of(user) else Role.NONE

    def _in_the_boards_area(self) -> bool:
        if not self.page.path:
            return False
        return GroupPagePermission.objects.filter(
            group__name=group_name(BOARD),
            permission__codename="publish_page",
            page__in=self.page.get_ancestors(inclusive=True),
        ).exists()

    def allows(self, user: Any, action: Action) -> bool:
        """Whether the table lets ``user`` do this now. Superusers are the operator's way in and may do all."""
        if user.is_superuser:
            return user.is_active
        if half_of(user) and always(Role.AUTHOR | Role.COLLEAGUE | Role.COUNTERPART, action):
            return True
        return allows(self.role_of(user), action, self.voice, self.phase)

    def without(self, people: Iterable[Any]) -> frozenset[Half]:
        """The halves in whose name this version would speak and none of whose editors is among ``people``, who have
        agreed to it. Superusers answer for all."""
        entitled = [user for user in people if self.page.permissions_for_user(user).may_publish_somehow()]
        if any(user.is_superuser for user in entitled):
            return frozenset()
        return self.halves - {half for user in entitled if (half := half_of(user))}

    def needs_approval(self, user: Any) -> bool:
        """Whether what ``user`` writes here has to be approved before it is public."""
        return not self.allows(user, Action.PUBLISH)
