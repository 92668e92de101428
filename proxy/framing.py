"""What of HTTP/1.1 mitmproxy cannot carry is left out, so that the rest goes through: interim answers and trailers.

Seen with 12.3.1: after a 103 it waits for ever, and it raises at the trailers of a chunked body.
RFC 9110 sections 6.5.1 and 15.2 let a recipient drop either.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import re
from typing import Any

import h11
from mitmproxy.proxy.events import ConnectionEvent, DataReceived
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import _http1

INTERIM = re.compile(rb"HTTP/1\.[01] 1(?!01)[0-9]{2}(?: [^\n]*)?\r?\n(?:[^\r\n][^\n]*\n)*\r?\n")
"""The head of an answer before the answer. 101 is no such: it changes the protocol."""


class WithoutTrailers:
    """Reads a body as h11's reader does, and forgets the headers after its end."""

    def __init__(self, reader: Any) -> None:
        """Stands in front of h11's reader."""
        self._reader = reader

    def __call__(self, buffer: Any) -> Any:
        """The next piece of the body, if there is one."""
        return _bare(self._reader(buffer))

    def read_eof(self) -> Any:
        """What the end of the connection means for the body.

        Raises:
            h11.RemoteProtocolError: the body was not whole.
        """
        return _bare(self._reader.read_eof())


class TrailersDropped:
    """For a connection of mitmproxy's: whatever reader it is given stands behind ours."""

    _reader: WithoutTrailers | None = None

    @property
    def body_reader(self) -> WithoutTrailers | None:
        """Reads the body of the message that is coming in."""
        return self._reader

    @body_reader.setter
    def body_reader(self, reader: Any) -> None:
        self._reader = WithoutTrailers(reader)


class SiteConnection(TrailersDropped, _http1.Http1Client):  # type: ignore[misc]  # its attribute is our property
    """HTTP/1.1 with a site."""

    def read_headers(self, event: ConnectionEvent) -> CommandGenerator[None]:
        """Take the head of an answer in, when it is whole."""
        if isinstance(event, DataReceived) and self.request:
            while interim := INTERIM.match(bytes(self.buf)):
                self.buf.maybe_extract_at_most(interim.end())
        yield from super().read_headers(event)


def _bare(event: Any) -> Any:
    return h11.EndOfMessage() if isinstance(event, h11.EndOfMessage) else event
