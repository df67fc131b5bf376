from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("Governance")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_save
        from wagtail.models import PageLogEntry

        from cms_blocks.permissions import register_page_tester
        from governance import acts, group_rights, notifications
        from governance.permissions import OfficePageTester

        register_page_tester(OfficePageTester)
        notifications.connect()
        group_rights.connect()
        post_save.connect(acts.on_log_entry, sender=PageLogEntry, dispatch_uid="governance_acts")
