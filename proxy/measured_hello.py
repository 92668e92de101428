"""A ClientHello is only so long. mitmproxy reads all of it anew with each piece that comes, in the loop that serves everybody."""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from mitmproxy.addons import next_layer
from mitmproxy.proxy import layers
from mitmproxy.proxy.layer import CommandGenerator

LONGEST_HELLO = 32_768
"""Bytes. Browsers send two thousand, with keys for after quantum computers; it may say of itself that it has 16 million."""


class MeasuredTls(layers.ClientTLSLayer):
    """TLS with a client whose greeting comes to an end."""

    def receive_handshake_data(self, data: bytes) -> CommandGenerator[tuple[bool, str | None]]:
        """Go on with the handshake, or end it."""
        step = yield from super().receive_handshake_data(data)
        if not self.client_hello_parsed and len(self.recv_buffer) > LONGEST_HELLO:
            self.recv_buffer.clear()
            return False, "the ClientHello is too long"
        return step


def install() -> None:
    """Have every connection from now on measured."""
    # mitmproxy looks the class up here each time; there is no option and no hook
    for module in (layers, next_layer):
        vars(module).update(ClientTLSLayer=MeasuredTls)
