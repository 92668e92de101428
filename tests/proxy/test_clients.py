"""What a connection shows of who asks."""

import pytest
from mitmproxy.connection import Client as ClientConnection
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow

from proxy.clients import client_of, is_explicit, plain_address, sign_in
from proxy.neighbours import Neighbours
from rules.request import Client

MAC, OTHER = "a4:83:e7:12:9f:01", "a4:83:e7:12:9f:02"


def connection(mode: str = "regular", address: str = "192.168.1.20") -> ClientConnection:
    made = tflow.tclient_conn()
    made.peername, made.sockname = (address, 50000), ("192.168.1.2", 8083)
    made.proxy_mode = ProxyMode.parse(mode)
    return made


def at(**macs: str) -> Neighbours:
    table = {"192.168.1.20": macs["mac"]} if macs else {}
    return Neighbours(read=lambda: table)


@pytest.mark.parametrize(
    ("mode", "client"),
    [
        ("regular", Client(address="192.168.1.20", mac=MAC, port=8083)),
        ("transparent", Client(address="192.168.1.20", mac=MAC)),
        ("dns", Client(address="192.168.1.20", mac=MAC, port=8083)),
        (
            "wireguard:/home/x/wireguard/mai-phone.conf",
            Client(address="192.168.1.20", wireguard="mai-phone"),
        ),
    ],
)
def test_a_client_is_what_its_way_in_shows(mode: str, client: Client) -> None:
    assert client_of(connection(mode), at(mac=MAC)) == client
    assert is_explicit(connection(mode)) == (mode == "regular")


@pytest.mark.parametrize("text", ["::ffff:192.168.1.20", "192.168.1.20"])
def test_a_mapped_address_is_looked_up_as_what_it_is(text: str) -> None:
    assert client_of(connection(address=text), at(mac=MAC)).mac == MAC


def test_a_connection_stays_whose_it_was_when_the_table_forgets() -> None:
    one = connection()
    assert client_of(one, at(mac=MAC)).mac == MAC
    assert client_of(one, at()).mac == MAC
    assert client_of(one, at(mac=OTHER)).mac == MAC
    assert client_of(connection(), at(mac=OTHER)).mac == OTHER


def test_a_strangers_connection_has_the_table_read_once() -> None:
    reads: list[int] = []

    def read() -> dict[str, str]:
        reads.append(1)
        return {}

    table = Neighbours(read=read, clock=lambda: 0.0)
    one, other = connection(), connection()
    assert [client_of(one, table).mac for _ in range(3)] == [None] * 3
    assert len(reads) == 1
    assert client_of(other, table).mac is None
    assert len(reads) == 2


def test_a_login_belongs_to_its_connection() -> None:
    one = connection()
    sign_in(one, "teen")
    assert client_of(one, at()).login == "teen"
    assert client_of(connection(), at()).login is None
    sign_in(one, None)
    assert client_of(one, at()).login is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [("::ffff:10.0.0.1", "10.0.0.1"), ("fe80::1%eth0", "fe80::1"), ("10.0.0.1", "10.0.0.1")],
)
def test_a_peer_is_named_as_the_rule_file_would(text: str, plain: str) -> None:
    assert plain_address(text) == plain
