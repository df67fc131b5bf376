"""The link in a letter: signed, for one contact in one round, worthless once the round is over.

It holds the letter's id and nonce and nothing else. With the round only the nonce is stored: no link can be made from
it without the site's key. The mail that carries the link stands in the outbox until that forgets it.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from procedures.models import UpdateLetter

SALT = "procedures.round"


def token_for(letter: UpdateLetter) -> str:
    """The same each time, so that a reminder has the link of the letter."""
    return signing.Signer(salt=SALT).sign_object([letter.pk, letter.nonce])


def address_of(letter: UpdateLetter) -> str:
    """The whole address, as it stands in the mail."""
    return str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")) + reverse("update_round", args=[token_for(letter)])


def letter_of(token: str) -> UpdateLetter | None:
    """The letter that this link was made for, whether the link still works or not; ``None`` for one never issued."""
    try:
        pk, _nonce = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return UpdateLetter.objects.select_related("round").filter(pk=pk).first()


def works(token: str, letter: UpdateLetter) -> bool:
    """Whether the link still works: its round takes answers, and no newer link was sent in its place."""
    _pk, nonce = signing.Signer(salt=SALT).unsign_object(token)
    return letter.round.is_open() and constant_time_compare(nonce, letter.nonce)
