"""What the office is called and who answers: labels that differ between cities are content, never literals."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import TranslatableMixin
from wagtail.search import index

from cms_blocks.illustrations import illustration_choices


class Half(models.TextChoices):
    """Which half of the office is responsible. The public words come from :class:`Office`."""

    ADMINISTRATION = "administration", _("Administration")
    CARRIER = "carrier", _("Independent carrier")
    JOINT = "joint", _("Both halves together")


class LocaleFallbackQuerySet(models.QuerySet[Any]):
    """Translatable settings and names: the wanted locale, else German (the site's default), else the first."""

    def best_for(self, language_code: str, **filters: Any) -> Any:
        """The row of ``language_code``; without one that of the default locale; ``None`` if there is none at all."""
        default = get_supported_content_language_variant(settings.LANGUAGE_CODE)
        rows = list(self.filter(**filters).select_related("locale"))
        rows.sort(key=lambda row: (row.locale.language_code != language_code, row.locale.language_code != default))
        return rows[0] if rows else None


class Topic(TranslatableMixin, index.Indexed, models.Model):
    """A subject of city life (housing, mobility …) under which pages are found."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(
        _("key"),
        max_length=60,
        help_text=_("Stable word for addresses and filters, the same in every language, for example “mobility”."),
    )
    illustration = models.CharField(
        _("picture"),
        max_length=40,
        blank=True,
        choices=illustration_choices,
        help_text=_("A drawn sign for the topic."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Smaller numbers come first."))

    objects = LocaleFallbackQuerySet.as_manager()
    panels = [
        FieldPanel("name", help_text=_("One or two words, as people say it, for example “Housing”.")),
        FieldPanel("slug"),
        FieldPanel("illustration"),
        FieldPanel("order"),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("locale")]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["order", "name"]
        unique_together = [("translation_key", "locale"), ("slug", "locale")]

    def __str__(self) -> str:
        return self.name


class Contact(TranslatableMixin, index.Indexed, models.Model):
    """Where people reach a human being: a role or a place, shown with pages and in the footer."""

    name = models.CharField(
        _("name"), max_length=120, help_text=_("Who answers, for example “Contact point in the city administration”.")
    )
    role = models.CharField(
        _("what for"), max_length=200, blank=True, help_text=_("In a few words: who helps with what?")
    )
    half = models.CharField(_("half of the office"), max_length=20, choices=Half, default=Half.JOINT)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True, help_text=_("Street, postcode and town, one line each."))
    hours = models.TextField(_("hours"), blank=True, help_text=_("When someone is there, one line a day."))
    photo = models.ForeignKey(
        "cms_blocks.Image",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = LocaleFallbackQuerySet.as_manager()
    panels = [
        FieldPanel("name"),
        FieldPanel("role"),
        FieldPanel("half", help_text=_("Its name stands below the contact.")),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("email", help_text=_("A shared address that somebody reads every working day.")),
                        FieldPanel("phone", help_text=_("With the area code, for example “030 23125 110”.")),
                    ]
                )
            ],
            heading=_("Reachable by"),
        ),
        FieldPanel("address"),
        FieldPanel("hours"),
        FieldPanel("photo", help_text=_("A picture of the place or of the people, if they agree. Shown small.")),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("locale")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def _level(usual: Any) -> models.CharField:
    return models.CharField(usual, max_length=60, blank=True)


class Office(TranslatableMixin, models.Model):
    """The names and the address of the office, once for each language."""

    name = models.CharField(_("name of the office"), max_length=120)
    short_name = models.TextField(_("name beside the logo"), help_text=_("At most two lines."))
    city = models.CharField(_("city"), max_length=120)
    claim = models.CharField(_("one sentence on the office"), max_length=250, blank=True)
    administration_name = models.CharField(_("name of the half in the administration"), max_length=120)
    carrier_name = models.CharField(_("name of the half at the independent carrier"), max_length=120)
    board_name = models.CharField(_("name of the board"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True)
    hours = models.TextField(_("hours"), blank=True)
    level_information = _level(pgettext_lazy("level of participation", "inform"))
    level_consultation = _level(pgettext_lazy("level of participation", "consult"))
    level_involvement = _level(pgettext_lazy("level of participation", "involve"))
    level_collaboration = _level(pgettext_lazy("level of participation", "collaborate"))
    level_empowerment = _level(pgettext_lazy("level of participation", "hand over the decision"))

    objects = LocaleFallbackQuerySet.as_manager()
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("name", help_text=_("The full name, as in letters.")),
                FieldPanel("short_name"),
                FieldPanel("city", help_text=_("The city that the office belongs to.")),
                FieldPanel("claim", help_text=_("What is the office for? Search engines and printed cards show it.")),
            ],
            _("Office"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("administration_name", help_text=_("Shown wherever this half answers for something.")),
                FieldPanel("carrier_name", help_text=_("Shown wherever this half answers for something.")),
                FieldPanel("board_name", help_text=_("What the board is called in your city.")),
            ],
            _("Names of the halves and of the board"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("email", help_text=_("A shared address that somebody reads every working day.")),
                FieldPanel("phone", help_text=_("With the area code, for example “030 23125 110”.")),
                FieldPanel("address", help_text=_("Street, postcode and town, one line each.")),
                FieldPanel("hours", help_text=_("When someone is there, one line a day.")),
            ],
            _("Contact"),
        ),
        MultiFieldPanel(
            [
                FieldPanel(f"level_{level}", help_text=_("What it is called in your city. Empty: the usual name."))
                for level in ("information", "consultation", "involvement", "collaboration", "empowerment")
            ],
            _("Names of the levels of participation"),
        ),
    ]

    class Meta:
        verbose_name = _("names and address of the office")
        verbose_name_plural = _("names and address of the office")
        unique_together = [("translation_key", "locale")]
        constraints = [models.UniqueConstraint(fields=["locale"], name="one_office_per_locale")]

    def __str__(self) -> str:
        return self.name

    def half_name(self, half: str) -> str:
        """The public words for a :class:`Half`."""
        if half == Half.ADMINISTRATION:
            return self.administration_name
        if half == Half.CARRIER:
            return self.carrier_name
        return str(_("both halves together"))

    def level_name(self, level: str, language_code: str) -> str:
        """The office's own name for a level of participation; empty without one in this language."""
        own = self.locale_id is not None and self.locale.language_code == language_code
        return getattr(self, f"level_{level}", "") if own else ""


def office_for(language_code: str) -> Office:
    """The names of the office in this language, read once in a rendering; plain words as long as nobody set them."""
    from cms_blocks.publication.targets import current_targets

    return current_targets().remember(
        f"office-{language_code}", lambda: Office.objects.best_for(language_code) or _unnamed()
    )


def _unnamed() -> Office:
    name = getattr(settings, "WAGTAIL_SITE_NAME", "")
    return Office(
        name=name,
        short_name=name,
        administration_name=str(Half.ADMINISTRATION.label),
        carrier_name=str(Half.CARRIER.label),
        board_name=str(_("Advisory board")),
    )
