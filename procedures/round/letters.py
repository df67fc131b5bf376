"""The mails of a round: one to each contact, and its reminder. They leave through the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from cms_blocks.office import office_for
from cms_blocks.publication.outbox import Delivery
from procedures.models import UpdateLetter
from procedures.round.links import address_of


def write(letter: UpdateLetter, template: str, titles: Iterable[str]) -> None:
    """Write the mail ``procedures/mail/<template>.txt`` with the link, in the language of the office.

    The letter remembers the mail's Message-ID and is saved.
    """
    letter.mails += 1
    host = urlsplit(getattr(settings, "WAGTAILADMIN_BASE_URL", "")).hostname or "localhost"
    letter.message_id = f"<update-round.{letter.pk}.{letter.mails}.{letter.nonce[:12]}@{host}>"
    letter.save()
    with translation.override(settings.LANGUAGE_CODE):
        office = office_for(settings.LANGUAGE_CODE)
        words = {"letter": letter, "round": letter.round, "titles": list(titles), "office": office}
        words["address"] = address_of(letter)
        subject = " ".join(render_to_string(f"procedures/mail/{template}_subject.txt", words).split())
        EmailMessage(
            subject=subject,
            body=render_to_string(f"procedures/mail/{template}.txt", words).strip(),
            to=[letter.email],
            reply_to=[office.email] if office.email else None,
            headers={"Message-ID": letter.message_id},
        ).send()


def not_arrived(letters: Iterable[UpdateLetter]) -> set[int]:
    """Ids of the letters whose last mail was refused or given up, as far as our mail server says. One query."""
    ids = {letter.message_id: letter.pk for letter in letters if letter.message_id}
    rows = Delivery.objects.filter(topic="mail.send", key__in=ids, done_at=None).exclude(error="")
    return {ids[key] for key in rows.values_list("key", flat=True)}
