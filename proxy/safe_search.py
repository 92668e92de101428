"""Search engines and YouTube, made to leave out what a profile wants left out: by address, by parameters, by headers.

Law: nothing is opened for it that the engine's maker can do by a name. What cannot be made safe goes nowhere.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from collections.abc import Iterable
from contextlib import suppress

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.http import HTTPFlow

from proxy import enforce, translate
from proxy.error_page import UNSAFE
from proxy.live import State
from proxy.strictest import Asked
from rules.decision import Decision, Rewrite
from rules.identity import identify
from rules.safe_search import safe_name, with_parameters


def aim(state: State, client: ClientConnection, host: str) -> str:
    """The name whose addresses a client's connection to a host goes to: mostly the host's own.

    The name that the client gave in its ClientHello counts too: another one before it hides no engine.
    """
    for spelled in (host, client.sni or host):
        with suppress(ValueError):  # no host: it is refused elsewhere
            name, who = translate.normal_name(spelled), translate.client_of(client)
            safe = safe_name(state.ruleset, identify(state.ruleset.roll, who).profile, name)
            if safe is not None:
                return safe
    return host


def led_to(decision: Decision) -> str | None:
    """The name whose addresses the connection goes to, if they are not the host's own."""
    return None if decision.rewrite is None else decision.rewrite.connect_to


def apply(flow: HTTPFlow, answers: Iterable[Asked], state: State) -> None:
    """Change the request as every name in it wants, before it goes to the site. What was judged stays as it was asked."""
    for answer in answers:
        rewrite = answer.decision.rewrite
        if rewrite is None:
            continue
        _change(flow, rewrite)
        is_by_address = not (rewrite.parameters or rewrite.headers)
        if is_by_address and rewrite.connect_to not in {None, _aim_of(flow, state)}:
            why = f"{UNSAFE}{answer.request.url.host}, by way of {flow.request.host}"
            enforce.unreached(flow, state.ruleset, why)


def _aim_of(flow: HTTPFlow, state: State) -> str:
    return aim(state, flow.client_conn, flow.request.host)


def _change(flow: HTTPFlow, rewrite: Rewrite) -> None:
    request = flow.request
    # Latin-1 is every byte as it is: what is not changed goes on as it came.
    target = request.data.path.decode("latin-1")
    request.data.path = with_parameters(target, rewrite.parameters).encode("latin-1")
    for name, value in rewrite.headers:
        request.headers[name] = value  # in the place of all others of this name
