"""Wagtail's question "may this user do that with this page?", narrowed by parity and four eyes.

Admin, write API, bulk actions, copying, scheduling and wagtail-localize all ask here, so there is one answer.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from cms_blocks.permissions import PagePermissionTester
from governance.halves import groups_of
from governance.policies import BOARD
from governance.rights import Action, Role
from governance.standing import Standing


class OfficePageTester(PagePermissionTester):
    """What remains of Wagtail's rights once the table has been asked."""

    @cached_property
    def standing(self) -> Standing:
        return Standing(self.page, asking=self.user)

    def _allows(self, action: Action) -> bool:
        return self.user.is_superuser or self.standing.allows(self.user, action)

    def may_publish_somehow(self) -> bool:
        """Wagtail's own publish right, before anybody asks who has to agree."""
        return bool(super().can_publish())

    def can_publish(self) -> bool:
        return super().can_publish() and self._allows(Action.PUBLISH)

    def can_publish_urgently(self) -> bool:
        """At once and alone, with a reason, to be confirmed by the other half."""
        return super().can_publish() and not self.user.is_superuser and self._allows(Action.URGENT)

    def can_publish_subpage(self) -> bool:
        """New pages and copies begin as drafts, since nobody has agreed to them yet. The board's own area is free."""
        if not super().can_publish_subpage() or self.user.is_superuser:
            return bool(super().can_publish_subpage())
        return BOARD.key in groups_of(self.user) and self.standing.role_of(self.user) is Role.BOARD

    def can_copy_to(self, destination: Any, recursive: bool = False) -> bool:
        """Below a page that is none of ours nobody would ask whether the copy may be public: for superusers."""
        ours = isinstance(destination.permissions_for_user(self.user), OfficePageTester)
        return super().can_copy_to(destination, recursive) and (ours or self.user.is_superuser)

    def can_unpublish(self) -> bool:
        """Also while a review or somebody's lock keeps the text from being changed: what must go has to go."""
        return self.page.live and self.may_publish_somehow() and self._allows(Action.UNPUBLISH)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return super().can_delete(ignore_bulk) and self._allows(Action.DELETE)

    def can_move(self) -> bool:
        return super().can_move() and self._allows(Action.MOVE)

    def can_unschedule(self) -> bool:
        """Calling off is taking away: either half may."""
        return self.may_publish_somehow() and self._allows(Action.UNPUBLISH)

    def can_set_view_restrictions(self) -> bool:
        """Protecting a page that is not live opens nothing. A live one is unpublished first, then submitted anew."""
        return self.may_publish_somehow() and (not self.page.live or self._allows(Action.RESTRICT))

    def can_submit_for_moderation(self) -> bool:
        return super().can_submit_for_moderation() and self._allows(Action.SUBMIT)
