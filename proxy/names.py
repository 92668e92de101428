"""Where a connection goes that was led to us without the client's knowing: transparent, WireGuard, local; and to us ourselves.

Law: the client's own destination address is not believed, or a made-up name would open any address. The
name that it says (SNI, else Host) is the name that is judged, and we connect to where our resolver finds it.
"""

from contextlib import suppress

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_specs import LocalMode, TransparentMode, WireGuardMode

from proxy.translate import authorities, normal_name
from store.own_address import NAME, NUMBER

ENCRYPTED_HELLO_FRONTS = frozenset({"cloudflare-ech.com"})
"""What a ClientHello says where its true name is encrypted (ECH): it stands for every site of that firm."""


def is_own(host: str) -> bool:
    """Whether a host as a connection or a request names it is the proxy itself."""
    return host == NUMBER or host.rstrip(".").lower() == NAME


def is_led_here(client: ClientConnection) -> bool:
    """Whether the client thinks that it talks to the site itself."""
    return isinstance(client.proxy_mode, TransparentMode | WireGuardMode | LocalMode)


def aim_tls(context: Context, sni: str | None) -> None:
    """Connect to where the ClientHello's name is. Without one the bare address stays."""
    if not is_led_here(context.client) or context.server.address is None or sni is None:
        return
    with suppress(ValueError):  # no host: judged, and refused, by the address
        context.server.address = (normal_name(sni), context.server.address[1])


def aim_http(flow: HTTPFlow) -> None:
    """Connect to where an unencrypted request's Host is. Inside TLS the ClientHello has said it."""
    if not is_led_here(flow.client_conn) or flow.client_conn.tls:
        return
    with suppress(ValueError):  # translate refuses it
        for name in authorities(flow.request):
            # The field alone: mitmproxy's property would rewrite what the site is sent.
            flow.request.data.host = name
            return
