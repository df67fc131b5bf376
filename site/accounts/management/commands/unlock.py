"""``manage.py unlock NAME``: somebody may sign in again at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.attempts import forget_attempts
from accounts.second_factor import remove


class Command(BaseCommand):
    help = "Forget failed sign-ins of an account; with --second-factor take its second factor away, too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--second-factor", action="store_true", help="For who has lost telephone and codes.")

    def handle(self, *args: Any, name: str, second_factor: bool, **options: Any) -> None:
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account {name!r}.")
        forget_attempts(name)
        if second_factor:
            remove(user, by_administrator=True)
        self.stdout.write(f"{name} can sign in again.")
