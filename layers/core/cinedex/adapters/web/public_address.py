"""Whether an IP address is one of the public internet, where media may be downloaded from."""

from __future__ import annotations

import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""The only IPv6 addresses that IANA assigns to hosts of the public internet (RFC 4291, 2.4).

`is_global` alone admits more: IPv4-compatible (`::127.0.0.1`), SIIT, local NAT64 and site-local addresses.
"""
NOT_PUBLIC = (
    ipaddress.ip_network("192.0.0.0/24"),  # RFC 6890, of which `ipaddress` admits some; a cloud has metadata there
    ipaddress.ip_network("192.88.99.0/24"),  # relays of 6to4, deprecated by RFC 7526
    ipaddress.ip_network("3fff::/20"),  # documentation, RFC 9637, unknown to older versions of `ipaddress`
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The upper half of an interface identifier whose lower half is an IPv4 address (RFC 5214, 6.1)."""


def addresses_of(host: str, port: int) -> list[Address]:
    """All addresses of a name; empty when this machine does not know it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the latter for a label that is empty or too long
        return []
    return [ipaddress.ip_address(str(info[4][0]).split("%")[0]) for info in found]


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        carried = carried_ipv4(address)
        if carried is not None:
            return is_public(carried)
        if address not in GLOBAL_UNICAST:
            return False
    excluded = any(address in network for network in NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not excluded


def carried_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to `address` end at: mapped, NAT64 (RFC 6052), 6to4, Teredo or ISATAP."""
    low = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in NAT64 or (int(address) >> 32) & 0xFFFF_FFFF in ISATAP:
        return low
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo


def reached_by(address: Address) -> Address:
    """The address itself, or the IPv4 address that it carries."""
    return address if isinstance(address, ipaddress.IPv4Address) else carried_ipv4(address) or address
