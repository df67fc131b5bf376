"""A short notice on top of every page in its language, from its beginning to its end by the clock."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import TranslatableMixin

from cms_blocks.publication.records import RecordFacts


class Tone(models.TextChoices):
    """How a notice looks and sounds."""

    INFO = "info", pgettext_lazy("notice", "for information")
    WARNING = "warning", pgettext_lazy("notice", "warning")


def check_link(value: str) -> None:
    """Raises ``ValidationError`` for what is neither a path of this site nor a complete web address."""
    from cms_blocks.blocks.links import web_address

    if not web_address(value) and (not value.startswith("/") or value.startswith("//")):
        raise ValidationError(
            _("Enter an address of this website that begins with “/”, or a complete one that begins with https://.")
        )


class Notice(TranslatableMixin, models.Model):
    """Public as soon as it is saved, between its beginning and its end. There is no draft of it."""

    text = models.CharField(
        _("text"),
        max_length=250,
        help_text=_("One or two plain sentences, for example “Today’s office hour is cancelled.”"),
    )
    tone = models.CharField(
        _("kind of notice"),
        max_length=20,
        choices=Tone,
        default=Tone.INFO,
        help_text=_("A warning stands above other notices and has a warning sign."),
    )
    link = models.CharField(
        _("leads to"),
        max_length=500,
        blank=True,
        validators=[check_link],
        help_text=_("Where people read more: an address of this website, for example “/kontakt/”, or a complete one."),
    )
    link_text = models.CharField(
        _("words of the link"),
        max_length=60,
        blank=True,
        help_text=_("Needed with an address: what people find there, for example “New hours”."),
    )
    begins = models.DateTimeField(
        _("shown from"),
        default=timezone.now,
        help_text=_("From this minute on it stands on every page in this language, within a minute."),
    )
    ends = models.DateTimeField(
        _("shown until"), help_text=_("From this minute on it is gone. To end it at once, enter the present time.")
    )

    panels = [
        FieldPanel("text"),
        FieldPanel("tone"),
        FieldRowPanel([FieldPanel("begins"), FieldPanel("ends")]),
        FieldRowPanel([FieldPanel("link"), FieldPanel("link_text")]),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-ends", "-pk"]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """What does not fit together, by field. Raises ``ValidationError``."""
        super().clean()
        errors: dict[str, Any] = {}
        if self.begins and self.ends and self.ends <= self.begins:
            errors["ends"] = _("The end lies before the beginning. Correct one of them.")
        if self.link and not self.link_text:
            errors["link_text"] = _("Say where the link leads, for example “New hours”.")
        if self.link_text and not self.link:
            errors["link"] = _("The words of the link lead nowhere. Enter an address, or take the words away.")
        if errors:
            raise ValidationError(errors)


class NoticeFacts(RecordFacts):
    """How a public notice looks, and where it leads."""

    record = RecordFacts.link("notice_facts")
    tone = models.CharField(max_length=20, choices=Tone)
    link = models.CharField(max_length=500, blank=True)
    link_text = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("facts of a notice")
        verbose_name_plural = _("facts of notices")
