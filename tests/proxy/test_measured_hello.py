"""How long a greeting may be. Through a real proxy: tests/e2e/test_proxy_hostile.py."""

# mypy: allow-untyped-calls
import pytest
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.events import DataReceived, Start
from mitmproxy.proxy.layers import ServerTLSLayer
from mitmproxy.proxy.layers.tls import TlsFailedClientHook
from mitmproxy.test import tflow

from proxy.measured_hello import LONGEST_HELLO, MeasuredTls

BEGINNING = b"\x16\x03\x01\x00\x04\x01\xff\xff\xf0"
PIECE = b"\x16\x03\x01\x00\x01a"


@pytest.mark.parametrize("is_over", [False, True])
def test_a_greeting_that_does_not_end_is_ended(*, is_over: bool) -> None:
    context = Context(tflow.tclient_conn(), Options())
    outer = ServerTLSLayer(context)
    outer.child_layer = MeasuredTls(context)
    list(outer.handle_event(Start()))
    pieces = LONGEST_HELLO // len(PIECE) - (0 if is_over else 2)
    said = list(outer.handle_event(DataReceived(context.client, BEGINNING + PIECE * pieces)))
    failed = [one for one in said if isinstance(one, TlsFailedClientHook)]
    assert bool(failed) is is_over
