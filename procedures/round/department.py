"""The pages behind the link in a letter: what a department is asked about, and the form for each procedure.

No login and no cookie. They show what the public page says and nothing of any draft: only procedures that have a
visible record, in the values that were published.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from cms_blocks.chrome import chrome_for
from cms_blocks.public_forms import sent_from_here
from procedures.models import ProcedurePage, UpdateLetter, UpdateRequest
from procedures.round.answering import AnswerForm
from procedures.round.answers import AnswerRequest
from procedures.round.choice import public_procedures
from procedures.round.links import letter_of, works
from procedures.round.sections import facts_of
from procedures.round.states import Answer
from procedures.round.values import stored

#: What makes two answers the same.
ANSWER = ("answer", "changes", "stage", "remark")


@dataclass(frozen=True, slots=True)
class Asked:
    """One procedure of a letter, as its list shows it."""

    pk: int
    title: str
    path: str
    answer: str


def asked_in(letter: UpdateLetter) -> list[Asked]:
    """The public procedures of a letter, by title; of others nobody learns anything. Two queries."""
    requests = {request.page_id: request for request in letter.requests.all()}
    records = public_procedures().filter(object_id__in=requests).order_by("title", "pk")
    rows = records.values_list("object_id", "title", "path")
    return [Asked(requests[pk].pk, title, path, requests[pk].answer) for pk, title, path in rows]


class LinkView(View):
    """What needs a link that works. One that we never issued is not found; one that is over is told so.

    What is not public (any more) is answered with what is: the site's own page for what is not found would carry the
    secret address further.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.token = kwargs["token"]
        letter = letter_of(self.token)
        if letter is None:
            raise Http404
        self.letter = letter
        if not works(self.token, letter):
            return _kept_to_oneself(self.page("over", status=410))
        try:
            response = super().dispatch(request, *args, **kwargs)
        except (Http404, ObjectDoesNotExist):  # perhaps deleted in this moment
            response = self.overview(status=404)
        return _kept_to_oneself(response)

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """In the frame of the site, whose links do not carry the secret address along."""
        chrome = chrome_for(self.request)
        frame = replace(
            chrome,
            canonical="",
            barrier_path=chrome.barrier_path.partition("?")[0],
            languages=[language for language in chrome.languages if language.current],
        )
        context |= {"chrome": frame, "letter": self.letter, "round": self.letter.round, "office": frame.office}
        context["overview"] = reverse("update_round", args=[self.token])
        return render(self.request, f"procedures/round/{template}.html", context, status=status)

    def overview(self, status: int = 200) -> HttpResponse:
        """All procedures of the letter, and which of them wait."""
        asked = [
            (
                each,
                Answer(each.answer).label if each.answer else "",
                reverse("update_round_answer", args=[self.token, each.pk]),
            )
            for each in asked_in(self.letter)
        ]
        waiting = sum(1 for each, _label, _address in asked if not each.answer)
        return self.page("overview", status=status, asked=asked, waiting=waiting)


class OverviewView(LinkView):
    """What the link in the letter leads to."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.overview()


@method_decorator(csrf_exempt, name="dispatch")
class AnswerView(LinkView):
    """One procedure: confirm what the public page says, or say what is different."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, token: str, pk: int) -> HttpResponse:
        asked, page = self._asked(pk)
        if asked.answer:
            return self.page("answered", asked=asked, page=page, answer=Answer(asked.answer).label)
        return self._form(asked, page, AnswerForm(page=page))

    def post(self, request: HttpRequest, token: str, pk: int) -> HttpResponse:
        asked, page = self._asked(pk)
        form = AnswerForm(request.POST, page=page)
        valid = form.is_valid()
        if asked.answer:
            return self._answered_before(asked, page, form if valid else None)
        if not sent_from_here(request):
            said = _("Your browser does not say that the form comes from our website. Please send it once more.")
            form.add_error(None, said)
            return self._form(asked, page, form, status=403)
        if not valid:
            return self._form(asked, page, form)
        try:
            AnswerRequest(token, asked, form).execute()
        except ValidationError:  # two answers at once
            return self._answered_before(asked, page, form)
        except PermissionDenied:  # closed in this moment
            return self.page("over", status=410)
        return HttpResponseRedirect(reverse("update_round", args=[token]), status=303)

    def _asked(self, pk: int) -> tuple[UpdateRequest, ProcedurePage]:
        """Raises ``Http404`` for what this letter did not ask about, and for what is not public (any more)."""
        asked = self.letter.requests.filter(pk=pk).first()
        if asked is None or not public_procedures().filter(object_id=asked.page_id).exists():
            raise Http404
        return asked, ProcedurePage.objects.get(pk=asked.page_id)

    def _answered_before(self, asked: UpdateRequest, page: ProcedurePage, form: AnswerForm | None) -> HttpResponse:
        """The first answer stands: who comes second hears it, and who pressed twice is led on."""
        asked.refresh_from_db()
        if form is not None and all(getattr(asked, name) == stored(getattr(form, name)) for name in ANSWER):
            return HttpResponseRedirect(reverse("update_round", args=[self.token]), status=303)
        answer = Answer(asked.answer).label
        return self.page("answered", status=409, asked=asked, page=page, answer=answer, too_late=True)

    def _form(self, asked: UpdateRequest, page: ProcedurePage, form: AnswerForm, status: int = 200) -> HttpResponse:
        given = form.data.get("answer") if form.is_bound else None
        empty = AnswerForm(page=page)
        confirming = form if given == Answer.CONFIRMED else empty
        changing = form if given == Answer.CHANGED else empty
        context = {"form": form, "confirming": confirming, "changing": changing, "today": timezone.localdate()}
        return self.page("answer", status=status, asked=asked, page=page, facts=facts_of(page), **context)


def _kept_to_oneself(response: HttpResponse) -> HttpResponse:
    """No cache, no search engine, and no other site learns the address."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
