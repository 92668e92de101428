# mypy: allow-untyped-calls
import pytest
from mitmproxy.connection import Client
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_specs import RegularMode, WireGuardMode

from proxy.datagrams import NO_VERSION, Refusal, next_layer, refusal
from proxy.dns_layer import DnsLayer

DESTINATION, SOURCE = b"\x11" * 8, b"\x22" * 5
VERSION_1 = bytes.fromhex("00000001")
INITIAL = b"\xc3" + VERSION_1 + b"\x08" + DESTINATION + b"\x05" + SOURCE + b"\x00" + b"\x33" * 1170


def context(transport: str, address: tuple[str, int] | None) -> Context:
    client = Client(
        peername=("10.111.202.108", 40000),
        sockname=("93.184.216.34", 443),
        transport_protocol=transport,  # type: ignore[arg-type]
        proxy_mode=WireGuardMode.parse("wireguard"),
    )
    found = Context(client, Options())
    found.server.address = address
    return found


@pytest.mark.parametrize("address", [("93.184.216.34", 443), None])
def test_what_comes_over_tcp_is_not_ours(address: tuple[str, int] | None) -> None:
    assert next_layer(context("tcp", address), b"x") is None


@pytest.mark.parametrize("address", [("10.112.0.53", 53), ("93.184.216.34", 53), None])
def test_names_may_be_asked_of_any_name_server(address: tuple[str, int] | None) -> None:
    assert isinstance(next_layer(context("udp", address), b"x"), DnsLayer)


def test_a_long_answer_may_be_asked_for_over_tcp_inside_a_tunnel_alone() -> None:
    inside = context("tcp", ("10.112.0.53", 53))
    assert isinstance(next_layer(inside, b"x"), DnsLayer)
    inside.client.proxy_mode = RegularMode.parse("regular")
    assert next_layer(inside, b"x") is None


def test_all_else_is_refused_and_over_at_once() -> None:
    refused = next_layer(context("udp", ("93.184.216.34", 443)), b"what is this")
    assert isinstance(refused, Refusal)
    done = list(refused.handle_event(events.Start()))
    assert [type(one) for one in done] == [commands.CloseConnection]
    assert list(refused.handle_event(events.DataReceived(refused.context.client, b"more"))) == []


def test_quic_is_told_that_no_version_is_spoken() -> None:
    refused = next_layer(context("udp", ("93.184.216.34", 443)), INITIAL)
    assert isinstance(refused, Refusal)
    sent, closed = refused.handle_event(events.Start())
    assert isinstance(closed, commands.CloseConnection)
    assert isinstance(sent, commands.SendData)
    assert sent.data == (b"\x80\0\0\0\0" + b"\x05" + SOURCE + b"\x08" + DESTINATION + NO_VERSION)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\xc3\0\0\0\1",
        b"\x43" + INITIAL[1:],
        b"\xc3" + bytes(4) + INITIAL[5:],
        b"\xc3" + NO_VERSION + INITIAL[5:],
        INITIAL[:10],
        INITIAL[:16],
    ],
    ids=["empty", "cut at version", "short header", "negotiation", "our word", "cut", "cut at id"],
)
def test_only_the_beginning_of_a_connection_is_answered(datagram: bytes) -> None:
    assert refusal(datagram) is None


def test_the_answer_is_never_larger_than_what_asked() -> None:
    longest = b"\xc3" + VERSION_1 + b"\xff" + b"\x11" * 255 + b"\xff" + b"\x22" * 255
    assert len(refusal(longest) or b"") <= len(longest) + len(NO_VERSION)
