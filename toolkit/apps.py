from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ToolkitConfig(AppConfig):
    name = "toolkit"
    verbose_name = _("Toolkit")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from toolkit import appearances, handlers  # noqa: F401 (appearances registers itself)
        from toolkit.print import methods  # noqa: F401 (registers the printed forms)

        handlers.connect()
