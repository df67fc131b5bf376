"""“Ask for an accessible version”: a form beside each public document that is not marked accessible."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms_blocks.languages import local_name, original_language
from cms_blocks.models import Contact, Document
from cms_blocks.office import office_for
from cms_blocks.public_forms import PublicForm
from cms_blocks.publication.reader import is_file_public
from cms_blocks.publication.records import PublicRecord
from website.letters import Letter, Words, WriteLetter, thanks_page

LONGEST_TEXT, LONGEST_REACH, LONGEST_ID = 2000, 300, 18

WORDS = Words(
    title=gettext_lazy("Ask for an accessible version"),
    description=gettext_lazy("Ask us for a version of a document that works for you."),
    lead=gettext_lazy(
        "Can you not read this document, or only with difficulty? We send you a version that works for you. "
        "It costs you nothing."
    ),
    not_sent=gettext_lazy("Your request has not been sent yet."),
    button=gettext_lazy("Send the request"),
    note=gettext_lazy("Your request reaches us as an e-mail. This form sets no cookie."),
    sent=gettext_lazy("Your request is on its way"),
    thanks=gettext_lazy("Thank you. A person reads it and gets in touch with you."),
)


class AccessibleVersionForm(PublicForm):
    """Which version helps, and where does it go?"""

    name = "accessible"

    document = forms.CharField(widget=forms.HiddenInput, required=False)
    reach = forms.CharField(
        label=gettext_lazy("How do we reach you?"),
        help_text=gettext_lazy(
            "An e-mail address, a telephone number or a postal address. We use it for nothing else."
        ),
        max_length=LONGEST_REACH,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        error_messages={
            "required": gettext_lazy("Please write how we reach you: otherwise the version cannot come to you.")
        },
    )
    need = forms.CharField(
        label=gettext_lazy("What would help you?"),
        help_text=gettext_lazy("For example: read aloud, in large print, in Leichte Sprache, explained by telephone."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class AskForAccessibleVersion(WriteLetter):
    """The form about one public document. Of one that is not public nobody learns that it exists: 404."""

    words = WORDS
    form_class = AccessibleVersionForm
    url_name, sent_url_name = "ask_accessible", "accessible_asked"

    def empty_form(self, request: HttpRequest) -> PublicForm:
        self.document = public_document(request.GET.get("document", ""))
        return AccessibleVersionForm(initial={"document": self.document.pk})

    def filled_form(self, request: HttpRequest) -> PublicForm:
        self.document = public_document(request.POST.get("document", ""))
        return AccessibleVersionForm(request.POST)

    def context(self, form: PublicForm) -> dict[str, Any]:
        return {"document": self.document}

    def letter(self, request: HttpRequest, form: PublicForm, language: str) -> Letter:
        title, asked = self.document.title, form.cleaned_data
        lines = [
            _("Somebody asks for an accessible version of a document."),
            "",
            _("Document: %(title)s") % {"title": title},
            request.build_absolute_uri(self.document.url),
            _("Language: %(language)s") % {"language": local_name(language)},
            _("Answer to: %(email)s") % {"email": " ".join(asked["reach"].split())},
            "",
            asked["need"].replace("\r\n", "\n") or _("What would help was not said."),
        ]
        subject = _("Accessible version wanted: %(title)s") % {"title": " ".join(title.split())}
        return Letter(recipient(self.document, language), subject, lines, asked["reach"])


ask_accessible = AskForAccessibleVersion.as_view()


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """After a request."""
    return thanks_page(request, WORDS, "accessible_asked")


def public_document(pk: str) -> Document:
    """Raises ``Http404`` for whatever is not the id of a public document."""
    if pk.isascii() and pk.isdigit() and len(pk) <= LONGEST_ID and is_file_public("document", int(pk)):
        return Document.objects.get(pk=pk)
    raise Http404


def recipient(document: Document, language: str) -> str:
    """Who answers for a public page that shows the document, in this language or German; else the office, else
    ourselves."""
    shown = PublicRecord.objects.visible().filter(
        references__target_kind="document",
        references__target_id=document.pk,
        locale__in=[language, original_language()],
    )
    for code in (language, original_language()):
        pages = Page.objects.filter(pk__in=[row.object_id for row in shown if row.locale == code]).order_by("path")
        contacts = [getattr(page, "contact_id", None) for page in pages.specific()]
        known = Contact.objects.exclude(email="").in_bulk([pk for pk in contacts if pk])
        if found := next((known[pk].email for pk in contacts if pk in known), ""):
            return found
    return office_for(language).email or settings.DEFAULT_FROM_EMAIL
