"""Who is told what, and how each call went. Neither is ever public: no declaration of publication names them, no API
lists them, and only administrators see them. A secret is in no log, no history and on no page but once, when it is new.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from cms_blocks.publication.fields import SetField
from cms_blocks.publication.outbox import back_off
from cms_blocks.webhooks.addresses import UnsafeAddress, target_of
from cms_blocks.webhooks.forms import EndpointForm
from cms_blocks.webhooks.signing import new_secret

#: The longest that an endpoint which does not answer is left alone, in seconds.
LONGEST_REST = 300


class WebhookEndpointQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

    def with_last_failure(self):
        """Each carries ``last_failure_at``, from the log; ``None`` when none is remembered."""
        return self.annotate(last_failure_at=Max("calls__at", filter=~Q(calls__error="")))


class WebhookEndpoint(models.Model):
    """Another program that wants to know what becomes public."""

    name = models.CharField(
        _("name"),
        max_length=80,
        help_text=_("What is it, and who looks after it? For example “City website, web team”."),
    )
    url = models.CharField(
        _("web address"),
        max_length=500,
        help_text=_("Where we call: the address that the other program gave you. It begins with https://."),
    )
    secret = models.CharField(_("secret"), max_length=80, default=new_secret, editable=False)
    kinds = SetField(
        _("kinds"),
        max_length=1000,
        help_text=_("Only pages of these kinds. If none is ticked, it hears of all."),
    )
    languages = SetField(
        _("languages"),
        help_text=_("Only pages in these languages. If none is ticked, it hears of all."),
    )
    active = models.BooleanField(
        _("switched on"),
        default=True,
        help_text=_("Switched off it hears of nothing, and what happens meanwhile is not told later."),
    )
    #: Why it was switched off, where nobody did it by hand: a word of :data:`NOTES`.
    note = models.CharField(max_length=20, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()
    base_form_class = EndpointForm
    panels = [
        FieldPanel("name"),
        FieldPanel("url"),
        FieldPanel("kinds"),
        FieldPanel("languages"),
        FieldPanel("active"),
    ]

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]
        default_permissions = ("add", "change", "delete")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        try:
            target_of(self.url)
        except UnsafeAddress as error:
            raise ValidationError({"url": UNSAFE}) from error

    @property
    def is_failing(self) -> bool:
        """Of one :meth:`~WebhookEndpointQuerySet.with_last_failure`: nothing has arrived since."""
        failure, success = self.last_failure_at, self.last_success_at
        return failure is not None and (success is None or failure > success)

    def wants(self, kind: str, locale: str) -> bool:
        return (not self.kinds or kind in self.kinds) and (not self.languages or locale in self.languages)

    def resting_until(self) -> datetime | None:
        """Until when what is new waits, because the last calls failed; ``None``: the last one succeeded.

        So an endpoint that does not answer does not hold up the worker.
        """
        since = self.calls.filter(at__gt=self.last_success_at) if self.last_success_at else self.calls.all()
        failed = since.exclude(error="").aggregate(number=Count("pk"), last=Max("at"))
        if not failed["number"]:
            return None
        return failed["last"] + min(back_off(failed["number"]), timedelta(seconds=LONGEST_REST))


#: Why an endpoint was switched off, as it stands in :attr:`WebhookEndpoint.note`.
NOTES: dict[str, Any] = {
    "gone": _("The other side said that it is not there any more (410). It was switched off."),
}
UNSAFE = _(
    "This must be a whole address beginning with https://, without a password in it. Hosts without https must stand in "
    "the setting WEBHOOK_ALLOWED_HOSTS."
)


class WebhookCall(models.Model):
    """One attempt to tell an endpoint something. Neither what was sent nor what was answered is kept."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="calls", db_index=False)
    #: What the header ``Webhook-Id`` said, the same in each attempt.
    event_id = models.CharField(max_length=40)
    topic = models.CharField(max_length=60)
    #: Id of the public record; empty for a test.
    key = models.CharField(max_length=40, blank=True)
    version = models.PositiveBigIntegerField(default=0)
    #: Of the answer; ``None`` when there was none.
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    #: Name of what went wrong, empty for a success.
    error = models.CharField(max_length=60, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("call of a webhook")
        verbose_name_plural = _("calls of webhooks")
        default_permissions = ()
        indexes = [
            models.Index(fields=["endpoint", "at"], name="call_of_endpoint"),
            models.Index(fields=["event_id"], name="call_of_event"),
            models.Index(fields=["at"], name="call_at"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}: {self.error or self.status}"
