"""Forms for everybody: no cookie and no session, and yet not for machines nor for other sites.

In place of Django's CSRF cookie a form carries a signed token that expires, and what is sent must come from a page of
this site. Views that take such a form are ``csrf_exempt`` and ask :func:`sent_from_here` themselves.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SALT = "cms_blocks.public_forms"
#: Seconds: nobody reads and fills in a form faster, and nobody is hurried (WCAG 2.2.1: more than 20 hours).
QUICKEST, LONGEST = 3, 24 * 60 * 60


def issue(form: str) -> str:
    """A token for the form of this name, from now on."""
    return signing.dumps([form, secrets.token_hex(8), int(timezone.now().timestamp())], salt=SALT)


def age(token: str, form: str) -> int | None:
    """Seconds since the token was issued for this form; ``None`` for one that we have never issued for it."""
    try:
        name, _nonce, since = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return int(timezone.now().timestamp()) - since if name == form else None


def sent_from_here(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form: by ``Origin``, else by ``Sec-Fetch-Site``, else by ``Referer``."""
    own = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    origin = request.headers.get("Origin", "null")
    if origin != "null":
        return origin in own
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    referer = urlsplit(request.headers.get("Referer", ""))
    return f"{referer.scheme}://{referer.netloc}" in own


class PublicForm(forms.Form):
    """A form with a token and a trap for machines. Subclasses set ``name``; whatever is wrong, no word is lost."""

    name: str
    required_css_class = "required"

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    #: Not shown to people. Machines that fill in everything fill in this too.
    subject = forms.CharField(
        label=_("Please leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"hidden": True, "autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", issue(self.name))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        seconds = age(cleaned.get("token", ""), self.name)
        if seconds is None or seconds > LONGEST:
            self._renew("token", issue(self.name))
            raise ValidationError(
                _("The form was open for a very long time. Your text is still here: please send it once more."),
                code="expired",
            )
        if cleaned.get("subject"):
            self._renew("subject", "")
            raise ValidationError(
                _("A field that nobody sees was filled in. We have emptied it: please send the form once more."),
                code="trap",
            )
        if seconds < QUICKEST and not self.errors:
            raise ValidationError(
                _("That was faster than anybody can type. Please wait a moment and send the form once more."),
                code="fast",
            )
        return cleaned

    def _renew(self, field: str, value: str) -> None:
        """What the form shows when it comes back in place of what was sent."""
        data: Any = self.data.copy()  # lists stay lists
        data[self.add_prefix(field)] = value
        self.data = data
