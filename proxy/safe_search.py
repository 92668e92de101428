"""Search engines and YouTube, made to leave out what a profile wants left out: by address, by parameters, by headers.

Law: nothing is opened for it that the engine's maker can do by a name. What cannot be made safe goes nowhere.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from collections.abc import Iterable

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.http import HTTPFlow

from proxy import translate
from proxy.live import State
from proxy.strictest import Asked
from rules.decision import Decision, Rewrite
from rules.identity import identify
from rules.safe_search import safe_name, with_parameters


def aim(state: State, client: ClientConnection, host: str) -> str:
    """The name whose addresses a client's connection to a host goes to: mostly the host's own."""
    try:
        name, who = translate.normal_name(host), translate.client_of(client)
    except ValueError:
        return host  # it is refused elsewhere
    return safe_name(state.ruleset, identify(state.ruleset.roll, who).profile, name) or host


def led_to(decision: Decision) -> str | None:
    """The name whose addresses the connection goes to, if they are not the host's own."""
    return None if decision.rewrite is None else decision.rewrite.connect_to


def apply(flow: HTTPFlow, answers: Iterable[Asked]) -> None:
    """Change the request as every name in it wants, before it goes to the site. What was judged stays as it was asked."""
    for answer in answers:
        if answer.decision.rewrite is not None:
            _change(flow, answer.decision.rewrite)


def _change(flow: HTTPFlow, rewrite: Rewrite) -> None:
    request = flow.request
    # Latin-1 is every byte as it is: what is not changed goes on as it came.
    target = request.data.path.decode("latin-1")
    request.data.path = with_parameters(target, rewrite.parameters).encode("latin-1")
    for name, value in rewrite.headers:
        request.headers[name] = value  # in the place of all others of this name
