"""How much of what a client sends is kept in memory, where it does not go straight on to the site."""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from mitmproxy.proxy.commands import CloseConnection
from mitmproxy.proxy.events import Event
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import http
from mitmproxy.proxy.layers.http import _http1

from proxy.enforce import LARGEST_BODY_READ
from proxy.framing import SiteConnection, TrailersDropped


class MeasuredStream(http.HttpStream):
    """A request and its answer. What passes is streamed; the body of what is refused is only so long."""

    def check_body_size(self, request: bool) -> CommandGenerator[bool]:  # noqa: FBT001 - mitmproxy's signature
        """Whether it was ended. mitmproxy asks after each piece, and has no limit for refused requests alone."""
        if request and len(self.request_body_buf) > LARGEST_BODY_READ and self.flow.killable:
            self.flow.kill()
            return (yield from self.check_killed(True))
        return (yield from super().check_body_size(request))


class MeasuredServer(TrailersDropped, _http1.Http1Server):  # type: ignore[misc]  # as in framing
    """HTTP/1.1 with a client. Headers without an end, and requests sent before the answer, are only so long."""

    def _handle_event(self, event: Event) -> CommandGenerator[None]:
        yield from super()._handle_event(event)
        if len(self.buf) > LARGEST_BODY_READ:
            self.buf.maybe_extract_at_most(len(self.buf))
            yield CloseConnection(self.conn)


def install() -> None:
    """Have every connection from now on measured, and carry what mitmproxy's own cannot."""
    # mitmproxy looks the classes up here each time; there is no option and no hook
    vars(http).update(
        HttpStream=MeasuredStream, Http1Server=MeasuredServer, Http1Client=SiteConnection
    )
