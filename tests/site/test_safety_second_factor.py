"""The second factor: set up by oneself, asked for at each sign-in, required of whom the setting names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from wagtail.models import ModelLogEntry

from accounts import second_factor
from governance.policies import ADMINISTRATORS
from tests.site.house import House
from tests.site.test_safety_accounts import HOME, PASSWORD, account, flood, is_in, sign_in

pytestmark = pytest.mark.django_db


def shown(user: Any, steps: int = 0) -> str:
    """What the app of this account shows, now or some half minutes later."""
    device = TOTPDevice.objects.filter(user=user).latest("pk")
    return f"{totp(device.bin_key, t0=-30 * steps):06d}"


def with_factor(name: str, *policy: Any) -> tuple[Any, list[str]]:
    user = account(name, *policy)
    second_factor.begin(user)
    codes = second_factor.confirm(user, shown(user))
    assert codes is not None
    return user, codes


def enter(client: Client, code: str) -> Any:
    return client.post("/admin/login/code/", {"code": code}, REMOTE_ADDR=HOME)


def test_a_password_alone_does_not_let_in_and_the_code_does() -> None:
    user, _codes = with_factor("redaktion")
    client = Client()
    answer = client.post("/admin/login/", {"username": "redaktion", "password": PASSWORD, "next": "/admin/pages/"})
    assert answer.headers["Location"] == "/admin/login/code/"
    assert client.get("/admin/").status_code == 302, "nobody is signed in yet"
    assert enter(client, "000000").status_code == 200
    assert enter(client, shown(user, 1)).headers["Location"] == "/admin/pages/"
    assert client.get("/admin/").status_code == 200


def test_a_code_holds_once_and_a_recovery_code_too() -> None:
    user, codes = with_factor("redaktion")
    used = shown(user, 1)
    for entered, lets_in in (
        (used, True),
        (used, False),
        (codes[0].upper(), True),
        (codes[0], False),
        (codes[1], True),
    ):
        client = Client()
        sign_in("redaktion", client=client)
        assert is_in(enter(client, entered)) is lets_in, entered
    assert second_factor.recovery_codes_left(user) == 8
    assert ModelLogEntry.objects.filter(action="accounts.factor_code_used").count() == 2


def test_wrong_codes_are_counted_like_wrong_passwords() -> None:
    user, codes = with_factor("redaktion")
    client = Client()
    sign_in("redaktion", client=client)
    assert [enter(client, f"{number:06d}").status_code for number in range(6)] == [200] * 4 + [429] * 2
    assert enter(client, codes[0]).status_code == 429
    assert sign_in("redaktion").status_code == 429
    assert second_factor.recovery_codes_left(user) == 10


def test_nobody_comes_to_the_code_without_the_password_or_five_minutes_after_it() -> None:
    user, _codes = with_factor("redaktion")
    assert enter(Client(), shown(user, 1)).headers["Location"] == "/admin/login/"
    client = Client()
    sign_in("redaktion", client=client)
    with time_machine.travel(time.time() + 301, tick=False):
        assert enter(client, shown(user)).headers["Location"] == "/admin/login/"


def test_who_must_have_one_sets_it_up_first(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = "administrators"
    user = account("verwaltung", ADMINISTRATORS)
    account("redaktion")
    client, editor = Client(), Client()
    sign_in("verwaltung", client=client), sign_in("redaktion", client=editor)
    assert editor.get("/admin/").status_code == 200
    for address in ("/admin/", "/admin/users/", "/admin/account/"):
        assert client.get(address).headers["Location"] == "/admin/second-factor/"
    assert client.get("/admin/users/", headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 403
    assert client.get("/admin/second-factor/set-up/").status_code == 200
    assert "<svg" in client.get("/admin/second-factor/set-up/").content.decode()
    assert (
        "svg"
        in client.post("/admin/second-factor/set-up/", {"code": shown(user), "password": "falsch"}).content.decode()
    )
    assert not second_factor.is_set_up(user)
    answer = client.post("/admin/second-factor/set-up/", {"code": shown(user), "password": PASSWORD})
    assert len(re.findall(r"<code>[a-z2-9]{4}-[a-z2-9]{4}</code>", answer.content.decode())) == 10
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/admin/users/").status_code == 200
    settings.SECOND_FACTOR_REQUIRED_FOR = "everybody"
    assert editor.get("/admin/").headers["Location"] == "/admin/second-factor/"


def test_turning_off_and_new_codes_ask_for_the_password() -> None:
    user, _codes = with_factor("redaktion")
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    for address in ("codes", "off"):
        assert client.post(f"/admin/second-factor/{address}/", {"password": "falsch"}).status_code == 200
    assert second_factor.is_set_up(user)
    old = second_factor.recovery_codes_left(user)
    assert client.post("/admin/second-factor/codes/", {"password": PASSWORD}).status_code == 200
    assert second_factor.recovery_codes_left(user) == old
    assert client.post("/admin/second-factor/off/", {"password": PASSWORD}).status_code == 302
    assert not second_factor.is_set_up(user)
    told = list(ModelLogEntry.objects.filter(action__startswith="accounts.factor").values_list("action", flat=True))
    assert told == ["accounts.factor_off", "accounts.factor_codes", "accounts.factor_on"]


def test_an_administrator_helps_who_has_lost_it_but_nobody_takes_it_from_a_superuser() -> None:
    user, _codes = with_factor("redaktion")
    chief, _codes = with_factor("leitung", ADMINISTRATORS)
    get_user_model().objects.filter(pk=chief.pk).update(is_superuser=True)
    administrator, colleague = account("verwaltung", ADMINISTRATORS), account("beirat")
    client, other = Client(), Client()
    client.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    other.force_login(colleague, "django.contrib.auth.backends.ModelBackend")
    address = f"/admin/second-factor/take-away/{user.pk}/"
    assert address in client.get("/admin/users/").content.decode()
    assert other.post(address, {"password": PASSWORD}).headers["Location"] == "/admin/"
    of_chief = f"/admin/second-factor/take-away/{chief.pk}/"
    assert client.post(of_chief, {"password": PASSWORD}).headers["Location"] == "/admin/"
    assert second_factor.is_set_up(user) and second_factor.is_set_up(chief)
    assert client.post(address, {"password": PASSWORD}).status_code == 302
    assert not second_factor.is_set_up(user)
    entry = ModelLogEntry.objects.get(action="accounts.factor_reset")
    assert (entry.object_id, entry.user) == (str(user.pk), administrator)
    call_command("unlock", "leitung", "--second-factor")
    assert not second_factor.is_set_up(chief)


def test_a_person_sets_it_up_and_signs_in_with_it_in_a_browser(
    house: House, open_page: Callable[..., Tab], watch: Any, axe: Any
) -> None:
    user = account("redaktion")
    desk = open_page("/admin/")
    desk.set_default_timeout(60_000)

    def give_name_and_password() -> None:
        desk.locator("input[name=username]").fill("redaktion")
        desk.locator("input[name=password]").fill(PASSWORD)
        desk.locator("form button[type=submit]").click()

    give_name_and_password()
    desk.goto("/admin/second-factor/set-up/")
    expect(desk.locator(".account-steps__picture svg")).to_be_visible()
    assert axe(desk) == []
    desk.locator("input[name=code]").fill(shown(user))
    desk.locator("input[name=password]").fill(PASSWORD)
    desk.locator("main form button[type=submit]").click()
    expect(desk.locator("main li code")).to_have_count(10)
    code = desk.locator("main li code").first.inner_text()
    desk.context.clear_cookies(name="sessionid")
    desk.goto("/admin/")
    give_name_and_password()
    desk.wait_for_url("**/login/code/")
    assert axe(desk) == []
    desk.locator("input[name=code]").fill(code)
    desk.locator("form button[type=submit]").click()
    desk.wait_for_url("**/admin/")
    watch.expect_status(429)
    flood("redaktion")
    stranger = open_page("/admin/login/")
    stranger.locator("input[name=username]").fill("redaktion")
    stranger.locator("input[name=password]").fill("falsch")
    stranger.locator("form button[type=submit]").click()
    expect(stranger.locator("h1")).to_be_visible()
    assert axe(stranger) == []
