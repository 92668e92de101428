"""Sites that speak more of HTTP/1.1 than mitmproxy does."""

import socket
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from tests.e2e.conftest import House

pytestmark = pytest.mark.e2e

ANSWERS = {
    b"/trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
    b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
    b"/hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
}


def answer(connection: socket.socket) -> None:
    with connection, connection.makefile("rwb") as stream:
        while line := stream.readline():
            while stream.readline() not in {b"\r\n", b""}:
                pass
            stream.write(ANSWERS[line.split()[1]])
            stream.flush()


@pytest.fixture
def site() -> Iterator[int]:
    """The port of a site that gives these answers, one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    answer(server.accept()[0])
            except OSError:
                return

        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_interim_answers_and_trailers_do_not_stop_a_page(
    make_house: Callable[..., House], site: int
) -> None:
    house = make_house(PORCHLIGHT_REACH=f"127.0.0.1:{site}")
    house.start()
    with house.client() as client:
        for path in ("/trailers", "/hints", "/trailers"):
            got = client.get(f"http://good.example:{site}{path}")
            assert (got.status_code, got.text) == (200, "hello")
    house.stop()
