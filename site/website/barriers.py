"""“Report a barrier”: a form on every page, without cookie, whose reports leave as mail through the outbox."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cms_blocks.languages import local_name, original_language
from cms_blocks.office import office_for
from cms_blocks.public_forms import PublicForm
from cms_blocks.publication.records import PublicRecord
from website.letters import Letter, Words, WriteLetter, thanks_page
from website.models import AccessibilityStatementPage

WORDS = Words(
    title=gettext_lazy("Report a barrier"),
    description=gettext_lazy("Tell us what does not work for you on this website."),
    lead=gettext_lazy("Does something on this website not work for you? Tell us, so that we can remove the barrier."),
    not_sent=gettext_lazy("Your report has not been sent yet."),
    button=gettext_lazy("Send the report"),
    note=gettext_lazy("Your report reaches us as an e-mail. This form sets no cookie."),
    sent=gettext_lazy("Your report is on its way"),
    thanks=gettext_lazy("Thank you. A person reads it. If you left an e-mail address, we answer there."),
)
LONGEST_TEXT, LONGEST_PATH = 5000, 500


class BarrierForm(PublicForm):
    """What is the barrier, where is it, and where can we answer?"""

    name = "barrier"

    barrier = forms.CharField(
        label=gettext_lazy("What is the barrier?"),
        help_text=gettext_lazy("What did you want to do, and what did not work? A few words are enough."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        error_messages={
            "required": gettext_lazy("Please write what the barrier is."),
            "max_length": gettext_lazy(
                "Please shorten your text to %(limit_value)d characters. It has %(show_value)d."
            ),
        },
    )
    page = forms.CharField(
        label=gettext_lazy("On which page?"),
        help_text=gettext_lazy("The address of the page on this website."),
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail"),
        help_text=gettext_lazy("Only if you would like an answer. We use it for nothing else."),
        required=False,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy(
                "This e-mail address is not complete. It looks like name@example.org, or stays empty."
            )
        },
    )

    def __init__(self, *args: Any, host: str, **kwargs: Any) -> None:
        self.host = host
        super().__init__(*args, **kwargs)

    def clean_page(self) -> str:
        typed = self.cleaned_data["page"]
        path = own_path(typed, self.host)
        if typed and not path:
            raise ValidationError(
                _("This is no address of a page on this website. It begins with “/”, or leave the field empty.")
            )
        return path


def own_path(address: str, host: str) -> str:
    """The path of an address on this website, typed with or without the host; empty if it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme in {"http", "https"} and parts.netloc == host:
        path = parts.path or "/"
    else:
        path = address
    odd = any(unicodedata.category(character)[0] in "CZ" for character in path)
    if not path.startswith("/") or path.startswith("//") or "\\" in path or odd or len(path) > LONGEST_PATH:
        return ""
    return path


class ReportBarrier(WriteLetter):
    """Shows the form; takes a report, writes its mail, leads on to the thanks."""

    words = WORDS
    form_class = BarrierForm
    url_name, sent_url_name = "report_barrier", "barrier_reported"

    def empty_form(self, request: HttpRequest) -> PublicForm:
        page = own_path(request.GET.get("page", ""), request.get_host())
        return BarrierForm(initial={"page": page}, host=request.get_host())

    def filled_form(self, request: HttpRequest) -> PublicForm:
        return BarrierForm(request.POST, host=request.get_host())

    def letter(self, request: HttpRequest, form: PublicForm, language: str) -> Letter:
        report = form.cleaned_data
        lines = [
            _("Somebody reports a barrier on the website."),
            "",
            _("Page: %(page)s") % {"page": request.build_absolute_uri(report["page"]) if report["page"] else "–"},
            _("Language: %(language)s") % {"language": local_name(language)},
            _("Answer to: %(email)s") % {"email": report["email"] or _("no answer wanted")},
            "",
            report["barrier"].replace("\r\n", "\n"),
        ]
        subject = _("Report of a barrier: %(page)s") % {"page": report["page"] or "–"}
        return Letter(recipient_of_reports(language), subject, lines, report["email"])

    def after(self, form: PublicForm) -> dict[str, str]:
        return {"page": form.cleaned_data["page"]}


report_barrier = ReportBarrier.as_view()


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """After a report."""
    back = own_path(request.GET.get("page", ""), request.get_host())
    return thanks_page(request, WORDS, "barrier_reported", back)


def recipient_of_reports(language: str) -> str:
    """What the public accessibility statement names, in this language or German; else the office; else ourselves."""
    listed = PublicRecord.objects.listed().of_kind("accessibility_statement")
    found = dict(listed.filter(locale__in=[language, original_language()]).values_list("locale", "object_id"))
    statement = found.get(language) or found.get(original_language())
    named = AccessibilityStatementPage.objects.filter(pk=statement).values_list("feedback_email", flat=True).first()
    return named or office_for(language).email or settings.DEFAULT_FROM_EMAIL
