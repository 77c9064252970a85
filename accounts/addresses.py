"""From which address a request comes, and which addresses count as one."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

ONE_HOUSEHOLD = 64
"""Of an IPv6 address only the first so many bits are counted: whoever has one has all that share them."""


def client(request: HttpRequest) -> str:
    """The address of the client itself, as far as it can be believed.

    A header can say anything. What is believed of `X-Forwarded-For` is what proxies of ours wrote, at its right end:
    `TRUSTED_PROXIES` is how many of them stand before us, or the networks in which they are; by default there are none.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    trusted: int | list[str] = settings.TRUSTED_PROXIES
    if not trusted:
        return peer
    hops = [*(hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()), peer]
    found = hops[-1 - min(trusted, len(hops) - 1)] if isinstance(trusted, int) else _first_stranger(hops, trusted)
    return found if _is_address(found) else peer


def _first_stranger(hops: list[str], networks: list[str]) -> str:
    """From the right, the first that is no proxy of ours; a peer without an address is one (a Unix socket)."""
    for place in range(len(hops) - 1, 0, -1):
        if hops[place] and not _is_ours(hops[place], tuple(networks)):
            return hops[place]
    return hops[0]


@lru_cache(1024)
def _is_ours(address: str, networks: tuple[str, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in ip_network(network) for network in networks)


@lru_cache(1024)
def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(4096)
def group(address: str) -> str:
    """What limits count: an IPv4 address, or an IPv6 network."""
    if not _is_address(address):
        return address
    found = ip_address(address)
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), ONE_HOUSEHOLD), strict=False))
