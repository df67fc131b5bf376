"""Forms of the public that become a letter to the office: no cookie, a limit for each address, sent once by the outbox.

Nothing is kept but the mail. One letter a sort: :mod:`website.barriers`, :mod:`website.accessible_versions`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from wagtail.coreutils import get_content_languages

from cms_blocks.chrome import chrome_for
from cms_blocks.public_forms import PublicForm, sent_from_here
from cms_blocks.publication.lock import take_flush_lock
from cms_blocks.publication.outbox import Delivery
from cms_blocks.throttle import client_network, over_limit

#: Letters of one sort from one address in an hour. Behind an address may sit a whole office.
LETTERS_PER_ADDRESS, HOUR = 10, 60 * 60


@dataclass(frozen=True, slots=True)
class Letter:
    """What the office gets. ``answer_to`` may be anything; only an e-mail address becomes ``Reply-To``."""

    recipient: str
    subject: str
    lines: list[str]
    answer_to: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the form, and what is said when the letter is on its way."""

    title: str | Promise
    description: str | Promise
    lead: str | Promise
    not_sent: str | Promise
    button: str | Promise
    note: str | Promise
    sent: str | Promise
    thanks: str | Promise


@method_decorator(csrf_exempt, name="dispatch")
class WriteLetter(View):
    """Shows the form; takes it, writes the mail, leads on to the thanks."""

    http_method_names: ClassVar[list[str]] = ["get", "head", "post", "options"]
    words: Words
    form_class: type[PublicForm]
    #: Names of the two addresses.
    url_name: str
    sent_url_name: str

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self.empty_form(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.filled_form(request)
        valid = form.is_valid()
        if not sent_from_here(request):
            form.add_error(
                None,
                _("Your browser does not say that the form comes from our website. Please send it once more."),
            )
            return self._page(request, form, status=403)
        if not valid:
            return self._page(request, form)
        if over_limit(form.name, client_network(request), LETTERS_PER_ADDRESS, HOUR):
            form.add_error(
                None,
                _("Too many reports came from your connection. Your text is still here: try again in an hour."),
            )
            return self._page(request, form, status=429)
        self._send(request, form)
        query = {name: value for name, value in self.after(form).items() if value}
        address = reverse(self.sent_url_name) + (f"?{urlencode(query)}" if query else "")
        return HttpResponseRedirect(address, status=303)

    def empty_form(self, request: HttpRequest) -> PublicForm:
        """Raises ``Http404`` where there is nothing to write about."""
        return self.form_class()

    def filled_form(self, request: HttpRequest) -> PublicForm:
        """Raises ``Http404`` where there is nothing to write about."""
        return self.form_class(request.POST)

    def said(self, form: PublicForm) -> list[str]:
        """What makes a letter another one. The same from the same form is the same mail, however often it comes."""
        return [str(form.cleaned_data[name]) for name in form.fields if name != "subject"]

    def letter(self, request: HttpRequest, form: PublicForm, language: str) -> Letter:
        """The letter in the language of the office; ``language`` is the visitor's."""
        raise NotImplementedError

    def after(self, form: PublicForm) -> dict[str, str]:
        """The query of the page that says thank you."""
        return {}

    def context(self, form: PublicForm) -> dict[str, Any]:
        return {}

    def _page(self, request: HttpRequest, form: PublicForm, status: int = 200) -> HttpResponse:
        context = {"chrome": chrome_for(request, paths=addresses(self.url_name)), "form": form, "words": self.words}
        return unkept(render(request, "website/letter.html", context | self.context(form), status=status))

    def _send(self, request: HttpRequest, form: PublicForm) -> None:
        host = urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname
        digest = hashlib.sha256("\0".join(self.said(form)).encode()).hexdigest()[:40]
        key = f"<{form.name}.{digest}@{host}>"
        take_flush_lock()  # the same form sent twice at once
        if Delivery.objects.filter(topic="mail.send", key=key).exists():
            return
        language = translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(settings.LANGUAGE_CODE):
            letter = self.letter(request, form, language)
            EmailMessage(
                subject=letter.subject,
                body="\n".join(letter.lines),
                to=[letter.recipient],
                reply_to=[letter.answer_to] if is_email(letter.answer_to) else None,
                headers={"Message-ID": key},
            ).send()


def thanks_page(request: HttpRequest, words: Words, url_name: str, back: str = "") -> HttpResponse:
    """After a letter: what happens next, and the way back."""
    context = {"chrome": chrome_for(request, paths=addresses(url_name)), "words": words, "back": back}
    return unkept(render(request, "website/letter_sent.html", context))


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def addresses(name: str) -> dict[str, str]:
    """A view in every language."""
    found = {}
    for code in get_content_languages():
        with translation.override(code):
            found[code] = reverse(name)
    return found


def unkept(response: HttpResponse) -> HttpResponse:
    """A token grows old, and what somebody typed is nobody else's business."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, follow"
    return response
