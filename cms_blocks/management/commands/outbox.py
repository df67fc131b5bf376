"""``manage.py outbox``: what waits, what was given up and why; ``--retry-failed`` has it tried again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from cms_blocks.publication.outbox import Delivery


class Command(BaseCommand):
    help = "Tell what waits in the outbox and what was given up; status 1 when anything was. Contents are not shown."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retry-failed", action="store_true", help="Have all that was given up tried again.")

    def handle(self, *args: Any, retry_failed: bool, **options: Any) -> None:
        if retry_failed:
            number = Delivery.objects.all().retry()
            self.stdout.write(self.style.SUCCESS(f"{number} deliveries are tried again by the worker."))
            if unsure := Delivery.objects.unsure().count():
                self.stdout.write(f"{unsure} may have arrived already and are left alone: decide in the admin.")
            return
        waiting = Delivery.objects.waiting()
        for row in waiting.values("consumer").annotate(number=Count("pk")).order_by("consumer"):
            self.stdout.write(f"{row['consumer']}: {row['number']} waiting")
        failed = Delivery.objects.failed()
        for row in failed.defer("payload").order_by("failed_at", "pk"):
            kind = row.error.partition(":")[0]  # the rest of an error may quote addresses
            self.stdout.write(f"{row.consumer}: delivery {row.pk} given up {row.failed_at:%Y-%m-%d %H:%M} UTC: {kind}")
        if number := failed.count():
            raise CommandError(f"{number} given up. Mend the cause, then: manage.py outbox --retry-failed")
