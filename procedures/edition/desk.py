"""The pages of editors: all editions, one with its drafts and buttons, and what it would look like on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from cms_blocks.media.serving import PDF_POLICY
from governance.halves import half_of
from governance.review import half_label
from procedures.edition.actions import (
    AgreeToDrafts,
    CallOff,
    ChangeFacts,
    ChooseDrafts,
    CreateEdition,
    DeleteEdition,
    ScheduleEdition,
    TakeNewest,
    WithdrawEdition,
)
from procedures.edition.choice import Draft, drafts_of, halves_to_agree, offered_drafts
from procedures.edition.comparing import Comparison, compare, read
from procedures.edition.forms import EditionForm
from procedures.edition.frozen import entries_of, with_drafts
from procedures.edition.publishing import Refused, previous_of, rehearse, set_paper
from procedures.edition.states import Kind, State
from procedures.models import Edition, EditionDraft
from procedures.policies import may_make_editions, may_withdraw_editions
from procedures.round.forms import ticked


@dataclass(frozen=True, slots=True)
class Line:
    """A draft as the page shows it. ``silent``: the halves that have not agreed, in words; ``asks_me``: whether this
    person's yes is among what is missing."""

    draft: Draft
    kind: Kind
    silent: list[str]
    asks_me: bool

    @property
    def is_editorial(self) -> bool:
        return bool(self.draft.kept and self.draft.kept.editorial_only)

    @property
    def comparison(self) -> str:
        """Where the public page and this version stand side by side; empty for a new page."""
        if self.draft.public_version is None or self.draft.revision is None:
            return ""
        return reverse(
            "wagtailadmin_pages:revisions_compare", args=[self.draft.page.pk, "live", self.draft.revision.pk]
        )


class EditionPage(WagtailAdminTemplateMixin, TemplateView):
    """What all pages of editions have: who may see them, and the way back."""

    header_icon = "doc-full"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_make_editions(request.user):  # before anybody learns which exist
            raise PermissionDenied
        if "pk" in kwargs:
            self.edition = get_object_or_404(
                Edition.objects.slim().select_related("index", "locale", "scheduled_by", "withdrawn_by"),
                pk=kwargs["pk"],
            )
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("editions:index"), "label": EditionsView.page_title}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.get_page_title()}]


class EditionsView(EditionPage):
    """All editions, the newest first."""

    template_name = "procedures/desk/editions.html"
    page_title = gettext_lazy("Editions")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("New edition"), reverse("editions:add"), icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        editions = Edition.objects.slim().order_by("-cut_off", "-pk")
        return super().get_context_data(**kwargs) | {"editions": editions}


class FactsView(EditionPage):
    """The form of a new edition, or of one that is in preparation."""

    template_name = "procedures/desk/edition_facts.html"

    def get_page_title(self) -> str:
        return _("Facts of “{title}”").format(title=self.edition.title) if "pk" in self.kwargs else _("New edition")

    def _form(self, data: Any = None) -> EditionForm:
        return EditionForm(data, instance=self.edition if "pk" in self.kwargs else None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            try:
                if "pk" in kwargs:
                    edition = Edition.objects.get(pk=kwargs["pk"])
                    ChangeFacts(request.user, edition, form.facts).execute()
                    messages.success(request, _("The facts are saved."))
                else:
                    edition = CreateEdition(request.user, form.cleaned_data["index"], form.facts).execute()
                    messages.success(request, _("The edition is there, with all complete drafts. Look through them."))
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                return redirect("editions:edition", edition.pk)
        return self._page(form)

    def _page(self, form: EditionForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data() | {"form": form})


class EditionView(EditionPage):
    """One edition: what it changes, which drafts go along, what is missing, and what can be done."""

    template_name = "procedures/desk/edition.html"

    def get_page_title(self) -> str:
        return self.edition.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition, user, now = self.edition, self.request.user, timezone.now()
        last = edition.previous if edition.published_at else previous_of(edition)
        state = edition.state_at(now)
        context: dict[str, Any] = {"edition": edition, "state": state, "last": last, "is_open": edition.is_open}
        if edition.published_at:
            entries, lines, offered = read(edition.entries), [], []
            compared = compare(read(last.entries) if last else None, entries)
        else:
            chosen = drafts_of(edition)
            entries = with_drafts(entries_of(edition, now), chosen)
            compared = compare(read(last.entries) if last else None, entries)
            lines = [self._line(draft, compared, last) for draft in chosen]
            offered = [self._line(draft, compared, last) for draft in offered_drafts(edition, user)]
        context |= {
            "compared": compared,
            "count": len(entries),
            "lines": lines,
            "offered": offered if edition.is_open else [],
            "asked": [line for line in lines if line.asks_me and edition.is_open],
            "failed_at": parse_datetime(edition.failure["at"]) if edition.failure else None,
            "may_withdraw": state == State.PUBLISHED and may_withdraw_editions(user),
        }
        return super().get_context_data(**kwargs) | context

    def _line(self, draft: Draft, compared: Comparison, last: Edition | None) -> Line:
        kind = compared.kind_of(draft.page.pk)
        if kind == Kind.SAME:
            kind = Kind.NEW if draft.is_new else Kind.CHANGED
        planner = self.edition.scheduled_by if self.edition.scheduled_at else self.request.user
        silent = frozenset() if draft.is_settled else halves_to_agree(draft, [planner])
        mine = half_of(self.request.user)
        # Whoever plans it says yes by that; whoever does not may say it here.
        missing = frozenset() if draft.is_settled else halves_to_agree(draft, [])
        return Line(draft, kind, [half_label(half) for half in sorted(silent)], mine in missing)


@require_GET
def draft_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The printed edition as it would be now, for those who adopt it. Nothing of it is kept or public."""
    if not may_make_editions(request.user):
        raise PermissionDenied
    edition = get_object_or_404(Edition.objects.slim().pending(), pk=pk)
    try:
        outcome = rehearse(edition.pk, timezone.now(), planned=False)
        pdf = set_paper(outcome.data) if outcome else b""
    except Refused as refusal:
        failure = refusal.failure
        messages.error(request, ": ".join(filter(None, (failure["title"], failure["why"]))))
        return redirect("editions:edition", pk)
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = "inline; filename=draft.pdf"
    response.headers["Content-Security-Policy"] = PDF_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _button(
    model: Any, act: Callable[[HttpRequest, Any], Any], said: Callable[[Any], str]
) -> Callable[[HttpRequest, int], HttpResponse]:
    """The view of a button on the page of an edition: acts, says what came of it, and leads back there."""

    @require_POST
    def press(request: HttpRequest, pk: int) -> HttpResponse:
        if not may_make_editions(request.user):
            raise PermissionDenied
        about = get_object_or_404(model, pk=pk)
        edition = about.edition_id if isinstance(about, EditionDraft) else about.pk
        try:
            outcome = act(request, about)
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        else:
            messages.success(request, said(outcome))
        return redirect("editions:edition", edition)

    return press


choose = _button(
    Edition,
    lambda request, edition: ChooseDrafts(
        request.user, edition, ticked(request.POST, "page"), ticked(request.POST, "editorial")
    ).execute(),
    lambda _outcome: _("The choice is saved."),
)
take = _button(
    EditionDraft,
    lambda request, draft: TakeNewest(request.user, draft).execute(),
    lambda _outcome: _("The newest version is in the edition now. Whoever agreed to the older one is asked again."),
)
agree = _button(
    Edition,
    lambda request, edition: AgreeToDrafts(request.user, edition, ticked(request.POST, "revision")).execute(),
    lambda number: ngettext(
        "Your half has agreed to {number} draft.", "Your half has agreed to {number} drafts.", number
    ).format(number=number),
)
schedule = _button(
    Edition,
    lambda request, edition: ScheduleEdition(request.user, edition).execute(),
    lambda _outcome: _("The edition is planned. At its instant everything is published at once."),
)
publish = _button(
    Edition,
    lambda request, edition: ScheduleEdition(request.user, edition, now=True).execute(),
    lambda _outcome: _("The edition is being published. Load this page again in a minute to see what came of it."),
)
call_off = _button(
    Edition,
    lambda request, edition: CallOff(request.user, edition).execute(),
    lambda _outcome: _("Called off. Nothing was published, and the edition can be changed again."),
)
withdraw = _button(
    Edition,
    lambda request, edition: WithdrawEdition(request.user, edition, request.POST.get("reason", "")).execute(),
    lambda _outcome: _("The edition is withdrawn. Its address answers that there is nothing; the pages stay public."),
)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """An edition that was never public goes; leads to the list."""
    if not may_make_editions(request.user):
        raise PermissionDenied
    edition = get_object_or_404(Edition, pk=pk)
    try:
        DeleteEdition(request.user, edition).execute()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("editions:edition", pk)
    messages.success(request, _("“{title}” is deleted. Its drafts stay drafts.").format(title=edition.title))
    return redirect("editions:index")
