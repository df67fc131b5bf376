"""The city's own principles of participation, by which the outcome of a procedure is rated."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index

from cms_blocks.office import LocaleFallbackQuerySet


class Principle(TranslatableMixin, index.Indexed, models.Model):
    """One principle, as a name and the question that a rating answers."""

    name = models.CharField(_("name"), max_length=80)
    question = models.TextField(_("question"), max_length=300)
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Smaller numbers come first."))

    objects = LocaleFallbackQuerySet.as_manager()
    panels = [
        FieldPanel("name", help_text=_("A few words, for example “Open to everybody”.")),
        FieldPanel("question", help_text=_("One plain question, for example “Was it easy to take part?”.")),
        FieldPanel("order"),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("locale")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("principle of participation")
        verbose_name_plural = _("principles of participation")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name
