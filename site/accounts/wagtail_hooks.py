"""What accounts add to Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from accounts import second_factor, views
from accounts.audit import register_actions
from accounts.bulk import ACTIONS
from cms_blocks.guide.tasks import Task, register_task

hooks.register("register_log_actions", register_actions)
for _action in ACTIONS:
    # After Wagtail's of the same names, which the registry then forgets.
    hooks.register("register_bulk_action", _action, order=100)


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("second-factor/", views.StateView.as_view(), name="second_factor"),
        path("second-factor/set-up/", views.SetUpView.as_view(), name="second_factor_set_up"),
        path("second-factor/codes/", views.NewCodesView.as_view(), name="second_factor_codes"),
        path("second-factor/off/", views.TurnOffView.as_view(), name="second_factor_off"),
        path("second-factor/take-away/<int:user_id>/", views.TakeAwayView.as_view(), name="second_factor_take_away"),
    ]


@hooks.register("register_account_menu_item")
def account_entry(request: HttpRequest) -> dict[str, Any]:
    return {
        "url": reverse("second_factor"),
        "label": _("Second factor"),
        "help_text": _("A code from your telephone beside the password protects your account."),
    }


@hooks.register("register_user_listing_buttons")
def take_away_button(user: Any, request_user: Any) -> Iterator[Button]:
    if views.may_take_away(request_user, user) and second_factor.is_set_up(user):
        yield Button(
            _("Take away the second factor"),
            reverse("second_factor_take_away", args=[user.pk]),
            icon_name="key",
            priority=40,
        )


register_task(
    Task("sign-in", "accounts", "office", 10, "wagtailadmin_home", ("wagtailadmin_account", "second_factor*"))
)
