"""Begin a translation that is written by hand."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction
from wagtail.models import Locale, Page

from cms_blocks.publication.unit import unit
from cms_blocks.translation import may_translate, sync_view_restrictions


class WriteByHand:
    """Make a draft of ``page`` in another language, which starts with the German words and is written over.

    Its ancestors that are missing in that language come along as aliases, which are never public.
    """

    def __init__(self, page: Page, locale: Locale, *, user: Any) -> None:
        self.page, self.locale, self.user = page, locale, user

    def check(self) -> None:
        """Raises ``PermissionDenied``, or ``ValueError`` if the page exists in that language."""
        if not may_translate(self.user, self.page):
            raise PermissionDenied
        if self._there(alias_of=None).exists():
            raise ValueError(_("This page exists in that language already."))

    def execute(self) -> Page:
        """Check, then make the draft. Returns it."""
        with unit():
            Page.objects.select_for_update().get(pk=self.page.pk)
            self.check()
            alias = self._there(alias_of__isnull=False).first()
            if alias is not None:
                draft = ConvertAliasPageAction(alias.specific, user=self.user).execute(skip_permission_checks=True)
                if draft.live:
                    draft.unpublish(user=self.user)
            else:
                draft = CopyPageForTranslationAction(
                    self.page.specific, self.locale, copy_parents=True, user=self.user
                ).execute(skip_permission_checks=True)
            sync_view_restrictions(None, self.page, draft)
            return draft

    def _there(self, **filters: Any) -> Any:
        return Page.objects.filter(translation_key=self.page.translation_key, locale=self.locale, **filters)
