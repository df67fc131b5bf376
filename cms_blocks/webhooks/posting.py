"""One HTTP request, to an address that was checked, within a given time.

By the standard library: it follows no redirect, asks no proxy, and lets us hand it the connection.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from threading import Timer

from cms_blocks.webhooks.addresses import Target, places, target_of

#: Seconds for everything from the first packet to the answer; well within the lease of a delivery.
PATIENCE = 10.0
#: How much of an answer is read before the connection is closed. Nobody looks at it.
LONGEST_ANSWER = 64 * 1024


class NoHttp(OSError):
    """The other side answered something that is not HTTP."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = PATIENCE) -> int:
    """Send ``body`` and return the status of the answer, whatever it is.

    Raises :class:`UnsafeAddress` or :class:`PrivateAddress` before anything is sent, ``TimeoutError`` when the time
    is over, and other ``OSError`` for what goes wrong on the way.
    """
    target = target_of(url)
    found = places(target)
    deadline = time.monotonic() + seconds
    with _connected(target, found, deadline) as connection:
        request = HTTPConnection(target.host, target.port)
        request.sock = connection
        try:
            request.request("POST", target.path, body=body, headers={"Host": target.at, **headers})
            with request.getresponse() as answer:
                _left(deadline)  # headers that were cut off look like headers that have ended
                with suppress(OSError, HTTPException):  # the status has been given
                    answer.read(LONGEST_ANSWER)
                return answer.status
        except HTTPException as error:
            if isinstance(error, OSError):  # hung up without an answer
                raise
            raise NoHttp(type(error).__name__) from error
        finally:
            request.close()


@contextmanager
def _connected(target: Target, found: list[tuple[str, int]], deadline: float) -> Iterator[socket.socket]:
    """A connection that is cut off at the deadline, however slowly the other side goes on talking."""
    connection = _reach(found, deadline)
    over: list[bool] = []

    def cut() -> None:
        over.append(True)
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    try:
        if target.secure:
            context = ssl.create_default_context()
            connection = context.wrap_socket(connection, server_hostname=target.host, do_handshake_on_connect=False)
        timer = Timer(_left(deadline), cut)
        timer.daemon = True
        timer.start()
        try:
            connection.settimeout(None)
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            yield connection
        except OSError as error:
            if over:
                raise TimeoutError("the time is over") from error
            raise
        finally:
            timer.cancel()
    finally:
        connection.close()


def _reach(found: list[tuple[str, int]], deadline: float) -> socket.socket:
    """Connect to the first of these IP addresses that answers."""
    for number, place in enumerate(found, 1):
        try:
            return socket.create_connection(place, timeout=_left(deadline) / (len(found) - number + 1))
        except OSError:
            if number == len(found):
                raise
    raise AssertionError("no address to connect to")


def _left(deadline: float) -> float:
    """Raises ``TimeoutError`` when nothing is left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left
