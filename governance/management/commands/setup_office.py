"""``manage.py setup_office``: languages, groups, rights and the workflow, as often as you like."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cms_blocks.publication.unit import unit
from governance.groups import set_up_groups, set_up_locales, set_up_workflow


class Command(BaseCommand):
    help = "Set up languages, groups, rights and the workflow. Safe to run again: a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        with unit():
            changes = [f"language {code}: created" for code in set_up_locales()]
            changes += set_up_groups()
            changes += set_up_workflow()
        for line in changes:
            self.stdout.write(line)
        self.stdout.write(self.style.SUCCESS(f"The office is set up: {len(changes)} changes."))
