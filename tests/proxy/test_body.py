# mypy: allow-untyped-calls
import pytest
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.http import Response
from mitmproxy.options import Options
from mitmproxy.proxy.commands import CloseConnection
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.events import DataReceived, Start
from mitmproxy.proxy.layers import http
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook, HttpResponseHeadersHook
from mitmproxy.test import taddons, tflow, tutils

from proxy import body
from proxy.enforce import ANSWERED, LARGEST_BODY_READ


def refused_stream() -> body.MeasuredStream:
    with taddons.context(Proxyserver()) as master:
        options = master.options
    stream = body.MeasuredStream(Context(tflow.tclient_conn(), options), 1)
    stream.flow = tflow.tflow()
    stream.flow.live = True
    stream.flow.response = Response.make(403)
    stream.client_state = stream.state_consume_request_body
    return stream


def test_a_body_without_an_end_is_not_kept() -> None:
    stream = refused_stream()
    piece = RequestData(1, bytes(LARGEST_BODY_READ // 4))
    for _ in range(4):
        assert list(stream.client_state(piece)) == []
    error, ended = stream.client_state(piece)
    assert isinstance(error, HttpErrorHook)
    assert isinstance(ended, http.SendHttp)
    for _ in range(40):
        assert list(stream.client_state(piece)) == []
    assert len(stream.request_body_buf) <= 2 * LARGEST_BODY_READ


@pytest.mark.parametrize("ends_at_once", [False, True])
def test_an_answer_of_ours_is_sent_and_the_sites_is_ended(*, ends_at_once: bool) -> None:
    stream = refused_stream()
    stream.client_state = stream.state_done
    stream.server_state = stream.state_wait_for_response_headers
    begun = ResponseHeaders(1, tutils.tresp(), end_stream=ends_at_once)
    sent = []
    for command in stream.server_state(begun):
        if isinstance(command, HttpResponseHeadersHook):
            stream.flow.response = Response.make(403, b"ours")
            stream.flow.metadata[ANSWERED] = 403
        if isinstance(command, http.SendHttp):
            sent.append((command.connection is stream.context.client, type(command.event)))

    ours = [(True, ResponseHeaders), (True, ResponseData), (True, ResponseEndOfMessage)]
    ending = [] if ends_at_once else [(False, RequestProtocolError)]
    assert sent == ending + ours
    # what had been sent already, and what the site's connection says as it ends, goes nowhere
    cut = ResponseProtocolError(1, "cut", ErrorCode.GENERIC_SERVER_ERROR)
    late = (ResponseData(1, b"theirs"), ResponseEndOfMessage(1), cut)
    assert [list(stream._handle_event(event)) for event in late] == [[], [], []]


def test_headers_without_an_end_are_not_kept() -> None:
    context = Context(tflow.tclient_conn(), Options())
    server = body.MeasuredServer(context)
    list(server.handle_event(Start()))
    piece = DataReceived(context.client, b"x" * (LARGEST_BODY_READ // 4))
    for _ in range(4):
        assert list(server.handle_event(piece)) == []
    (command,) = server.handle_event(piece)
    assert isinstance(command, CloseConnection)
    assert len(server.buf) == 0


def test_mitmproxy_makes_such_streams_once_it_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "HttpStream", body.MeasuredStream.__base__)
    monkeypatch.setattr(http, "Http1Server", _http1.Http1Server)
    monkeypatch.setattr(http, "Http1Client", _http1.Http1Client)
    body.install()
    layer = http.HttpLayer(Context(tflow.tclient_conn(), Options()), http.HTTPMode.transparent)
    list(layer.make_stream(1))
    assert isinstance(layer.streams[1], body.MeasuredStream)
    list(layer.handle_event(Start()))
    assert isinstance(layer.connections[layer.context.client], body.MeasuredServer)
