"""What of a body goes no further: what a client sends too much of, and what a site sends after it was refused."""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from mitmproxy.proxy.commands import CloseConnection
from mitmproxy.proxy.events import Event
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import http
from mitmproxy.proxy.layers.http import SendHttp, _http1
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestProtocolError,
    ResponseHeaders,
    ResponseProtocolError,
)

from proxy.enforce import ANSWERED, LARGEST_BODY_READ
from proxy.framing import SiteConnection, TrailersDropped
from proxy.tunnel import PatientNextLayer


class MeasuredStream(http.HttpStream):
    """A request and its answer. What passes is streamed; the body of what is refused is only so long."""

    def check_body_size(self, request: bool) -> CommandGenerator[bool]:  # noqa: FBT001 - mitmproxy's signature
        """Whether it was ended. mitmproxy asks after each piece, and has no limit for refused requests alone."""
        if request and len(self.request_body_buf) > LARGEST_BODY_READ and self.flow.killable:
            self.flow.kill()
            return (yield from self.check_killed(True))
        return (yield from super().check_body_size(request))

    def state_wait_for_response_headers(self, event: ResponseHeaders) -> CommandGenerator[None]:
        """Send our answer where the hook put one in the site's place, and have the site send no more.

        mitmproxy would take the whole of the site's body in and send that with our headers.
        """
        yield from super().state_wait_for_response_headers(event)
        if ANSWERED in self.flow.metadata and self.server_state == self.state_consume_response_body:
            if not event.end_stream:
                stop = RequestProtocolError(self.stream_id, "refused", ErrorCode.CANCEL)
                yield SendHttp(stop, self.context.server)
            yield from self.send_response()

    def handle_connect_regular(self) -> CommandGenerator[None]:
        """Wait in the tunnel for what is spoken there: mitmproxy would wait for ever where the site speaks first."""
        self.child_layer = PatientNextLayer(self.context)
        yield from self.handle_connect_finish()

    def state_done(self, _: Event) -> CommandGenerator[None]:
        """Drop what a site had sent before it was told to stop; mitmproxy expects nothing here."""
        yield from ()

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> CommandGenerator[None]:
        """Keep from the client that a site ended early whose answer it no longer gets."""
        if ANSWERED not in self.flow.metadata or isinstance(event, RequestProtocolError):
            yield from super().handle_protocol_error(event)


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
