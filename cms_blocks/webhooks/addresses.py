"""Where a webhook may go: to the open internet, and inside only to hosts that the settings name.

Whoever may enter an address must not get at what only our own machines reach (server-side request forgery, OWASP API7).
A name is looked up once, its addresses are judged, and the connection goes to exactly these.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.conf import settings

#: IPv4 blocks for special purposes that Python takes for global (IANA, RFC 6890; RFC 7526).
SPECIAL_IPV4 = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
#: All of IPv6 that is handed out (RFC 4291, 2.4): no mapped, translated (NAT64), local or multicast address lies in it.
GLOBAL_IPV6 = IPv6Network("2000::/3")
#: What lies in it and leads elsewhere: protocol assignments and Teredo, 6to4.
SPECIAL_IPV6 = tuple(map(IPv6Network, ("2001::/23", "2002::/16")))


class PrivateAddress(Exception):
    """The name leads to no address of the open internet."""


class UnsafeAddress(Exception):
    """Not an ``https`` address, or one with a password in it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. ``host`` is what the certificate must name, ``at`` what the header ``Host`` says."""

    secure: bool
    host: str
    port: int
    at: str
    path: str

    @property
    def allowed(self) -> bool:
        """Whether the settings name this host: then it may be inside, and without TLS."""
        return self.host in {name.strip().lower() for name in getattr(settings, "WEBHOOK_ALLOWED_HOSTS", ())}


def target_of(url: str) -> Target:
    """Take an address apart. Raises :class:`UnsafeAddress` for one that nothing is sent to, whatever it leads to."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode().lower()
    except ValueError as error:  # also what IDNA refuses
        raise UnsafeAddress("not an address") from error
    secure = parts.scheme == "https"
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise UnsafeAddress("not an address")
    if parts.username is not None or parts.password is not None:
        raise UnsafeAddress("a password in the address")
    at = f"[{host}]" if ":" in host else host
    if port not in {None, 443 if secure else 80}:
        at += f":{port}"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(secure, host, port or (443 if secure else 80), at, path)
    if not secure and not target.allowed:
        raise UnsafeAddress("not encrypted")
    if not path.isascii() or any(sign <= " " for sign in url):
        raise UnsafeAddress("signs that an address cannot hold")
    return target


def places(target: Target) -> list[tuple[str, int]]:
    """The addresses that the host's name leads to and that may be called; looked up now, once.

    Raises :class:`PrivateAddress` when none may, ``socket.gaierror`` for a name that nobody knows.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    allowed = target.allowed
    good = [(str(place[0]), target.port) for *_kind, place in found if allowed or is_public(str(place[0]))]
    if not good:
        raise PrivateAddress("no address of the open internet")
    return list(dict.fromkeys(good))


def is_public(address: str) -> bool:
    """Whether this IP address belongs to somebody on the open internet."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        special = ip.is_multicast or ip.is_reserved or any(ip in net for net in SPECIAL_IPV4)
        return ip.is_global and not special
    return ip in GLOBAL_IPV6 and ip.is_global and not any(ip in net for net in SPECIAL_IPV6)
