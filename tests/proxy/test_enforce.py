# mypy: allow-untyped-calls
import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from mitmproxy.http import Headers, HTTPFlow
from mitmproxy.test import taddons, tflow, tutils

from proxy import enforce
from proxy.enforce import ANSWERED, Blocked
from rules.compile import Ruleset
from rules.decision import Reason
from rules.policy import Action
from tests.proxy.conftest import NOON, make_decision


@pytest.fixture
def blocked(ruleset: Ruleset) -> Blocked:
    return Blocked(decision=make_decision(), ruleset=ruleset, host="bad.example", moment=NOON)


def flow_with(method: str = "GET", **headers: str) -> HTTPFlow:
    flow = tflow.tflow()
    flow.request.headers.clear()
    flow.request.method = method
    for name, value in headers.items():
        flow.request.headers[name.replace("_", "-")] = value
    return flow


def answered(flow: HTTPFlow, blocked: Blocked) -> tuple[str | None, bytes]:
    enforce.block(flow, blocked)
    assert flow.response is not None
    assert flow.response.status_code == 403
    assert flow.response.headers["cache-control"] == "no-store"
    return flow.response.headers.get("content-type"), flow.response.content or b""


HTML, SCRIPT, JSON = (
    "text/html; charset=utf-8",
    "text/javascript; charset=utf-8",
    "application/json",
)


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [
        ({"sec_fetch_dest": "document"}, HTML),
        ({"sec_fetch_dest": "iframe"}, HTML),
        ({"sec_fetch_dest": "image", "accept": "text/html"}, "image/gif"),
        ({"sec_fetch_dest": "script"}, SCRIPT),
        ({"sec_fetch_dest": "serviceworker"}, SCRIPT),
        ({"sec_fetch_dest": "style"}, "text/css; charset=utf-8"),
        ({"sec_fetch_dest": "empty"}, JSON),
        ({"sec_fetch_dest": "video"}, None),
        ({"sec_fetch_dest": "something-new"}, None),
        ({"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, HTML),
        ({"accept": "image/avif,image/webp,*/*"}, "image/gif"),
        ({"accept": "text/css,*/*;q=0.1"}, "text/css; charset=utf-8"),
        ({"accept": "application/json"}, JSON),
        ({"accept": "*/*"}, HTML),
        ({"accept": "*/*", "x_requested_with": "XMLHttpRequest"}, JSON),
        ({}, HTML),
        ({"accept": "text/html", "upgrade": "websocket"}, None),
    ],
)
def test_the_answer_has_the_form_of_what_was_asked(
    blocked: Blocked, headers: dict[str, str], content_type: str | None
) -> None:
    assert answered(flow_with(**headers), blocked)[0] == content_type


@pytest.mark.parametrize(
    ("method", "path", "content_type"),
    [
        ("GET", "/app.js?v=2", SCRIPT),
        ("GET", "/a/logo.PNG", "image/gif"),
        ("GET", "/style.css", "text/css; charset=utf-8"),
        ("GET", "/list.json", JSON),
        ("GET", "/film.mp4", None),
        ("GET", "/page.html", HTML),
        ("GET", "/?file=app.js", HTML),
        ("POST", "/", JSON),
    ],
)
def test_a_client_that_accepts_anything_gets_what_fits_the_path(
    blocked: Blocked, method: str, path: str, content_type: str | None
) -> None:
    flow = flow_with(method, accept="*/*")
    flow.request.path = path
    assert answered(flow, blocked)[0] == content_type


def test_only_pages_have_a_content_policy(blocked: Blocked) -> None:
    for wanted, has in (("document", True), ("image", False)):
        response = enforce.answer(flow_with(sec_fetch_dest=wanted).request, blocked)
        assert ("content-security-policy" in response.headers) is has


def test_json_says_what_the_header_says(blocked: Blocked) -> None:
    said = json.loads(answered(flow_with(sec_fetch_dest="empty"), blocked)[1])
    assert said["rule"] == "family.yaml:9"
    assert enforce.mark(blocked.decision) == (
        "block; reason=site; rule=family.yaml:9; id=7K2M9QX4TB1W"
    )


def test_the_mark_of_what_no_line_made_is_built_in() -> None:
    assert "rule=built-in;" in enforce.mark(make_decision(Reason.DEFAULT))


def test_a_file_name_of_any_script_fits_a_header() -> None:
    mark = enforce.mark(replace(make_decision(), file="gia đình\r\n.yaml"))
    assert mark.isascii()
    assert "\n" not in mark


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_no_body_where_none_is_expected(blocked: Blocked, method: str) -> None:
    assert answered(flow_with(method, sec_fetch_dest="document"), blocked) == (HTML, b"")


def test_nothing_of_a_blocked_request_is_streamed_on(blocked: Blocked) -> None:
    flow = flow_with()
    flow.request.stream = True
    answered(flow, blocked)
    assert flow.request.stream is False
    assert ANSWERED in flow.metadata


@pytest.mark.parametrize(
    ("method", "headers", "is_ended"),
    [
        ("POST", {"content_length": "1048576"}, False),
        ("POST", {"content_length": "1048577"}, True),
        ("POST", {"content_length": "many"}, True),
        ("POST", {"transfer_encoding": "chunked"}, True),
        ("GET", {}, False),
    ],
)
def test_a_large_body_is_not_waited_for(
    blocked: Blocked, method: str, headers: dict[str, str], *, is_ended: bool
) -> None:
    answers: tuple[Callable[[HTTPFlow], None], ...] = (
        lambda flow: enforce.block(flow, blocked),
        lambda flow: enforce.unreached(flow, blocked.ruleset, "no such name"),
        lambda flow: enforce.refuse_unreadable(flow, blocked.decision, blocked.ruleset, "a b"),
    )
    for give in answers:
        flow = flow_with(method, **headers)
        give(flow)
        assert (flow.error is not None) is is_ended
        assert (flow.response is None) is is_ended


@pytest.mark.parametrize(
    ("version", "headers", "spoken_there", "is_sent"),
    [
        ("HTTP/2.0", {}, None, False),
        ("HTTP/2.0", {}, b"http/1.1", False),
        ("HTTP/2.0", {}, b"h2", True),
        ("HTTP/2.0", {"content_length": "3"}, None, True),
        ("HTTP/1.1", {"transfer_encoding": "chunked"}, None, True),
    ],
)
def test_a_body_without_a_frame_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    headers: dict[str, str],
    spoken_there: bytes | None,
    *,
    is_sent: bool,
) -> None:
    closed: list[object] = []
    monkeypatch.setattr(enforce, "close", closed.append)
    flow = flow_with("POST", **headers)
    flow.request.http_version = version
    flow.server_conn.alpn = spoken_there
    way = enforce.onward(flow)
    sent = [way(chunk) if callable(way) else chunk for chunk in (b"GET", b"")]
    assert sent == [b"GET" if is_sent else b"", b""]
    assert closed == ([] if is_sent else [flow.client_conn])


def test_a_local_refusal_names_no_line() -> None:
    decision = enforce.local(replace(make_decision(action=Action.ALLOW), note="a", grant="g"))
    assert (decision.action, decision.reason) == (Action.BLOCK, Reason.LOCAL)
    assert (decision.line, decision.note, decision.grant) == (None, "", None)
    assert decision.profile == "younger"


def test_an_answer_of_ours_stands_in_the_place_of_what_a_site_began(blocked: Blocked) -> None:
    flow = flow_with()
    flow.request.stream = onward = enforce.onward(flow)
    flow.response = tutils.tresp(headers=Headers([(b"content-disposition", b"attachment")]))
    enforce.replace_answer(flow, blocked)

    assert flow.response.status_code == 403
    assert "content-disposition" not in flow.response.headers
    assert flow.metadata[enforce.ANSWERED] == 403
    assert flow.request.stream is onward  # what guards the rest of the request stays


@pytest.mark.parametrize(
    ("asked", "sent"), [("bytes=0-1,5-", None), ("bytes=0-1", "bytes=0-1"), (None, None)]
)
def test_only_several_pieces_are_not_asked_for(asked: str | None, sent: str | None) -> None:
    flow = flow_with()
    if asked is not None:
        flow.request.headers["range"] = asked
    enforce.ask_in_one_piece(flow)
    assert flow.request.headers.get("range") == sent


def test_an_unknown_name_is_no_block(ruleset: Ruleset) -> None:
    flow = flow_with()
    enforce.unreached(flow, ruleset, "no such name")
    assert flow.response is not None
    assert flow.response.status_code == 502
    assert "x-porchlight" not in flow.response.headers


@dataclass
class Transport:
    handler: "asyncio.Task[None] | None"


@dataclass
class Connections:
    name: str = "proxyserver"
    connections: dict[str, Any] = field(default_factory=dict)


@dataclass
class Handling:
    transports: dict[Any, Transport]


def test_closing_a_client_ends_its_task() -> None:
    async def close() -> bool:
        client = tflow.tclient_conn()
        task = asyncio.create_task(asyncio.sleep(60))
        server = Connections(connections={client.id: Handling({client: Transport(task)})})
        with taddons.context(server):
            enforce.close(client)
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(close())


def test_closing_a_client_that_is_gone_is_nothing() -> None:
    async def close() -> None:
        with taddons.context(Connections()):
            enforce.close(tflow.tclient_conn())
        with taddons.context():
            enforce.close(tflow.tclient_conn())

    asyncio.run(close())


def test_no_answer_tells_of_another_way_to_the_site() -> None:
    flow = tflow.tflow(resp=True)
    assert flow.response is not None
    flow.response.headers = Headers(
        [(b"ALT-SVC", b"h3"), (b"alt-svc", b"h2"), (b"Alternate-Protocol", b"quic"), (b"a", b"b")]
    )
    enforce.forget_other_ways(flow)
    assert flow.response.headers.fields == ((b"a", b"b"),)
    enforce.forget_other_ways(flow_with())
