"""Who asks how often: counted in the cache, by the address that a request comes from."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def client_network(request: HttpRequest) -> str | None:
    """The sender's IPv4 address, or the first address of the IPv6 network of 64 bits that one customer has for himself.

    ``TRUSTED_PROXIES`` says how many proxies of ours add to ``X-Forwarded-For``; what stands further left may be
    invented by the sender. ``None`` where nothing usable is known.
    """
    sender = request.META.get("REMOTE_ADDR", "")
    if proxies := getattr(settings, "TRUSTED_PROXIES", 0):
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(forwarded) >= proxies:
            sender = forwarded[-proxies]
    try:
        address = ip_address(sender)
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, 64), strict=False).network_address)


def over_limit(kind: str, key: object, limit: int, seconds: int) -> bool:
    """Count one more, in the cache. True from the one after ``limit`` on, until ``seconds`` after the first."""
    name = f"throttle.{kind}.{salted_hmac(kind, str(key)).hexdigest()}"
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name) > limit
    except ValueError:  # it has just expired
        return False
