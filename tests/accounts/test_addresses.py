"""Whose address a request has, and who counts as one."""

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from accounts import addresses
from twitterclone import proxies

PROXY, CLIENT, FORGED = "10.0.0.7", "198.51.100.4", "203.0.113.9"


def client(peer: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return addresses.client(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


class TestWithoutTrustedProxies:
    def test_no_header_moves_the_address(self) -> None:
        assert client(CLIENT) == CLIENT
        assert client(CLIENT, FORGED) == CLIENT
        assert client(CLIENT, f"{FORGED}, {PROXY}") == CLIENT


class TestWithANumberOfProxies:
    def test_the_entry_that_the_outermost_of_them_wrote_is_the_client(self, settings: Settings) -> None:
        settings.TRUSTED_PROXIES = 1
        assert client(PROXY, CLIENT) == CLIENT
        assert client(PROXY, f"{FORGED}, {CLIENT}") == CLIENT
        settings.TRUSTED_PROXIES = 2
        assert client(PROXY, f"{FORGED}, {CLIENT}, 10.0.0.8") == CLIENT

    def test_without_a_header_the_peer_is_the_client(self, settings: Settings) -> None:
        settings.TRUSTED_PROXIES = 1
        assert client(CLIENT) == CLIENT
        assert client(CLIENT, "") == CLIENT

    def test_an_entry_that_is_no_address_is_not_believed(self, settings: Settings) -> None:
        settings.TRUSTED_PROXIES = 1
        assert client(PROXY, "unknown") == PROXY


class TestWithNetworksOfProxies:
    @pytest.fixture(autouse=True)
    def _trusted(self, settings: Settings) -> None:
        settings.TRUSTED_PROXIES = ["10.0.0.0/8", "fd00::/8"]

    def test_the_first_from_the_right_that_is_no_proxy_is_the_client(self) -> None:
        assert client(PROXY, CLIENT) == CLIENT
        assert client(PROXY, f"{FORGED}, {CLIENT}, 10.9.9.9") == CLIENT
        assert client("fd00::1", f"{FORGED}, 2001:db8::5") == "2001:db8::5"

    def test_whoever_does_not_come_through_a_proxy_is_not_believed(self) -> None:
        assert client(CLIENT, FORGED) == CLIENT
        assert client(CLIENT, f"{FORGED}, {PROXY}") == CLIENT

    def test_a_proxy_on_a_unix_socket_has_no_address_and_is_believed(self) -> None:
        assert client("", f"{FORGED}, {CLIENT}") == CLIENT

    def test_an_entry_that_is_no_address_is_not_believed(self) -> None:
        assert client(PROXY, "<script>") == PROXY


class TestGroup:
    def test_an_ipv4_address_is_one_caller(self) -> None:
        assert addresses.group("198.51.100.4") == "198.51.100.4"

    def test_all_ipv6_addresses_of_a_network_of_64_bits_are_one_caller(self) -> None:
        assert addresses.group("2001:db8:1:2::1") == addresses.group("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
        assert addresses.group("2001:db8:1:3::1") == "2001:db8:1:3::/64"

    def test_an_ipv4_address_written_as_ipv6_is_the_same_caller(self) -> None:
        assert addresses.group("::ffff:198.51.100.4") == "198.51.100.4"

    def test_something_else_is_a_caller_of_its_own(self) -> None:
        assert addresses.group("") == ""


class TestSetting:
    @pytest.mark.parametrize(
        ("text", "meaning"),
        [("", []), ("2", 2), ("10.0.0.0/8, ::1", ["10.0.0.0/8", "::1/128"]), ("10.0.0.7", ["10.0.0.7/32"])],
    )
    def test_is_a_number_or_networks(self, text: str, meaning: object) -> None:
        assert proxies.parsed(text) == meaning

    @pytest.mark.parametrize("text", ["everybody", "10.0.0.7/8", "-1"])
    def test_nonsense_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"\S"):
            proxies.parsed(text)
