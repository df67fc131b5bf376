"""Signing in: floods are held off, owners are not locked out, sessions end, and the log says who did what."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.models import GroupPagePermission, ModelLogEntry, Page

from accounts.periodic import forget_accounts
from cms_blocks.throttle import client_network
from governance.policies import ADMINISTRATORS, CARRIER_EDITORS, GroupPolicy

pytestmark = pytest.mark.django_db
PASSWORD, WRONG = "ein langes Kennwort", "ein falsches Kennwort"
HOME, ELSEWHERE, ATTACKER = "192.0.2.10", "198.51.100.7", "203.0.113.66"


def account(name: str, policy: GroupPolicy = CARRIER_EDITORS) -> Any:
    """An account in a group with the rights of a policy, those on pages left out."""
    group = Group.objects.create(name=f"{policy.name} {name}")
    codenames = [right.split(".")[1] for right in ("wagtailadmin.access_admin", *policy.permissions)]
    group.permissions.set(Permission.objects.filter(codename__in=codenames))
    user = get_user_model().objects.create_user(name, f"{name}@beteiligung.example", PASSWORD)
    user.groups.add(group)
    return user


def sign_in(name: str, password: str = PASSWORD, address: str = HOME, client: Client | None = None) -> Any:
    """The answer to name and password, sent from an address."""
    client = client or Client()
    return client.post("/admin/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def is_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"] == "/admin/"


def flood(name: str, address: str = ATTACKER, times: int = 12) -> list[int]:
    return [sign_in(name, WRONG, address).status_code for _ in range(times)]


def actions(user: Any = None) -> list[str]:
    entries = ModelLogEntry.objects.filter(action__startswith="accounts.").order_by("timestamp", "pk")
    if user is not None:
        entries = entries.for_instance(user) if hasattr(entries, "for_instance") else entries.filter(object_id=user.pk)
    return list(entries.values_list("action", flat=True))


# Floods


def test_a_flood_on_an_account_is_stopped_and_nobody_else_notices() -> None:
    account("redaktion"), account("beirat")
    assert flood("redaktion")[:6] == [200, 200, 200, 200, 429, 429]
    locked = sign_in("redaktion", PASSWORD, ELSEWHERE)
    assert locked.status_code == 429, "also with the right password: the attacker must not learn that it is"
    assert locked.headers["Retry-After"] == "900"
    assert "15 " in locked.content.decode()
    assert is_in(sign_in("beirat", address=ELSEWHERE))


def test_an_address_that_tries_many_names_is_stopped_and_other_addresses_are_not() -> None:
    account("redaktion")
    answers = [sign_in(f"name{number}", WRONG, ATTACKER).status_code for number in range(25)]
    assert answers[:19] == [200] * 19
    assert answers[19:] == [429] * 6
    assert sign_in("redaktion", address=ATTACKER).status_code == 429
    assert is_in(sign_in("redaktion", address=HOME))


def test_the_owner_gets_in_with_a_browser_that_is_known_while_strangers_are_locked_out() -> None:
    account("redaktion")
    browser = Client()
    assert is_in(sign_in("redaktion", client=browser))
    browser.post("/admin/logout/")
    flood("redaktion")
    assert sign_in("redaktion", address=ELSEWHERE).status_code == 429
    assert is_in(sign_in("redaktion", client=browser))
    # The owner's browser has five attempts, too, and no more.
    browser.post("/admin/logout/")
    assert [sign_in("redaktion", WRONG, client=browser).status_code for _ in range(5)][-1] == 429
    # A cookie that somebody has made up opens nothing.
    forged = Client()
    forged.cookies["known_browser"] = browser.cookies["known_browser"].value[:-3] + "abc"
    assert sign_in("redaktion", address=ELSEWHERE, client=forged).status_code == 429


def test_after_the_wait_the_door_is_open_again_even_if_the_attacker_goes_on() -> None:
    account("redaktion")
    flood("redaktion")
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        flood("redaktion", times=2)
        assert sign_in("redaktion").status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert is_in(sign_in("redaktion"))


def test_a_new_password_or_an_administrator_opens_the_door_at_once() -> None:
    user = account("redaktion")
    flood("redaktion")
    user.set_password("ein ganz neues Kennwort")
    user.save()
    assert is_in(sign_in("redaktion", "ein ganz neues Kennwort"))
    flood("redaktion")
    said = io.StringIO()
    call_command("unlock", "redaktion", stdout=said)
    assert "redaktion" in said.getvalue()
    assert is_in(sign_in("redaktion", "ein ganz neues Kennwort"))


def test_a_password_typed_into_the_field_for_the_name_is_kept_nowhere() -> None:
    secret = "Ein-geheimes-Kennwort-7"
    sign_in(secret, WRONG)
    rows = str(list(AccessAttempt.objects.values())) + str(list(ModelLogEntry.objects.values()))
    assert AccessAttempt.objects.count() == 1
    assert secret not in rows and WRONG not in rows


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "198.51.100.7", HOME),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        (2, "1.1.1.1, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", HOME),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "nonsense", None),
    ],
)
def test_an_address_is_what_our_own_proxies_say(
    proxies: int, forwarded: str, network: str | None, settings: Any, rf: RequestFactory
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR=HOME, headers={"X-Forwarded-For": forwarded})
    assert client_network(request) == network


# New passwords


def ask_for_a_new_password(email: str, address: str = HOME) -> Any:
    return Client().post("/admin/password_reset/", {"email": email}, REMOTE_ADDR=address)


def test_a_few_mails_an_hour_go_to_one_account_and_the_answer_is_always_the_same() -> None:
    account("redaktion")
    for _ in range(5):
        assert ask_for_a_new_password("redaktion@beteiligung.example").headers["Location"].endswith("/done/")
    assert ask_for_a_new_password("nobody@beteiligung.example").headers["Location"].endswith("/done/")
    assert len(mail.outbox) == 3
    cache.clear()
    answers = [ask_for_a_new_password(f"{n}@beteiligung.example", ATTACKER).status_code for n in range(12)]
    assert answers == [302] * 10 + [429] * 2
    assert ask_for_a_new_password("redaktion@beteiligung.example").status_code == 302


def test_short_common_and_similar_passwords_are_refused() -> None:
    account("redaktion")
    client = Client()
    sign_in("redaktion", client=client)
    for bad in ("kurz-Wort-11", "password1234", "redaktion@beteiligung", "123456789012345"):
        refused = bad[: 11 if bad.startswith("kurz") else None]
        answer = client.post(
            "/admin/account/",
            {"password-old_password": PASSWORD, "password-new_password1": refused, "password-new_password2": refused},
        )
        assert answer.status_code == 200, bad
    assert get_user_model().objects.get(username="redaktion").check_password(PASSWORD)


# Sessions


def test_a_session_ends_after_idle_time_and_at_the_end_of_the_day(settings: Any) -> None:
    account("redaktion")
    start = timezone.now()
    idle, busy = Client(), Client()
    with time_machine.travel(start, tick=False):
        assert is_in(sign_in("redaktion", client=idle)) and is_in(sign_in("redaktion", client=busy))
        assert idle.get("/admin/").status_code == busy.get("/admin/").status_code == 200
    for hour in range(1, 12):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            assert busy.get("/admin/").status_code == 200
            # An open editor tells the server that it is open; that is no sign of a person.
            idle.post("/admin/editing-sessions/ping/wagtailcore/page/1/", {})
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        assert idle.get("/admin/", follow=True).redirect_chain[0][0].startswith("/admin/login/")
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=False):
        answer = busy.get("/admin/", follow=True)
        assert answer.redirect_chain[0][0].startswith("/admin/login/")
        assert is_in(sign_in("redaktion", client=busy))
        assert busy.get("/admin/").status_code == 200


def test_a_new_password_ends_the_other_sessions() -> None:
    account("redaktion")
    here, elsewhere = Client(), Client()
    sign_in("redaktion", client=here), sign_in("redaktion", client=elsewhere)
    new = "ein ganz neues Kennwort"
    fields = {"password-old_password": PASSWORD, "password-new_password1": new, "password-new_password2": new}
    fields |= {"name_email-first_name": "Redaktion", "name_email-last_name": "Träger", "theme-theme": "system"}
    fields |= {"theme-density": "default", "theme-contrast": "system", "locale-preferred_language": "de"}
    fields |= {"locale-current_time_zone": "Europe/Berlin", "theme-keyboard_shortcuts": "on"}
    answer = here.post("/admin/account/", fields)
    assert answer.status_code == 302, re.findall(r'class="error-message".*?</', answer.content.decode(), re.DOTALL)
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


# The log


def test_the_log_tells_who_signed_in_who_failed_and_who_was_locked_out() -> None:
    user = account("redaktion")
    ModelLogEntry.objects.all().delete()
    client = Client()
    sign_in("redaktion", client=client)
    client.post("/admin/logout/")
    flood("redaktion")
    assert actions() == ["accounts.sign_in", "accounts.sign_out", *["accounts.sign_in_failed"] * 4, "accounts.locked"]
    entry = ModelLogEntry.objects.get(action="accounts.sign_in")
    assert (entry.user_id, entry.object_id) == (user.pk, str(user.pk))
    assert "192.0.2" not in str(list(ModelLogEntry.objects.values()))


def test_the_log_tells_which_rights_were_given_and_taken_away() -> None:
    user = account("redaktion")
    ModelLogEntry.objects.all().delete()
    group = user.groups.get()
    user.groups.set([])
    group.user_set.add(user)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    user.is_superuser = True
    user.save()
    user.set_password("ein ganz neues Kennwort")
    user.save()
    told = [entry.data for entry in ModelLogEntry.objects.filter(action="accounts.rights").order_by("pk")]
    assert told[0] == {"given": [], "taken": [group.name]}
    assert told[1] == {"given": [group.name], "taken": []}
    assert len(told[2]["given"]) == len(told[3]["given"]) == 1
    assert actions()[-1] == "accounts.password"


def test_a_change_of_a_groups_rights_is_logged_with_names(admin_client: Client) -> None:
    group = Group.objects.create(name="Praktikum")
    home = Page.objects.get(depth=1)
    fields = {"name": "Praktikum", "permissions": [Permission.objects.get(codename="access_admin").pk]}
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    html = admin_client.get(f"/admin/groups/edit/{group.pk}/").content.decode()
    for prefix in set(re.findall(r'name="([\w-]+)-TOTAL_FORMS"', html)):
        fields |= {f"{prefix}-{name}": value for name, value in empty.items()}
    publish = Permission.objects.get(content_type__app_label="wagtailcore", codename="publish_page")
    fields |= {"page_permissions-TOTAL_FORMS": 1, "page_permissions-0-page": home.pk}
    fields |= {"page_permissions-0-permissions": ["publish_page"]}
    answer = admin_client.post(f"/admin/groups/edit/{group.pk}/", fields)
    assert answer.status_code == 302
    assert GroupPagePermission.objects.filter(group=group).count() == 1
    entry = ModelLogEntry.objects.get(action="accounts.rights", object_id=group.pk, content_type__model="group")
    assert f"{publish.name} ({home.title})" in entry.data["given"] and len(entry.data["given"]) == 2
    assert entry.user.username == "admin"


def test_administrators_read_and_export_the_log_and_editors_do_not_see_it() -> None:
    account("verwaltung", ADMINISTRATORS), account("redaktion")
    administrator, editor = Client(), Client()
    sign_in("verwaltung", client=administrator), sign_in("redaktion", client=editor)
    get_user_model().objects.get(username="redaktion").groups.clear()
    for export in ("", "?export=csv", "?export=xlsx"):
        seen = administrator.get(f"/admin/reports/site-history/{export}")
        content = b"".join(seen.streaming_content) if seen.streaming else seen.content
        if export == "?export=csv":
            lines = content.decode().splitlines()
            assert sum("redaktion" in line and "Anmelden" in line and "Angemeldet" in line for line in lines) == 1
            assert sum("Entzogen: " in line for line in lines) == 1
        else:
            assert seen.status_code == 200 and (b"redaktion" in content or content.startswith(b"PK"))
    answer = editor.get("/admin/reports/site-history/", follow=True)
    assert "verwaltung" not in answer.content.decode()


def test_old_entries_attempts_and_sessions_are_forgotten() -> None:
    account("redaktion")
    sign_in("redaktion")
    sign_in("redaktion", WRONG)
    user = get_user_model().objects.get(username="redaktion")
    user.groups.clear()
    with time_machine.travel(timezone.now() + timedelta(days=179), tick=False):
        forget_accounts()
        assert AccessAttempt.objects.count() == Session.objects.count() == 0
        assert "accounts.sign_in" in actions()
    with time_machine.travel(timezone.now() + timedelta(days=181), tick=False):
        forget_accounts()
        assert set(actions()) == {"accounts.rights"}
