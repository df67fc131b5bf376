"""Where a webhook may go."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_blocks.webhooks.addresses import PrivateAddress, UnsafeAddress, is_public, places, target_of
from cms_blocks.webhooks.posting import post
from tests.cms_blocks.webhooks.receiver import Receiver

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "192.0.0.8", "192.88.99.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fe80::1%1", "fec0::1", "fc00::1",
    "fd00::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001::1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2001:4860:4860::8888", "2a00:1450:4001::1"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_way_of_writing_an_ipv4_address_in_ipv6_leads_anywhere(inner: Any) -> None:
    for prefix in ("::ffff:", "::", "64:ff9b::"):
        assert not is_public(f"{prefix}{inner}")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "localhost", "2130706433", "0x7f.1", "127.1"],
)
def test_nothing_is_sent_into_private_networks_however_the_address_is_written(
    host: str, settings: Any, receiver: Receiver
) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = []
    with pytest.raises(PrivateAddress):
        post(f"https://{host}:{receiver.port}/", b"", {})
    assert receiver.calls == []


def test_a_name_that_leads_inside_is_refused_and_one_that_leads_both_ways_goes_outside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"inside.example": ["10.0.0.1", "::1"], "both.example": ["10.0.0.1", "8.8.8.8"]}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, **kwargs: [(0, 0, 0, "", (ip, port)) for ip in answers[host]]
    )
    with pytest.raises(PrivateAddress):
        places(target_of("https://inside.example/"))
    assert places(target_of("https://both.example/")) == [("8.8.8.8", 443)]


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, settings: Any, receiver: Receiver
) -> None:
    """A name server that answers differently the second time is not asked a second time."""
    settings.WEBHOOK_ALLOWED_HOSTS = ["hook.example"]
    asked, real = [], socket.getaddrinfo

    def lookup(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host != "hook.example":
            assert host == "127.0.0.1", "only what was checked is connected to"
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert post(receiver.url("hook.example"), b"{}", {}) == 200
    assert asked == ["hook.example"]
    assert receiver.calls[0].headers["host"] == f"hook.example:{receiver.port}"


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "https://", "https://u:p@example.org/", "https://u@example.org/", "",
     "https://example.org:99999/", "https://a..b/", "https://example.org/a b", "https://example.org/\nx", "//example.org/",
     "https://example.org/ü"],
)  # fmt: skip
def test_only_whole_encrypted_addresses_without_a_password_are_taken(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        target_of(url)


def test_an_address_is_taken_apart(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["Inside.Example"]
    plain = target_of("http://inside.example:8080/a/b?c=d#e")
    assert (plain.secure, plain.port, plain.at, plain.path) == (False, 8080, "inside.example:8080", "/a/b?c=d")
    umlaut = target_of("https://Bürger.example")
    assert (umlaut.host, umlaut.port, umlaut.at, umlaut.path) == (
        "xn--brger-kva.example",
        443,
        "xn--brger-kva.example",
        "/",
    )
    assert target_of("https://[2001:4860::1]:444/").at == "[2001:4860::1]:444"
