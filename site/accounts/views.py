"""Signing in with one or two factors, and the page where people look after their second one."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views import account
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from accounts import second_factor
from accounts.attempts import too_many
from accounts.browsers import remember_browser
from accounts.forms import HOUR, CodeForm, FirstCodeForm, PasswordForm
from accounts.powers import may_change_account
from cms_blocks.throttle import client_network, over_limit

#: Between password and code: who it is, and until when the code is waited for.
PENDING = "second_factor_pending"
PENDING_SECONDS = 300
#: Requests for a new password from one address in an hour; a whole office may sit behind it.
RESETS_PER_ADDRESS = 10


class LoginView(account.LoginView):
    """Signs in, or asks for the code of those who have a second factor."""

    template_name = "accounts/login.html"

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if second_factor.is_set_up(user):
            self.request.session[PENDING] = {
                "user": user.pk,
                "backend": user.backend,
                "until": time.time() + PENDING_SECONDS,
                "next": self.get_success_url(),
            }
            return redirect("second_factor_code")
        response: HttpResponse = super().form_valid(form)
        remember_browser(self.request, response, user)
        return response


class CodeView(FormView):
    """The second step of signing in."""

    template_name = "accounts/code.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        pending = request.session.get(PENDING) or {}
        self.user = get_user_model().objects.filter(pk=pending.get("user"), is_active=True).first()
        if self.user is None or pending["until"] < time.time():
            request.session.pop(PENDING, None)
            return redirect("wagtailadmin_login")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request, "user": self.user}

    def form_valid(self, form: Form) -> HttpResponse:
        pending = self.request.session.pop(PENDING)
        login(self.request, self.user, backend=pending["backend"])
        self.request.session.set_expiry(0)
        target = pending["next"]
        if not url_has_allowed_host_and_scheme(target, {self.request.get_host()}, self.request.is_secure()):
            target = reverse("wagtailadmin_home")
        response = redirect(target)
        remember_browser(self.request, response, self.user)
        return response


class PasswordResetView(account.PasswordResetView):
    """Wagtail's, for a few requests an hour from one address."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if over_limit("reset.address", client_network(request), RESETS_PER_ADDRESS, HOUR):
            return too_many(request)
        return super().post(request, *args, **kwargs)


class DeskView(WagtailAdminTemplateMixin):
    """What the pages of the second factor share."""

    page_title = gettext_lazy("Second factor")
    header_icon = "key"
    success_url = reverse_lazy("second_factor")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("wagtailadmin_account"), "label": _("Account")},
            {"url": "", "label": self.get_page_title()},
        ]


class StateView(DeskView, TemplateView):
    """Whether it is on, and what can be done."""

    template_name = "accounts/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            **super().get_context_data(**kwargs),
            "is_on": second_factor.is_set_up(user),
            "is_required": second_factor.is_required_for(user),
            "codes_left": second_factor.recovery_codes_left(user),
        }


class SetUpView(DeskView, FormView):
    """Shows the secret as a picture and takes the first code; then shows the recovery codes, once."""

    page_title = gettext_lazy("Set up the second factor")
    template_name = "accounts/set_up.html"
    form_class = FirstCodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        device = second_factor.begin(self.request.user)
        return {
            **super().get_context_data(**kwargs),
            "picture": mark_safe(second_factor.picture(device)),
            "secret": second_factor.secret_words(device),
        }

    def form_valid(self, form: FirstCodeForm) -> HttpResponse:
        return _show_codes(self, form.recovery_codes)


class PasswordView(DeskView, FormView):
    """Asks for the password first."""

    template_name = "accounts/password.html"
    form_class = PasswordForm
    explanation = ""
    button = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}


class NewCodesView(PasswordView):
    page_title = gettext_lazy("New recovery codes")
    explanation = gettext_lazy("You get ten new recovery codes. The old ones are worth nothing from then on.")
    button = gettext_lazy("Make new codes")

    def form_valid(self, form: Form) -> HttpResponse:
        if not second_factor.is_set_up(self.request.user):
            return redirect(self.success_url)
        return _show_codes(self, second_factor.new_recovery_codes(self.request.user))


class TurnOffView(PasswordView):
    page_title = gettext_lazy("Turn off the second factor")
    explanation = gettext_lazy("From then on your password alone is enough to sign in.")
    button = gettext_lazy("Turn off")

    def form_valid(self, form: Form) -> HttpResponse:
        second_factor.remove(self.request.user)
        messages.success(self.request, _("The second factor is off."))
        return super().form_valid(form)


class TakeAwayView(PasswordView):
    """For administrators: somebody has lost telephone and recovery codes."""

    page_title = gettext_lazy("Take away the second factor")
    explanation = gettext_lazy(
        "For somebody who has lost the telephone and the recovery codes. Make sure that it is really this person who "
        "asks you. From then on the password alone is enough to sign in, until a new second factor is set up."
    )
    button = gettext_lazy("Take away")
    success_url = reverse_lazy("wagtailusers_users:index")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.subject: AbstractBaseUser = get_object_or_404(get_user_model(), pk=kwargs["user_id"])
        if not may_take_away(request.user, self.subject):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.subject.get_username()

    def form_valid(self, form: Form) -> HttpResponse:
        second_factor.remove(self.subject, by_administrator=True)
        messages.success(self.request, _("The second factor of %(name)s is taken away.") % {"name": self.subject})
        return super().form_valid(form)


def may_take_away(administrator: Any, subject: Any) -> bool:
    """Those who may change accounts; the factor of a superuser only another superuser."""
    return bool(administrator.has_perm("auth.change_user") and may_change_account(administrator, subject))


def _show_codes(view: Any, codes: list[str]) -> HttpResponse:
    context = {**DeskView.get_context_data(view), "codes": codes, "site_name": settings.WAGTAIL_SITE_NAME}
    response: HttpResponse = view.response_class(view.request, ["accounts/recovery_codes.html"], context)
    response.headers["Cache-Control"] = "no-store"
    return response
