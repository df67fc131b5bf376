from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProceduresConfig(AppConfig):
    name = "procedures"
    verbose_name = _("Procedures")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from governance.policies import ADMINISTRATORS, EDITORS_OF_HALVES, grant
        from procedures import appearances, half_contacts, named_districts, principles  # noqa: F401 (appearances registers itself)
        from procedures.edition import publishing  # noqa: F401 (a task of the worker registers itself)
        from procedures.print import lists, notes  # noqa: F401 (register themselves)
        from procedures.round import reminders  # noqa: F401 (a task of the worker registers itself)

        principles.connect()
        named_districts.connect()
        half_contacts.connect()
        changing = ("procedures.add_principle", "procedures.change_principle")
        grant(changing, *EDITORS_OF_HALVES, ADMINISTRATORS)
        grant(("procedures.delete_principle",), ADMINISTRATORS)
