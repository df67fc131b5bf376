from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebsiteConfig(AppConfig):
    name = "website"
    verbose_name = _("Website")

    def ready(self) -> None:
        from website import appearances  # noqa: F401 (registers itself)

    default_auto_field = "django.db.models.BigAutoField"
