"""What the editor of a page in another language sees: is it current, is it approved."""

from __future__ import annotations

from typing import Any

from django.forms import Media
from django.http import HttpRequest
from wagtail.admin.panels import Panel
from wagtail.admin.staticfiles import versioned_static
from wagtail.models import Page

from cms_blocks.easy_language import EasyLanguageReview, may_review
from cms_blocks.freshness import Freshness, TranslationBasis, freshness, original_of, state_basis
from cms_blocks.languages import EASY
from cms_blocks.publication.records import PublicRecord
from cms_blocks.wording import digest

#: Names of the checkbox and of the digest of the German text that the editor had before their eyes.
FIELD = "up_to_date"
SHOWN = "up_to_date_with"
DIGEST_LENGTH = 64


class LanguagePanel(Panel):
    """The state of the translation, with the editor's statement; in easy language also the reviewer's approval."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms_blocks/translating/panel.html"

        @property
        def media(self) -> Media:
            return Media(css={"all": [versioned_static("cms_blocks/admin/languages.css")]})

        def is_shown(self) -> bool:
            return bool(self.instance.pk) and (self._original is not None or self._easy)

        @property
        def _original(self) -> Page | None:
            if not hasattr(self, "_found_original"):
                self._found_original = original_of(self.instance)
            return self._found_original

        @property
        def _easy(self) -> bool:
            return self.instance.locale.language_code == EASY and self.instance.alias_of_id is None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            page, original = self.instance, self._original
            records = {
                record.object_id: record
                for record in PublicRecord.objects.live().filter(object_id__in=[page.pk, original and original.pk])
            }
            public = records.get(original.pk) if original else None
            context |= {
                "page": page,
                "field": FIELD,
                "shown": SHOWN,
                "original": original,
                "public": public,
                "state": freshness(records.get(page.pk), public) if public else None,
                "behind": Freshness.BEHIND,
                "ticked": bool(public) and pending(page, public.wording).exists(),
                "easy": self._easy,
            }
            if self._easy:
                wording = digest(page)
                context |= {
                    "wording": wording,
                    "review": EasyLanguageReview.objects.filter(page=page, wording=wording).first(),
                    "may_review": bool(self.request) and may_review(self.request.user, page),
                }
            return context


def note_statement(request: HttpRequest, page: Page) -> None:
    """Hook after a page was saved or published: the editor says that the text is up to date with the German one.

    ``FIELD`` is the box, ``SHOWN`` the digest of the German text beside it, sent with every form that had the box. The
    statement counts from this revision on; a box that is emptied again before publication takes it back.
    """
    wording, revision = request.POST.get(SHOWN, ""), page.latest_revision
    if len(wording) != DIGEST_LENGTH or revision is None or original_of(page) is None:
        return
    said = TranslationBasis.objects.filter(page=page).order_by("from_revision", "pk")
    if FIELD not in request.POST:
        pending(page, wording).delete()
    elif (last := said.last()) is None or last.wording != wording:
        state_basis(page, wording, TranslationBasis.Source.EDITOR, revision=revision, user=request.user)


def pending(page: Page, wording: str) -> Any:
    """Statements of editors about text that is not public yet."""
    mine = TranslationBasis.objects.filter(page=page, wording=wording, source=TranslationBasis.Source.EDITOR)
    return mine.filter(from_revision__gt=page.live_revision_id or 0)
