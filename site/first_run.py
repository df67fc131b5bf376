"""Before the site starts: bring the database and the static files up to date, and fill a new database.

A database without any account is new: it gets the groups (``setup_office``), the demo content (``load_demo``) and,
last, a login for an example editor of each half. A database with an account is never filled again; an interrupted
first run is repeated.

``python site/first_run.py --new-password`` gives the logins new passwords and prints them.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from io import StringIO
from pathlib import Path

#: One editor of each half, so that one person at two windows can try how they write and approve together.
LOGINS = {"redaktion": "administration_editors", "traeger": "carrier_editors"}
# No letters and digits that look alike.
ALPHABET = "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679"
PASSWORD_GROUPS, GROUP_LENGTH = 4, 4


def main(arguments: list[str]) -> None:
    root = Path(__file__).resolve().parent.parent
    sys.path[:0] = [str(root / "site"), str(root)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    try:
        django.setup()
        if arguments == ["--new-password"]:
            _show(new_passwords())
        else:
            start()
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")
    except OperationalError as error:
        sys.exit(f"Error: the database (DATABASE_URL) cannot be used: {str(error).strip()}")
    except KeyboardInterrupt:
        sys.exit(130)


def start() -> None:
    """Migrate, collect static files when they changed, and fill a new database."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    if get_user_model().objects.exists():
        names = " and ".join(LOGINS)
        print(f"Editors' logins: {names} (passwords as shown on the first run; new ones: make password)", flush=True)
        return
    print("New database: loading groups and demo content …", flush=True)
    call_command("setup_office", stdout=StringIO())
    call_command("load_demo")
    # Once more: some rights belong to pages that exist only now.
    call_command("setup_office", stdout=StringIO())
    _show(create_logins())


def collect_static() -> None:
    """``collectstatic``, skipped while no file changed (name, size and time of each)."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    mark = Path(settings.STATIC_ROOT) / ".collected"
    if mark.exists() and mark.read_text() == digest.hexdigest():
        return
    print("Collecting static files …", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(digest.hexdigest())


def create_logins() -> dict[str, str]:
    """The example accounts, each in the group of one half's editors; login → password, which is kept only hashed."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.db import transaction

    from governance.halves import group_name
    from governance.policies import GROUPS

    policies = {policy.key: policy for policy in GROUPS}
    passwords = {login: _password() for login in LOGINS}
    with transaction.atomic():
        for login, key in LOGINS.items():
            group = Group.objects.get(name=group_name(policies[key]))
            user = get_user_model().objects.create_user(
                login, password=passwords[login], first_name="Beispiel", last_name=group.name
            )
            user.groups.add(group)
    return passwords


def new_passwords() -> dict[str, str]:
    """New passwords for the example logins that are there."""
    from django.contrib.auth import get_user_model

    users = list(get_user_model().objects.filter(username__in=LOGINS))
    if not users:
        sys.exit(f"Error: there is no account {' or '.join(LOGINS)}; `make run` creates them in a new database.")
    passwords = {}
    for user in sorted(users, key=lambda user: list(LOGINS).index(user.username)):
        passwords[user.username] = _password()
        user.set_password(passwords[user.username])
        user.save(update_fields=["password"])
    return passwords


def _password() -> str:
    """About 90 bits, easy to type: four groups of four characters."""
    letters = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(PASSWORD_GROUPS)]
    return "-".join(letters)


def _show(passwords: dict[str, str]) -> None:
    halves = {"administration_editors": "administration", "carrier_editors": "independent carrier"}
    print("\nExample editors, one of each half (a page for both is public when the other half approves it):")
    for login, password in passwords.items():
        print(f"\nLogin:    {login}   ({halves[LOGINS[login]]})\nPassword: {password}")
    print("\nThe passwords are shown only now; new ones: make password", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
