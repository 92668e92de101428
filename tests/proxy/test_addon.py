# mypy: allow-untyped-calls
import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest
from mitmproxy.http import Headers, HTTPFlow
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.layers import http
from mitmproxy.proxy.layers.http import HttpLayer
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import taddons, tflow, tutils
from mitmproxy.tls import ClientHelloData

from proxy import addon as addons
from proxy import body, enforce
from proxy.addon import Porchlight
from proxy.door import Door
from proxy.live import State
from rules.compile import compile_policy
from rules.decision import Reason
from rules.policy import Action, Entry, FileType, LogLevel, Mime
from rules.request import Stage
from tests.proxy.conftest import CATALOG, StillLive, lines_of, make_door, make_policy


def flow_to(host: str, *, path: str = "/", header: str | None = None, port: int = 443) -> HTTPFlow:
    flow = tflow.tflow()
    flow.client_conn.peername = ("127.0.0.2", 50000)
    flow.client_conn.sni = None
    flow.response = None
    flow.request.data.host = host
    flow.request.data.port = port
    flow.request.data.scheme = b"https"
    flow.request.data.authority = b""
    flow.request.path = path
    flow.request.headers = Headers([(b"host", (header or host).encode())])
    return flow


def call(door: Door, hook: str, subject: Any) -> Any:
    async def run() -> None:
        with taddons.context():
            result = getattr(Porchlight(door), hook)(subject)
            if result is not None:
                await result

    asyncio.run(run())
    return subject


def test_an_allowed_request_passes_unread_and_untouched() -> None:
    door = make_door()
    flow = flow_to("good.example", path="/a?b=1")
    before = flow.request.copy()
    call(door, "requestheaders", flow)
    assert flow.response is None
    assert flow.request.stream is True
    before.stream = True
    assert flow.request.get_state() == before.get_state()
    (line,) = lines_of(door)
    assert (line.decision.action, line.host, line.path) == (Action.ALLOW, "good.example", "/a?b=1")


def test_a_blocked_request_is_answered_and_recorded() -> None:
    door = make_door()
    flow = call(door, "requestheaders", flow_to("bad.example"))
    assert flow.response.status_code == 403
    (line,) = lines_of(door)
    assert line.decision.id in flow.response.headers["x-porchlight"]
    assert (line.decision.line, line.decision.device) == (9, "tablet")


def test_a_request_that_carries_a_blocked_name_beside_an_open_one_is_blocked() -> None:
    for host, header in (("good.example", "bad.example"), ("bad.example", "good.example")):
        flow = call(make_door(), "requestheaders", flow_to(host, header=header))
        assert flow.response.status_code == 403


def test_a_name_beside_a_help_site_is_recorded() -> None:
    door = make_door()
    call(door, "requestheaders", flow_to("help.example", header="good.example"))
    assert [line.host for line in lines_of(door)] == ["good.example"]


def test_a_help_site_leaves_no_trace_whatever_becomes_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = make_door()
    door.resolver._names = {"help.example": "0.0.0.0"}
    flow = call(door, "requestheaders", flow_to("help.example"))
    assert "reason=local" in flow.response.headers["x-porchlight"]
    call(door, "http_connect", flow_to("Help.Example"))
    call(door, "requestheaders", flow_to("help.example", header="a@b"))

    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(addons, "decide", fail)
    flow = call(door, "requestheaders", flow_to("HELP.example."))
    assert "reason=failed" in flow.response.headers["x-porchlight"]
    assert lines_of(door) == []


def test_a_name_that_leads_inside_is_refused() -> None:
    door = make_door()
    flow = call(door, "requestheaders", flow_to("nas.example"))
    assert "reason=local" in flow.response.headers["x-porchlight"]
    assert lines_of(door)[0].decision.reason is Reason.LOCAL


def test_a_name_that_nobody_knows_is_no_block() -> None:
    door = make_door()
    flow = call(door, "requestheaders", flow_to("name-that-nobody-has.invalid"))
    assert flow.response.status_code == 502
    assert lines_of(door)[0].decision.action is Action.ALLOW


def test_a_name_that_is_blocked_is_not_asked_of_dns() -> None:
    door = make_door()
    call(door, "requestheaders", flow_to("sub.bad.example"))
    assert door.resolver._known == {}


def test_what_cannot_be_read_is_refused_and_recorded() -> None:
    door = make_door()
    flow = call(door, "requestheaders", flow_to("good.example", header="a@b"))
    assert flow.response.status_code == 400
    assert lines_of(door)[0].decision.reason is Reason.UNREADABLE


@pytest.mark.parametrize("given", ["response", "error", "dead"])
def test_what_is_answered_already_is_left_alone(given: str) -> None:
    door = make_door()
    flow = flow_to("bad.example")
    if given == "response":
        flow.response = tutils.tresp()
    elif given == "error":
        flow.error = tflow.terr()
    else:
        flow.live = False
    before = flow.response
    call(door, "requestheaders", flow)
    assert flow.response is before
    assert lines_of(door) == []


def test_the_profiles_log_level_goes_with_the_line() -> None:
    door = make_door(make_policy(log=LogLevel.COUNTS))
    call(door, "requestheaders", flow_to("bad.example"))
    notebook: Any = door.recorder
    assert notebook.lines[0][1] is LogLevel.COUNTS


@pytest.mark.parametrize(
    ("host", "port", "status"),
    [
        ("good.example", 443, None),
        ("bad.example", 443, None),
        ("name-that-nobody-has.invalid", 443, None),
        ("nas.example", 443, 403),
        ("127.0.0.1", 443, 403),
        ("localhost", 8000, 403),
        ("a b", 443, 400),
    ],
)
def test_a_tunnel_is_refused_only_where_it_leads_inside(
    host: str, port: int, status: int | None
) -> None:
    flow = flow_to(host, port=port)
    flow.request.data.method = b"CONNECT"
    call(make_door(), "http_connect", flow)
    assert (flow.response.status_code if flow.response else None) == status


def hello(host: str, sni: str | None) -> ClientHelloData:
    context = Context(tflow.tclient_conn(), Options())
    context.client.peername = ("127.0.0.2", 50000)
    context.server.address = (host, 443)
    data = ClientHelloData(context, None)  # type: ignore[arg-type]
    data.client_hello = type("Hello", (), {"sni": sni})()
    return data


@pytest.mark.parametrize(
    ("host", "sni", "is_left"),
    [
        ("help.example", "help.example", True),
        ("HELP.example.", "Help.Example", True),
        ("help.example", "sub.help.example", False),
        ("help.example", "good.example", False),
        ("good.example", "help.example", False),
        ("good.example", "good.example", False),
        ("help.example", None, False),
        ("nas.example", "nas.example", False),
    ],
)
def test_only_a_help_site_that_every_name_names_is_left_closed(
    host: str, sni: str | None, *, is_left: bool
) -> None:
    data = call(make_door(), "tls_clienthello", hello(host, sni))
    assert data.ignore_connection is is_left


def test_bodies_go_on_as_they_come_but_not_an_upgrade() -> None:
    for status, is_streamed in ((200, True), (101, False)):
        flow = flow_to("good.example")
        flow.response = tutils.tresp(status_code=status)
        call(make_door(), "responseheaders", flow)
        assert flow.response.stream is is_streamed


def with_types(door: Door) -> Door:
    """The same door, where an entry closes films and another one programs."""
    policy = make_policy()
    younger = replace(
        policy.profiles["younger"],
        block=(
            Entry(address="mime: video/*", target=Mime(type="video/*"), line=9),
            Entry(address="file: exe", target=FileType(endings=("exe",)), line=10),
        ),
    )
    profiles = {**policy.profiles, "younger": younger}
    cast("StillLive", door.live).state = State(
        ruleset=compile_policy(replace(policy, profiles=profiles), CATALOG)
    )
    return door


@pytest.mark.parametrize(
    ("kind", "status", "line"), [("video/mp4", 403, 9), ("text/html", 200, None)]
)
def test_an_answer_is_judged_by_what_it_says_of_itself_and_logged_once(
    kind: str, status: int, line: int | None
) -> None:
    door = with_types(make_door())
    flow = call(door, "requestheaders", flow_to("good.example", path="/a"))
    assert lines_of(door) == []
    flow.response = tutils.tresp(headers=Headers([(b"content-type", kind.encode())]))
    call(door, "responseheaders", flow)
    call(door, "error", flow)

    assert flow.response.status_code == status
    assert flow.response.stream is (status == 200)
    (row,) = lines_of(door)
    assert (row.path, row.decision.line, row.decision.look) == ("/a", line, Stage.REPLY)
    assert (line is None) or row.decision.id in flow.response.headers["x-porchlight"]


def test_a_request_is_judged_to_its_end_by_the_rules_that_let_it_pass() -> None:
    door = with_types(make_door())
    flow = call(door, "requestheaders", flow_to("good.example"))
    cast("StillLive", door.live).state = make_door().live.state
    flow.response = tutils.tresp(headers=Headers([(b"content-type", b"video/mp4")]))
    call(door, "responseheaders", flow)
    assert flow.response.status_code == 403


def test_every_name_of_a_request_is_judged_again() -> None:
    door = with_types(make_door())
    flow = call(door, "requestheaders", flow_to("help.example", header="good.example"))
    flow.response = tutils.tresp(headers=Headers([(b"content-type", b"video/mp4")]))
    call(door, "responseheaders", flow)
    assert flow.response.status_code == 403


def test_a_request_without_an_answer_is_logged_as_it_passed() -> None:
    door = with_types(make_door())
    flow = call(door, "requestheaders", flow_to("good.example", path="/a"))
    call(door, "error", flow)
    (row,) = lines_of(door)
    assert (row.path, row.decision.action) == ("/a", Action.ALLOW)


def test_a_fault_at_the_answer_is_the_only_line(monkeypatch: pytest.MonkeyPatch) -> None:
    door, flow = with_types(make_door()), flow_to("good.example")

    def fail(*_: object) -> None:
        raise ValueError

    async def run() -> None:
        with taddons.context():
            addon = Porchlight(door)
            await addon.requestheaders(flow)
            flow.response = tutils.tresp()
            monkeypatch.setattr(addons, "decide", fail)
            addon.responseheaders(flow)
            addon.error(flow)

    asyncio.run(run())
    assert flow.error is not None
    assert [row.decision.reason for row in lines_of(door)] == [Reason.FAILED]


def test_a_long_talk_is_not_kept() -> None:
    flow = tflow.twebsocketflow()
    assert flow.websocket
    last = flow.websocket.messages[-1]
    call(make_door(), "websocket_message", flow)
    assert flow.websocket.messages == [last]


@pytest.mark.parametrize(
    ("host", "port", "is_refused"),
    [("good.example", 443, False), ("127.0.0.1", 8000, True), ("nas.example", 80, True)],
)
def test_the_last_look_is_at_the_connection(host: str, port: int, *, is_refused: bool) -> None:
    server = tflow.tserver_conn()
    server.state = server.state.CLOSED
    server.address = (host, port)
    data = ServerConnectionHookData(client=tflow.tclient_conn(), server=server)
    call(make_door(), "server_connect", data)
    assert bool(data.server.error) is is_refused


@pytest.mark.parametrize(
    ("data", "is_http"),
    [
        (b"GET / HTTP/1.1\r\n", True),
        (b"GE", True),
        (b"PRI * HTTP/2.0\r\n", True),
        (b"SSH-2.0-x\r\n", True),
        (b"\x00\x01", True),
        (b"\x16", True),
        (b"\x16\x00\x12\x34", True),
        (b"\x16\x03\x01", False),
        (b"", False),
    ],
)
def test_all_but_tls_in_a_tunnel_is_read_as_http(data: bytes, *, is_http: bool) -> None:
    async def run() -> None:
        with taddons.context():
            context = Context(tflow.tclient_conn(), Options())
            context.server.address = ("good.example", 53)
            nextlayer = NextLayer(context)
            nextlayer.data_client = lambda: data  # type: ignore[method-assign]
            Porchlight(make_door()).next_layer(nextlayer)
            assert isinstance(nextlayer.layer, HttpLayer) is is_http

    asyncio.run(run())


@pytest.mark.parametrize(
    ("data", "is_closed"),
    [
        (b"GET / HTTP/1.1\r\n", False),
        (b"POST", False),
        (b"SSH-2.0-x\r\n", True),
        (b"\x00\x01", True),
        (b"\x16\x00\x12\x34", True),
    ],
)
def test_what_is_neither_is_closed(
    monkeypatch: pytest.MonkeyPatch, data: bytes, *, is_closed: bool
) -> None:
    closed: list[object] = []
    monkeypatch.setattr(enforce, "close", closed.append)
    context = Context(tflow.tclient_conn(), Options())
    context.server.address = ("good.example", 443)
    nextlayer = NextLayer(context)
    nextlayer.data_client = lambda: data  # type: ignore[method-assign]
    Porchlight(make_door()).next_layer(nextlayer)
    assert closed == ([context.client] if is_closed else [])


def test_raw_tcp_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[object] = []
    monkeypatch.setattr(enforce, "close", closed.append)
    flow = tflow.ttcpflow()
    call(make_door(), "tcp_start", flow)
    assert closed == [flow.client_conn]


def test_it_takes_over_names_and_options_where_it_runs() -> None:
    async def run() -> None:
        door = make_door()
        with taddons.context() as master:
            master.options.add_option("connection_strategy", str, "eager", "")
            Porchlight(door).running()
            assert (master.options.connection_strategy, master.options.rawtcp) == ("lazy", False)
        assert http.HttpStream is body.MeasuredStream
        with pytest.raises(OSError, match="inside the house"):
            await asyncio.open_connection("localhost", 8000)

    asyncio.run(run())


def test_it_closes_its_door_at_the_end() -> None:
    door = make_door()
    Porchlight(door).done()
    live: Any = door.live
    assert isinstance(live, StillLive)
    assert live.stopped


def test_stock_mitmproxy_finds_one_addon() -> None:
    assert [type(one) for one in addons.addons] == [Porchlight]
