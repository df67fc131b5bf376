"""wagtail-localize, made safe: three overrides, applied when the apps are ready.

1. ``Translation.save_target`` publishes in ``transaction.on_commit``: outside the request's transaction, without user
   and without asking for permission. Ours saves a draft and then publishes it in the same unit, if the user may.
2. ``TranslationSource.sync_view_restrictions`` deletes a restriction that is set only on the translation, which makes
   a private page public. Ours passes the source's restriction on and never takes one away.
3. Its views for sending into translation ask for one global right. Ours ask :func:`may_translate` too.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.models import DraftStateMixin, Page

from cms_blocks.freshness import TranslationBasis, made_from, state_basis
from cms_blocks.languages import original_language
from cms_blocks.publication.state import public_state
from cms_blocks.publication.unit import unit
from cms_blocks.wording import digest


def save_target(self: Any, user: Any = None, publish: bool = True) -> None:
    """Write the translation as a draft; publish it if asked to and if ``user`` may (``None``: a command, which may)."""
    model = self.source.specific_content_type.model_class()
    drafts = issubclass(model, DraftStateMixin)
    with unit():
        self.source.create_or_update_translation(
            self.target_locale,
            user=user,
            publish=publish and not drafts,
            fallback=True,
            copy_parent_pages=True,
        )
        if not drafts:
            return
        target = self.source.get_translated_instance(self.target_locale)
        if isinstance(target, Page):
            _note_basis(self, target, user)
        if not publish:
            return
        if isinstance(target, Page):
            may = user is None or target.permissions_for_user(user).can_publish()
        else:
            may = user is None or user.has_perm(f"{model._meta.app_label}.publish_{model._meta.model_name}")
        if may:
            target.get_latest_revision().publish(user=user)


def _note_basis(translation: Any, target: Page, user: Any) -> None:
    """Say which German text the new revision renders: that of the last synchronisation, if all parts are translated.

    With parts missing it renders what it did before, or nothing yet.
    """
    every, done = translation.get_progress()
    source = translation.source
    if every > done:
        if TranslationBasis.objects.filter(page=target, from_revision__gt=0).exists():
            return
        wording = ""
    elif source.locale.language_code == original_language():
        wording = digest(source.as_instance())
    else:  # a translation of a translation is as old as that one
        wording = made_from([source.get_source_instance()]).get(source.get_source_instance().pk, "")
    state_basis(target, wording, TranslationBasis.Source.LOCALIZE, revision=target.get_latest_revision(), user=user)


def sync_view_restrictions(self: Any, original: Any, translation_page: Any) -> None:
    """Give the translation the source's restriction if it has none of its own."""
    if not isinstance(original, Page) or translation_page.view_restrictions.exists():
        return
    for restriction in original.view_restrictions.all():
        groups = list(restriction.groups.all())
        restriction.pk = None
        restriction.page = translation_page
        restriction.save()
        restriction.groups.set(groups)


def may_translate(user: Any, source: Any) -> bool:
    """Whether ``user`` may send this object into translation: a copy of it shows all that it says.

    Pages: whoever may edit the source, and everybody who translates if the source is public. Other objects are
    published as soon as they are written: whoever may write them.
    """
    if not user.has_perm("wagtail_localize.submit_translation"):
        return False
    if isinstance(source, Page):
        return source.permissions_for_user(user).can_edit() or public_state(source).public
    options = source._meta
    return user.has_perm(f"{options.app_label}.add_{options.model_name}") and user.has_perm(
        f"{options.app_label}.change_{options.model_name}"
    )


def _guarded(view: Any) -> None:
    """Ask :func:`may_translate` before anything else. wagtail-localize itself asks for a global right only."""
    inner = view.dispatch

    def dispatch(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        found = self.get_object()
        source = found.get_source_instance() if hasattr(found, "get_source_instance") else found
        if not may_translate(request.user, source):
            raise PermissionDenied
        return inner(self, request, *args, **kwargs)

    view.dispatch = dispatch


def _report_for_translators(view: Any) -> None:
    inner = view.dispatch

    def dispatch(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("wagtail_localize.submit_translation"):
            raise PermissionDenied
        return inner(self, request, *args, **kwargs)

    view.dispatch = dispatch
    listed = view.get_queryset
    view.get_queryset = lambda self: listed(self).order_by("-pk")  # else its pages may show one twice and another never


def apply() -> None:
    """Called once when the apps are ready; does nothing where wagtail-localize is not installed."""
    from django.apps import apps

    if apps.is_installed("wagtail_localize"):
        from wagtail_localize.models import Translation, TranslationSource
        from wagtail_localize.views.report import TranslationsReportView
        from wagtail_localize.views.submit_translations import SubmitTranslationView
        from wagtail_localize.views.update_translations import UpdateTranslationsView

        Translation.save_target = save_target
        TranslationSource.sync_view_restrictions = sync_view_restrictions
        _guarded(SubmitTranslationView)
        _guarded(UpdateTranslationsView)
        _report_for_translators(TranslationsReportView)
