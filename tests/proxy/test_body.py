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
from mitmproxy.proxy.layers.http._events import RequestData
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook
from mitmproxy.test import taddons, tflow

from proxy import body
from proxy.enforce import LARGEST_BODY_READ


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
