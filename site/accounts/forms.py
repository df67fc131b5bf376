"""Forms around signing in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm
from wagtail.admin.forms.auth import PasswordResetForm as WagtailPasswordResetForm
from wagtail.log_actions import log

from accounts import second_factor
from cms_blocks.throttle import over_limit

#: Mails to one account in an hour.
RESETS_PER_ACCOUNT = 3
HOUR = 60 * 60


class LoginForm(WagtailLoginForm):
    """Wagtail's form, whose fields have no translated labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["remember"].label = _("Remember me")


class PasswordResetForm(WagtailPasswordResetForm):
    """Sends a few mails an hour to one account at most. Says the same whether it sends one or not."""

    def get_users(self, email: str) -> Iterable[AbstractBaseUser]:
        for user in super().get_users(email):
            if not over_limit("reset.account", user.pk, RESETS_PER_ACCOUNT, HOUR):
                log(user, "accounts.password_asked")
                yield user


class CodeForm(forms.Form):
    """The code that follows the password. Wrong ones count as failed attempts to sign in."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("The six digits from your app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean_code(self) -> str:
        credentials = {"username": self.user.get_username()}
        code = str(self.cleaned_data["code"])
        allowed = AxesProxyHandler.is_allowed(self.request, credentials)
        if not allowed:
            self.request.axes_locked_out = True  # type: ignore[attr-defined]
        if not allowed or not second_factor.verify(self.user, code):
            user_login_failed.send(sender=__name__, credentials=credentials, request=self.request)
            raise forms.ValidationError(_("This code is not right. Please enter the one that the app shows now."))
        return code


class PasswordForm(forms.Form):
    """Asks for the password again before something that weakens the account."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Once more, so that nobody else does this at your screen."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        name, password = self.request.user.get_username(), str(self.cleaned_data["password"])
        if authenticate(self.request, username=name, password=password) is None:
            raise forms.ValidationError(_("This is not your password."))
        return password


class FirstCodeForm(PasswordForm):
    """The password and the first code that a new app shows. A right code turns the second factor on."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("The six digits that the app shows now."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    field_order = ["code", "password"]
    recovery_codes: list[str]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            codes = second_factor.confirm(self.request.user, cleaned["code"])
            if codes is None:
                self.add_error(
                    "code",
                    _("This code is not right. Each code holds for half a minute: please enter the one shown now."),
                )
            else:
                self.recovery_codes = codes
        return cleaned
