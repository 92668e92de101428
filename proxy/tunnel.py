"""What is spoken in a tunnel: TLS, HTTP, or neither; and tunnels in which the site speaks first.

Law: what any web server could read as a request is HTTP here, and judged as such.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import re
from enum import Enum

from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.proxy.commands import RequestWakeup
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.events import DataReceived, Event, Start, Wakeup
from mitmproxy.proxy.layer import CommandGenerator, Layer, NextLayer
from mitmproxy.proxy.layers import TCPLayer

SILENCE_SECONDS = 3.0
"""How long a client may be silent in a new tunnel before the site is asked whether it speaks first: browsers
say something at once, and what waits for the site, such as mail, waits for half a minute."""
LONGEST_FIRST_LINE = 8_192
"""Bytes; web servers take no longer one by default."""
_TLS_START = (b"\x16", b"\x16\x03")
_REQUEST_LINE = re.compile(
    rb"(?i)[\x00-\x20\x7f\x85\xa0]*(?:get|head|post|put|delete|connect|options|trace|patch|pri)"
    rb"[\x00-\x20\x7f\x85\xa0]|[^\n]*http/"
)
"""A method that servers know, or `HTTP/` anywhere in the line. HTTP/0.9 has no more than the method, and some
servers take any white space before and behind it."""
_MAY_BECOME_REQUEST = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t][^\n\x00]*)?")
"""The beginning of a line of a request, RFC 9112 section 3, without its end."""
_BEFORE_REQUEST = b"\r\n\t \x00"
"""What some servers pass over in front of a request, RFC 9112 section 2.2 and worse."""


class Speech(Enum):
    """What the first bytes in a tunnel are."""

    TLS = "tls"
    HTTP = "http"
    RAW = "raw"
    """Neither."""
    ODD = "odd"
    """What some server may read as HTTP, and no browser sends."""
    UNCLEAR = "unclear"
    """More of it has to come."""
    SILENCE = "silence"
    """Nothing has been said for a while: the site may speak first."""


CARRIED = frozenset({Speech.RAW, Speech.SILENCE})
"""What goes on as it is, where the rules open it."""


def speech_of(first: bytes) -> Speech:
    """What a client's first bytes are."""
    if starts_like_tls_record(first):
        return Speech.TLS
    if first in _TLS_START:
        return Speech.UNCLEAR
    line, end, _ = first.lstrip(_BEFORE_REQUEST).partition(b"\n")
    if _REQUEST_LINE.match(line):
        return Speech.HTTP if first[:1].isalpha() else Speech.ODD
    if end or len(first) > LONGEST_FIRST_LINE or (line and not _MAY_BECOME_REQUEST.fullmatch(line)):
        return Speech.RAW
    return Speech.UNCLEAR


def heard(nextlayer: NextLayer) -> Speech | None:
    """What is spoken where mitmproxy asks how to go on. None: this is no tunnel, or nobody has said anything."""
    if nextlayer.context.server.address is None:
        return None
    said = nextlayer.data_client()
    if not said:
        is_over = isinstance(nextlayer, PatientNextLayer) and nextlayer.is_over
        return Speech.SILENCE if is_over else None
    # What only begins like TLS for us, mitmproxy would carry to port 53 as DNS: who waits no longer is read as HTTP.
    spoken = speech_of(said)
    return Speech.HTTP if spoken is Speech.UNCLEAR else spoken


def carrying(spoken: Speech, context: Context) -> Layer:
    """The layer that carries a tunnel as it is."""
    if spoken is Speech.SILENCE:
        return ServerFirst(context)
    return TCPLayer(context, ignore=True)


class ServerFirst(TCPLayer):
    """Carries a tunnel as it is once the site has spoken in it. What the client says before that is looked at."""

    _heard: Layer | None = None
    _is_silent = True

    def __init__(self, context: Context) -> None:
        """Takes the place of what is spoken in a tunnel."""
        super().__init__(context, ignore=True)

    def relay_messages(self, event: Event) -> CommandGenerator[None]:
        """Carry on, or begin again as with any tunnel."""
        if self._heard is not None:
            yield from self._heard.handle_event(event)
            return
        if self._is_silent and isinstance(event, DataReceived):
            if event.connection == self.context.client:
                self._heard = NextLayer(self.context)
                yield from self._heard.handle_event(Start())
                yield from self._heard.handle_event(event)
                return
            self._is_silent = False
        yield from super().relay_messages(event)


class PatientNextLayer(NextLayer):
    """Asks what is spoken once enough has been said, or nothing for a while."""

    is_over = False
    """The wait has ended."""

    def handle_event(self, event: Event) -> CommandGenerator[None]:
        """Begin the wait, and end it."""
        if isinstance(event, Wakeup):
            self.is_over = True
            if self.layer is not None:
                self.handle_event = self.layer.handle_event  # type: ignore[method-assign]  # as mitmproxy does
            if self.layer is not None or self._paused:
                return  # what has been chosen knows nothing of our wait
        yield from super().handle_event(event)
        if isinstance(event, Start):
            yield RequestWakeup(SILENCE_SECONDS)

    def _handle_event(self, event: Event) -> CommandGenerator[None]:
        if isinstance(event, Wakeup):
            yield from self._ask()
        else:
            yield from super()._handle_event(event)

    def _ask(self) -> CommandGenerator[None]:
        if self.is_over or speech_of(self.data_client()) is not Speech.UNCLEAR:
            yield from super()._ask()
            if not self.is_over:
                # mitmproxy leads past us from here on, and our wakening with it
                vars(self).pop("handle_event", None)
