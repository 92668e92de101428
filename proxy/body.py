"""How much of a body is kept in memory, where an answer of ours takes the site's place."""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import http

from proxy.enforce import LARGEST_BODY_READ


class MeasuredStream(http.HttpStream):
    """A request and its answer. What passes is streamed; the body of what is refused is only so long."""

    def check_body_size(self, request: bool) -> CommandGenerator[bool]:  # noqa: FBT001 - mitmproxy's signature
        """Whether it was ended. mitmproxy asks after each piece, and has no limit for refused requests alone."""
        if request and len(self.request_body_buf) > LARGEST_BODY_READ and self.flow.killable:
            self.flow.kill()
            return (yield from self.check_killed(True))
        return (yield from super().check_body_size(request))


def install() -> None:
    """Have every request from now on measured."""
    # mitmproxy looks the class up here for each request; there is no option and no hook
    vars(http)["HttpStream"] = MeasuredStream
