"""Mail leaves through the outbox: written with the change, sent by the worker, so that a rollback sends nothing."""

from __future__ import annotations

import base64
import email
import email.policy
from collections.abc import Sequence
from contextlib import suppress
from smtplib import SMTP, SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from cms_blocks.publication.outbox import Event, Unsure, consumes, emit, handing_over

#: The other side has said no, or was never asked: the message is certainly not there.
REFUSED = (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError)


class OutboxEmailBackend(BaseEmailBackend):
    """Django's ``EMAIL_BACKEND``: keeps each message for the worker, which sends by ``OUTBOX_EMAIL_BACKEND``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        messages: list[tuple[EmailMessage, Any]] = [
            (message, message.message()) for message in email_messages if message.recipients()
        ]
        emit(
            Event(
                topic="mail.send",
                key=built["Message-ID"],
                payload={
                    "from": message.from_email,
                    "to": message.recipients(),
                    "message": base64.b64encode(built.as_bytes(linesep="\r\n")).decode(),
                },
            )
            for message, built in messages
        )
        return len(messages)


class _Stored(EmailMessage):
    """A message that was built once and is sent as it is."""

    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__(from_email=payload["from"], to=payload["to"])
        self._raw = base64.b64decode(payload["message"])

    def message(self, **kwargs: Any) -> Any:
        return _bytes_message(self._raw)


def _bytes_message(raw: bytes) -> Any:
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    plain = message.as_bytes
    message.as_bytes = lambda *args, **kwargs: plain(policy=email.policy.SMTP)  # type: ignore[method-assign]
    return message


@consumes("mail", "mail.send")
def send(event: Event) -> None:
    """Send one message. Its Message-ID stays the same, so that a message sent twice is seen as one.

    Raises :class:`Unsure` when the connection breaks off after the message was handed over: the server may have it.
    """
    connection = get_connection(settings.OUTBOX_EMAIL_BACKEND)
    connection.open()
    try:
        _note_handing_over(connection)
        connection.send_messages([_Stored(event.payload)])
    except REFUSED:
        raise
    except (SMTPException, OSError) as error:
        raise Unsure(type(error).__name__) from error
    finally:
        with suppress(SMTPException, OSError):  # a farewell that fails takes nothing back
            connection.close()


def _note_handing_over(connection: Any) -> None:
    """Note it before the content is sent, where it is known when that is: SMTP greets and names addresses first
    (RFC 5321, 3.3). Other ways of sending are noted as soon as the connection stands."""
    server = getattr(connection, "connection", None)
    if not isinstance(server, SMTP):
        handing_over()
        return
    plain = server.data

    def data(content: Any) -> Any:
        handing_over()
        return plain(content)

    server.data = data  # type: ignore[method-assign]
