"""The second factor: a code from an app on the telephone (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import segno
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.log_actions import log

NOBODY, ADMINISTRATORS, EVERYBODY = "nobody", "administrators", "everybody"
RECOVERY_CODES = 10
#: No signs that look alike; 8 of them are 39 bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def is_set_up(user: AbstractBaseUser) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_required_for(user: AbstractBaseUser | AnonymousUser) -> bool:
    """By the setting ``SECOND_FACTOR_REQUIRED_FOR``. An administrator is who may change accounts."""
    if settings.SECOND_FACTOR_REQUIRED_FOR == ADMINISTRATORS:
        return bool(user.has_perm("auth.change_user"))  # type: ignore[union-attr]
    return bool(settings.SECOND_FACTOR_REQUIRED_FOR == EVERYBODY)


def begin(user: AbstractBaseUser) -> TOTPDevice:
    """The secret that waits for its first code."""
    device, _created = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    return device


def picture(device: TOTPDevice) -> str:
    """The secret as a QR code: SVG, made here, nothing inline but shapes."""
    code = segno.make(device.config_url, error="m")
    return str(code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))


def secret_words(device: TOTPDevice) -> str:
    """The secret for those who type it, in groups of four."""
    from base64 import b32encode

    letters = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


@transaction.atomic
def confirm(user: AbstractBaseUser, code: str) -> list[str] | None:
    """Turn it on with the app's first code. Returns the recovery codes, or ``None`` for a wrong code."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not device.verify_token(_plain(code)):
        return None
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save()
    log(user, "accounts.factor_on")
    return _new_codes(user)


def verify(user: AbstractBaseUser, code: str) -> bool:
    """Whether the code is right: the app's present one, or a recovery code, which is used up by that."""
    plain = _plain(code)
    with transaction.atomic():
        for device in TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True):
            if plain.isdigit() and len(plain) == device.digits:
                return bool(device.verify_token(plain))
        used, _rows = StaticToken.objects.filter(device__user=user, token=plain).delete()
    if used:
        log(user, "accounts.factor_code_used", user=user)
    return bool(used)


@transaction.atomic
def new_recovery_codes(user: AbstractBaseUser) -> list[str]:
    """Ten new codes; older ones are worth nothing from now on."""
    log(user, "accounts.factor_codes")
    return _new_codes(user)


def recovery_codes_left(user: AbstractBaseUser) -> int:
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def remove(user: AbstractBaseUser, *, by_administrator: bool = False) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    log(user, "accounts.factor_reset" if by_administrator else "accounts.factor_off")


def _new_codes(user: AbstractBaseUser) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(8)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def _plain(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())


class SecondFactorMiddleware:
    """Whoever must have a second factor sets it up before anything else at the desk."""

    #: Addresses below the desk's that are needed for that.
    OPEN = ("login/", "logout/", "second-factor/", "jsi18n/", "sprite/", "password_reset/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk = f"/{settings.ADMIN_PATH}"
        if settings.SECOND_FACTOR_REQUIRED_FOR != NOBODY and request.path_info.startswith(desk):
            open_to_all = request.path_info.startswith(tuple(desk + path for path in self.OPEN))
            user = request.user
            if not open_to_all and user.is_authenticated and is_required_for(user) and not is_set_up(user):
                if request.headers.get("x-requested-with") == "XMLHttpRequest":
                    raise PermissionDenied
                return redirect(reverse("second_factor"))
        return self.get_response(request)
