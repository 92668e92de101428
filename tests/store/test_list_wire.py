"""Which addresses a list may come from."""

import socket
import time
from collections.abc import Sequence

import pytest

from rules.hosts import parse_url
from store.list_faults import Fault, ListRefused
from store.list_wire import LookUp, Outside, judged, look_up

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
INSIDE = """
    127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1
    255.255.255.255 192.0.2.1 198.18.0.1 240.0.0.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254
    ff02::1 ::ffff:127.0.0.1 ::ffff:93.184.216.34 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::
    2001:db8::1
""".split()


def dns(*addresses: str) -> LookUp:
    return lambda _host: addresses


def judge(
    url: str, *, reach: Sequence[str] = (), resolve: LookUp = look_up, **names: str
) -> tuple[str, ...]:
    named = {name.replace("_", "."): address for name, address in names.items()}
    outside = Outside(names=named, reach=reach, resolve=resolve)
    return judged(parse_url(url), outside, seconds=0.2)


@pytest.mark.parametrize("address", INSIDE)
def test_one_inside_address_among_public_ones_refuses_them_all(address: str) -> None:
    with pytest.raises(ListRefused) as refused:
        judge("https://lists.example/", resolve=dns(PUBLIC, address, PUBLIC_6))

    assert refused.value.fault is Fault.INSIDE
    assert refused.value.detail == f"lists.example {address}"


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 2130706433 0x7f.1 localhost a.localhost LOCALHOST. [::1] [::ffff:7f00:1]".split(),
)
def test_no_spelling_of_this_machine_is_asked(host: str) -> None:
    with pytest.raises(ListRefused) as refused:
        judge(f"https://{host}/", resolve=dns(PUBLIC))

    assert refused.value.fault is Fault.INSIDE


def test_public_addresses_are_used_in_the_order_of_dns() -> None:
    assert judge("https://lists.example/", resolve=dns(PUBLIC_6, PUBLIC)) == (PUBLIC_6, PUBLIC)
    assert judge(f"https://[{PUBLIC_6}]/") == (PUBLIC_6,)


def test_a_name_of_the_settings_is_judged_too_and_not_asked_of_dns() -> None:
    asked = dns("1.1.1.1")
    assert judge("https://lists.example/", lists_example=PUBLIC, resolve=asked) == (PUBLIC,)
    with pytest.raises(ListRefused):
        judge("https://lists.example/", lists_example="192.168.1.5", resolve=asked)


def test_the_settings_open_one_port_of_a_machine_in_the_house() -> None:
    reach = ("192.168.1.5:8443", "[fd00::5]:443")
    house = dns("192.168.1.5")
    assert judge("https://nas.example:8443/", reach=reach, resolve=house) == ("192.168.1.5",)
    assert judge("https://nas.example/", reach=reach, resolve=dns("fd00::5")) == ("fd00::5",)
    with pytest.raises(ListRefused):
        judge("https://nas.example/", reach=reach, resolve=house)


def failing(_host: str) -> tuple[str, ...]:
    raise socket.gaierror(socket.EAI_NONAME, "no such name")


@pytest.mark.parametrize("resolve", [failing, dns()])
def test_a_name_without_an_address_is_told(resolve: LookUp) -> None:
    with pytest.raises(ListRefused) as refused:
        judge("https://lists.example/", resolve=resolve)

    assert refused.value.fault is Fault.UNKNOWN_NAME


def test_a_look_up_that_hangs_is_not_waited_for() -> None:
    def hang(_host: str) -> tuple[str, ...]:
        time.sleep(1)
        return (PUBLIC,)

    began = time.monotonic()
    with pytest.raises(ListRefused) as refused:
        judge("https://lists.example/", resolve=hang)

    assert (refused.value.fault, refused.value.detail) == (Fault.SLOW, "look-up")
    assert time.monotonic() - began < 0.8


def test_the_systems_own_look_up_gives_addresses() -> None:
    assert "127.0.0.1" in look_up("localhost")
