"""The one host that is the proxy itself, and the pages of this machine that a child may see: both before the rules, unlogged.

A device that is being set up loads pictures and a page from here. What arrives says that its traffic
comes through the proxy, whether it takes the home's certificate, and who the proxy takes it for.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from mitmproxy.http import HTTPFlow, Response
from mitmproxy.tls import ClientHelloData

from proxy import clients, enforce, translate
from proxy.door import Door
from proxy.enforce import Blocked
from proxy.live import State
from proxy.names import is_own
from proxy.sign_in import HEADER
from rules.decision import BUILT_IN, Decision, Reason
from rules.identity import identify
from rules.policy import Action
from rules.request import Stage
from store import device_setup
from store.device_setup import Check
from store.own_address import NAME, family_address
from store.tables import Light

OK, ELSEWHERE, MISSING, NOT_SO = 200, 302, 404, 405
MOST_SIGHTS = 20
"""Sights written in a second: a device may ask for as many pictures as it likes."""
REPEATED_SECONDS = 1.0
"""The same sight is not written again so soon."""

_CHECK = re.compile(r"/check/([0-9A-Za-z-]{1,20})(\.gif|/block)")
_PAGE = re.compile(r"/(?:d/[0-9A-Za-z-]{1,20})?")

type _Sight = tuple[str, Light, str]


def is_own_tunnel(data: ClientHelloData) -> bool:
    """Whether a TLS connection goes to the proxy itself: it is opened, whatever the rules say of opening."""
    address = data.context.server.address
    return address is not None and is_own(address[0])


def lets_pass(flow: HTTPFlow, door: Door) -> bool:
    """Whether a request goes to the pages that children may see, which no rule and no login stands before."""
    request = flow.request
    if request.scheme != "http" or not door.resolver.is_family_page(request.host, request.port):
        return False
    request.headers.pop(HEADER, None)
    request.stream = True
    return True


@dataclass(slots=True)
class OwnHost:
    """Answers for the proxy itself, and tells what it saw."""

    _lately: dict[_Sight, float] = field(default_factory=dict)
    """Monotonic seconds."""

    def answers(self, flow: HTTPFlow, door: Door) -> bool:
        """Whether a request was for the proxy itself, which has answered it then."""
        if not is_own(flow.request.host):
            return False
        self._answer(flow, door)
        return True

    def _answer(self, flow: HTTPFlow, door: Door) -> None:
        path = flow.request.path.partition("?")[0]
        check = _CHECK.fullmatch(path)
        if flow.request.method not in {"GET", "HEAD"}:
            enforce.give(flow, _plain(NOT_SO, {"Allow": "GET, HEAD"}))
        elif check is None:
            where = {"Location": f"{family_address(door.settings)}{path}"}
            is_page = _PAGE.fullmatch(path) is not None
            enforce.give(flow, _plain(ELSEWHERE, where) if is_page else _plain(MISSING, {}))
        elif check[2] == "/block":
            self._see(flow, door, check[1], Light.BLOCK)
            enforce.block(flow, _try_out(flow, door.live.state))
        else:
            light = Light.TRUST if flow.request.scheme == "https" else Light.TRAFFIC
            self._see(flow, door, check[1], light)
            picture = b"" if flow.request.method == "HEAD" else enforce.DOT
            enforce.give(flow, _plain(OK, {"Content-Type": "image/gif"}, picture))

    def _see(self, flow: HTTPFlow, door: Door, code: str, light: Light) -> None:
        if device_setup.plain_code(code) is None:
            return
        client = clients.client_of(flow.client_conn)
        if not self._is_news((code, light, client.address or "")):
            return
        asker = identify(door.live.state.ruleset.roll, client)
        check = Check(
            light=light,
            at=datetime.now(UTC),
            client=client.address or "",
            mac=client.mac,
            device=asker.device,
            profile=asker.profile.key,
        )
        door.recorder.later(partial(device_setup.record, typed=code, check=check))

    def _is_news(self, sight: _Sight) -> bool:
        now = time.monotonic()
        fresh = {one: at for one, at in self._lately.items() if now - at < REPEATED_SECONDS}
        is_news = sight not in fresh and len(fresh) < MOST_SIGHTS
        if is_news:
            fresh[sight] = now
        self._lately = fresh
        return is_news


def _plain(status: int, more: dict[str, str], body: bytes = b"") -> Response:
    return Response.make(status, body, {"Cache-Control": "no-store", **more})


def _try_out(flow: HTTPFlow, state: State) -> Blocked:
    """A block as any other, of a page that exists for this alone."""
    asker = identify(state.ruleset.roll, clients.client_of(flow.client_conn))
    decision = Decision(
        id=translate.new_id(),
        action=Action.BLOCK,
        reason=Reason.SITE,
        profile=asker.profile.key,
        device=asker.device,
        entry=NAME,
        file=BUILT_IN,
        line=None,
        until=None,
        look=Stage.NAME,
        revision=state.ruleset.revision,
        note="",
    )
    moment = datetime.now(UTC)
    return Blocked(decision=decision, ruleset=state.ruleset, host=NAME, moment=moment)
