from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts import audit, periodic  # noqa: F401 (periodic registers itself)
        from accounts.sessions import note_the_beginning

        audit.connect()
        user_logged_in.connect(note_the_beginning, dispatch_uid="session-begins")


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's users and groups, by the rules of :mod:`accounts.powers`."""

    user_viewset = "accounts.users.AccountViewSet"
    group_viewset = "accounts.groups.AccountGroupViewSet"
