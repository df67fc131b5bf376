from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProceduresConfig(AppConfig):
    name = "procedures"
    verbose_name = _("Procedures")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from procedures import appearances  # noqa: F401 (registers itself)
        from procedures.round import reminders  # noqa: F401 (a task of the worker registers itself)
