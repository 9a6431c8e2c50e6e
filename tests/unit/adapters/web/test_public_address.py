"""Media come from addresses of the public internet only, in whichever notation."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from cinedex.adapters.web.public_address import is_public, reached_by

LOOPBACK = {
    "IPv4": "127.0.0.1",
    "the end of the network": "127.255.255.254",
    "IPv6": "::1",
    "mapped": "::ffff:127.0.0.1",
    "compatible": "::127.0.0.1",
    "SIIT": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::127.0.0.1",
    "local NAT64": "64:ff9b:1::127.0.0.1",
    "6to4": "2002:7f00:1::1",
    "6to4 of a private network": "2002:a00:1::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "ISATAP": "2606:4700::5efe:127.0.0.1",
    "ISATAP, universal": "2606:4700::200:5efe:10.0.0.1",
    "ISATAP, link-local": "fe80::5efe:127.0.0.1",
}
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "233.252.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::8.8.8.8",
    "100::1",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "5f00::1",
    "4000::1",
    "8000::1",
    "200::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "192.167.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]


@pytest.mark.parametrize("notation", LOOPBACK)
def test_an_address_of_this_machine_or_network_is_refused_in_every_notation(notation: str) -> None:
    assert not is_public(ip_address(LOOPBACK[notation]))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_of_no_public_host_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_is_accepted(address: str) -> None:
    assert is_public(ip_address(address))


def test_an_exception_for_a_network_counts_for_the_address_that_is_reached() -> None:
    assert str(reached_by(ip_address("::ffff:127.0.0.1"))) == "127.0.0.1"
    assert str(reached_by(ip_address("2606:4700::1111"))) == "2606:4700::1111"
