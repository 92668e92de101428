"""Where a connection goes that was led here without the client's knowing."""

# mypy: allow-untyped-calls
import pytest
from mitmproxy.http import Headers, HTTPFlow
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow

from proxy import names, translate


def flow_to(address: str, *hosts: str, mode: str = "transparent") -> HTTPFlow:
    flow = tflow.tflow()
    flow.client_conn.peername = ("127.0.0.2", 50000)
    flow.client_conn.proxy_mode = ProxyMode.parse(mode)
    flow.client_conn.tls = False
    flow.client_conn.sni = None
    flow.request.data.host, flow.request.data.port = address, 80
    flow.request.data.scheme, flow.request.data.authority = b"http", b""
    flow.request.headers = Headers([(b"host", host.encode()) for host in hosts])
    return flow


def judged(flow: HTTPFlow) -> list[str]:
    names.aim_http(flow)
    return [one.url.host for one in translate.requests_of(flow)]


@pytest.mark.parametrize("mode", ["transparent", "wireguard", "local"])
def test_the_host_is_where_we_connect_and_the_clients_address_is_no_name(mode: str) -> None:
    flow = flow_to("198.51.100.9", "Good.Example:8080", mode=mode)
    assert judged(flow) == ["good.example"]
    assert (flow.request.host, flow.request.port) == ("good.example", 80)
    assert flow.request.headers["host"] == "Good.Example:8080"


def test_an_explicit_client_chooses_where_it_goes_and_is_judged_by_it() -> None:
    flow = flow_to("198.51.100.9", "good.example", mode="regular")
    assert judged(flow) == ["good.example", "198.51.100.9"]
    assert flow.request.host == "198.51.100.9"


def test_every_further_host_is_judged_too() -> None:
    assert judged(flow_to("198.51.100.9", "good.example", "bad.example")) == [
        "good.example",
        "bad.example",
    ]


def test_without_a_host_the_bare_address_is_what_is_asked_for() -> None:
    assert judged(flow_to("198.51.100.9")) == ["198.51.100.9"]


def test_what_is_no_host_leads_nowhere_and_is_refused() -> None:
    flow = flow_to("198.51.100.9", "a@b")
    with pytest.raises(ValueError, match="not a host"):
        judged(flow)
    assert flow.request.host == "198.51.100.9"


def test_inside_tls_the_hello_has_said_where_it_goes() -> None:
    flow = flow_to("good.example", "bad.example")
    flow.client_conn.tls = True
    assert judged(flow) == ["bad.example", "good.example"]
    assert flow.request.host == "good.example"
