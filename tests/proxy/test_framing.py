# mypy: allow-untyped-calls
import h11
import pytest
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.proxy.layers.http import _http1

from proxy.framing import INTERIM, WithoutTrailers


@pytest.mark.parametrize(
    ("received", "taken"),
    [
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200", 40),
        (b"HTTP/1.1 100\r\n\r\n", 16),
        (b"HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK", 23),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n", 0),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 0),
        (b"HTTP/1.1 200 OK\r\n\r\n", 0),
        (b"HTTP/1.1 1000 OK\r\n\r\n", 0),
    ],
)
def test_only_whole_interim_heads_are_taken_out(received: bytes, taken: int) -> None:
    found = INTERIM.match(received)
    assert (found.end() if found else 0) == taken


def test_a_body_ends_without_its_trailers() -> None:
    reader = WithoutTrailers(_http1.make_body_reader(None))
    buffer = ReceiveBuffer()
    buffer += b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"
    data, end = reader(buffer), reader(buffer)
    assert bytes(data.data) == b"hello"
    assert isinstance(end, h11.EndOfMessage)
    assert end.headers == []


def test_a_body_that_was_cut_is_still_a_fault() -> None:
    reader = WithoutTrailers(_http1.make_body_reader(5))
    with pytest.raises(h11.RemoteProtocolError):
        reader.read_eof()
