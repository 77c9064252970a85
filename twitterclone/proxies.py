"""How the setting TRUSTED_PROXIES is written."""

from ipaddress import ip_network


def parsed(text: str) -> int | list[str]:
    """`2`: so many proxies stand before us. `10.0.0.0/8, ::1`: the networks in which they are. Nothing: there are none.

    Raises:
        ValueError: a network is none.
    """
    if text.strip().isdecimal():
        return int(text)
    return [str(ip_network(each.strip())) for each in text.split(",") if each.strip()]
