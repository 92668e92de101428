"""Which addresses lie outside the house."""

import pytest

from rules.reach import is_loopback_name, is_outside

INSIDE = """
    127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254
    100.64.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.251 239.255.255.250
    240.0.0.1 255.255.255.255 ::1 :: fe80::1 fe80::1%eth0 fd12:3456::1 ff02::1 2001:db8::1
    ::ffff:127.0.0.1 ::ffff:192.168.1.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::c0a8:101
    64:ff9b:1::1 2002:7f00:1:: 2002:c0a8:101::1 ::ffff:0:7f00:1 fec0::1 5f00::1 4000::1
""".split()
OUTSIDE = "8.8.8.8 93.184.216.34 172.32.0.1 2606:2800:220:1::1 2001:4860:4860::8888".split()


@pytest.mark.parametrize("address", INSIDE)
def test_the_house_and_reserved_ranges_are_inside(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", [*OUTSIDE, "64:ff9b::808:808"])
def test_public_addresses_are_outside(address: str) -> None:
    assert is_outside(address)


def test_names_that_mean_this_machine() -> None:
    assert is_loopback_name("localhost")
    assert is_loopback_name("a.localhost")
    assert not is_loopback_name("localhost.example")
