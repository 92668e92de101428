"""Where a request would go: never into the house, and to a maker's safe address where one is wanted."""

from mitmproxy.http import HTTPFlow

from proxy import enforce, error_page, safe_search
from proxy.live import State
from proxy.resolver import Refused, Resolver
from proxy.strictest import Asked


async def follow(flow: HTTPFlow, state: State, asked: Asked, resolver: Resolver) -> Asked:
    """The same answer, or that its address is inside the house; a name that nobody knows is said at once."""
    host, port = flow.request.host, flow.request.port
    name = safe_search.aim(state, flow.client_conn, host)
    try:
        await resolver.addresses(name, port)
    except Refused:
        return Asked(enforce.local(asked.decision), asked.request)
    except OSError as error:
        why = "" if name == host else error_page.UNSAFE
        enforce.unreached(flow, state.ruleset, f"{why}{name}: {error.strerror or error}")
    return asked


async def is_inside(host: str, port: int, resolver: Resolver) -> bool:
    """Whether a name leads into the house, as far as it leads anywhere."""
    try:
        await resolver.addresses(host, port)
    except Refused:
        return True
    except OSError:
        pass  # `follow` says so, in a page that the browser shows
    return False
