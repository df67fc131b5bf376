from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CmsBlocksConfig(AppConfig):
    name = "cms_blocks"
    verbose_name = _("Building blocks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms_blocks import checks, indexes, translation  # noqa: F401  (checks registers itself)
        from cms_blocks.media import ahead, uses  # noqa: F401  (consumers and tasks register themselves)
        from cms_blocks.publication import handlers, mail, periodic  # noqa: F401
        from cms_blocks.translating import letters  # noqa: F401
        from cms_blocks.webhooks import sending  # noqa: F401

        autodiscover_modules("publications")
        handlers.connect()
        indexes.connect()
        translation.apply()
