"""One DNS query -> its answer: the same engine, asked about a name by devices that take no proxy.

What only a path or a page can tell is not asked here: the answer to the name stands. A device behind
WireGuard is different: its connections come to the proxy, so a blocked name gets an address there, where
the child sees why.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address

import dns.name
import dns.rdatatype
from dns.edns import EDECode
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from mitmproxy.dns import DNSFlow
from mitmproxy.flow import Error
from mitmproxy.proxy.mode_specs import WireGuardMode

from proxy import enforce
from proxy.clients import client_of
from proxy.dns_clients import Lately, is_at_home
from proxy.dns_judge import Verdict, judge, unreadable
from proxy.dns_message import (
    ADDRESS_KINDS,
    Answer,
    Found,
    addresses,
    alias,
    has_address,
    minimal,
    told,
)
from proxy.dns_names import Kind, read_name
from proxy.dns_query import Query, Unasked, read_query, refused
from proxy.dns_upstream import LONGEST_TTL, Server, Upstream, chosen_server, system_servers
from proxy.dns_wire import Wire
from proxy.door import Door
from proxy.live import State
from proxy.resolver import is_own
from rules.decision import DecisionRecord
from rules.identity import identify
from rules.policy import Action
from rules.reach import is_outside
from rules.request import Client
from rules.sighting import Way
from store import own_address
from store.settings import Settings

BLOCKED_NUMBER = "192.0.2.2"
"""TEST-NET-1 (RFC 5737): nobody's address. In a tunnel, a connection there comes to the proxy like any other."""
BLOCKED_TTL = 10
"""Seconds: a parent's leave takes hold by then."""
MOST_WAITING = 100
"""Questions of one client at once: a device gone wild takes no other's turn."""

type Record = Callable[[State, DecisionRecord], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A query with all that its answer depends on."""

    query: Query
    client: Client
    is_tunnel: bool
    """What the client connects to comes to the proxy, whatever its address."""
    state: State
    moment: datetime


class DnsDoor:
    """Answers queries, and writes them down."""

    def __init__(self, door: Callable[[], Door], record: Record) -> None:
        """Nothing is asked of the door before the first query."""
        self._door = door
        self._record = record
        self._lately = Lately()
        self._waiting: Counter[str | None] = Counter()
        self._upstream: Upstream | None = None

    async def answer(self, flow: DNSFlow) -> None:
        """Answer a query as the rules say."""
        try:
            query = _query(flow)
        except Unasked as unasked:
            flow.response = Wire.read(unasked.wire)
            return
        asking = Asking(
            query=query,
            client=client_of(flow.client_conn),
            is_tunnel=isinstance(flow.client_conn.proxy_mode, WireGuardMode),
            state=self._door().live.state,
            moment=datetime.now(UTC),
        )
        flow.response = Wire.read(query.answer(await self._answer_in_turn(asking)))

    async def pass_on(self, flow: DNSFlow) -> None:
        """Answer what the rules could not be asked about, where the family wants such things to pass."""
        if self._door().live.state.ruleset.policy.when_filter_fails is Action.BLOCK:
            flow.error = Error("Porchlight broke")
            return
        query = _query(flow)
        found = await self._ask(query.name, query.kind)
        flow.response = Wire.read(query.answer(told(query.name, found, LONGEST_TTL)))

    async def _answer_in_turn(self, asking: Asking) -> Answer:
        """The answer; none to strangers, and not too many at once to one client."""
        if not _may_ask(asking):
            return refused()
        who = asking.client.address
        if self._waiting[who] >= MOST_WAITING:
            return Answer(code=Rcode.SERVFAIL)
        self._waiting[who] += 1
        try:
            return await self._answer(asking)
        finally:
            self._waiting[who] -= 1
            if not self._waiting[who]:
                del self._waiting[who]

    async def _answer(self, asking: Asking) -> Answer:
        query = asking.query
        asked = read_name(query.name)
        match asked.kind:
            case Kind.HOST:
                return await self._judged(asking, asked.host)
            case Kind.UNREADABLE:
                name = query.name.to_text(omit_final_dot=True)
                verdict = unreadable(asking.state, asking.client, name, asking.moment)
                return self._blocked(asking, verdict)
            case Kind.HOUSE:
                return told(query.name, await self._ask(query.name, query.kind), LONGEST_TTL)
            case Kind.OWN:
                return addresses(query.name, query.kind, (own_address.NUMBER,), LONGEST_TTL)
            case Kind.LOOPBACK:
                return addresses(query.name, query.kind, ("127.0.0.1", "::1"), LONGEST_TTL)
            case Kind.NOTHING:
                return Answer(code=Rcode.NXDOMAIN, ttl=LONGEST_TTL)

    async def _judged(self, asking: Asking, host: str) -> Answer:
        verdict = judge(
            asking.state, asking.client, host, asking.moment, is_tunnel=asking.is_tunnel
        )
        if not verdict.is_open:
            return self._blocked(asking, verdict)
        answer = await self._open(asking, host, verdict)
        if answer is None:
            return self._blocked(asking, verdict.inside())
        self._write(asking, verdict)
        return answer

    def _blocked(self, asking: Asking, verdict: Verdict) -> Answer:
        self._write(asking, verdict)
        query = asking.query
        ttl = min(BLOCKED_TTL, _seconds_left(asking, verdict))
        if asking.is_tunnel and verdict.line is not None:
            return addresses(query.name, query.kind, (BLOCKED_NUMBER,), ttl)
        return Answer(ttl=ttl, why=EDECode.BLOCKED, words=enforce.mark(verdict.decision))

    async def _open(self, asking: Asking, host: str, verdict: Verdict) -> Answer | None:
        """The answer to a question that may pass; None if all of it leads into the house."""
        query, rewrite = asking.query, verdict.decision.rewrite
        ttl = min(LONGEST_TTL, _seconds_left(asking, verdict))
        if query.kind == dns.rdatatype.ANY:
            return minimal(query.name, ttl)
        if rewrite is not None and rewrite.connect_to is not None:
            return await self._safe(query, rewrite.connect_to, ttl)
        settings = self._door().settings
        if host in settings.names:
            return addresses(query.name, query.kind, (settings.names[host],), ttl)
        found = await self._ask(query.name, query.kind)
        answer = told(query.name, found, ttl, lambda one: _may_lead_to(settings, one))
        is_inside = has_address(found.records) and not has_address(answer.records)
        return None if is_inside else answer

    async def _safe(self, query: Query, target: str, ttl: int) -> Answer:
        """The addresses of the maker's safe name; nothing of any other kind, which could lead past it."""
        if query.kind not in ADDRESS_KINDS:
            return Answer(ttl=ttl)
        name = dns.name.from_text(target)
        known = self._door().settings.names.get(target)
        if known is not None:
            answer = addresses(name, query.kind, (known,), ttl)
        else:
            answer = told(name, await self._ask(name, query.kind), ttl)
        if answer.code == Rcode.SERVFAIL:
            return answer
        return replace(
            answer,
            code=Rcode.NOERROR,
            records=(alias(query.name, name, ttl), *answer.records),
            why=EDECode.FORGED_ANSWER,
            words="safe search",
        )

    async def _ask(self, name: dns.name.Name, kind: RdataType) -> Found:
        if self._upstream is None:
            settings = self._door().settings
            self._upstream = Upstream(lambda: _servers(settings))
        return await self._upstream.ask(name, kind)

    def _write(self, asking: Asking, verdict: Verdict) -> None:
        way = None if asking.is_tunnel else Way.DNS
        roll = asking.state.ruleset.roll
        self._door().sightings.note(asking.client, verdict.decision, roll, asking.moment, way=way)
        if verdict.line is not None and self._lately.is_news(verdict.line):
            self._record(asking.state, verdict.line)


def _query(flow: DNSFlow) -> Query:
    return read_query(flow.request.packed, is_stream=flow.client_conn.transport_protocol == "tcp")


def _may_ask(asking: Asking) -> bool:
    if asking.client.address is not None and is_at_home(asking.client.address):
        return True
    return identify(asking.state.ruleset.roll, asking.client).device is not None


def _servers(settings: Settings) -> tuple[Server, ...]:
    """Whom to ask in turn: never ourselves, or one question would never end."""
    chosen = settings.dns_upstream
    found = (chosen_server(chosen),) if chosen else system_servers()
    return tuple(one for one in found if not _is_this_door(settings, one))


def _is_this_door(settings: Settings, server: Server) -> bool:
    address, port = server
    is_everywhere = ip_address(settings.bind).is_unspecified
    is_here = is_own(address) if is_everywhere else address == settings.bind
    return is_here and port == settings.dns_port


def _may_lead_to(settings: Settings, address: str) -> bool:
    """Whether a public name may have this address: one outside, or one that the settings open."""
    if is_outside(address):
        return True
    return any(one.rpartition(":")[0].strip("[]") == address for one in settings.reach)


def _seconds_left(asking: Asking, verdict: Verdict) -> int:
    until = verdict.decision.until
    if until is None:
        return LONGEST_TTL
    return max(0, int((until - asking.moment).total_seconds()))
