"""What a DNS answer looks like: read and written with dnspython, kept to what a client may be sent.

A blocked name is said to have no address (NODATA, RFC 2308 section 2.2): no made-up address that some
program would connect to, and, other than "no such name", nothing said of the names below it (RFC 8020).
"""

# mypy: allow-untyped-calls
# Some of dnspython's constructors carry no types.

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.svcbbase
import dns.rrset
from dns.edns import EDECode
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from dns.rdtypes.svcbbase import ParamKey, SVCBBase

PAYLOAD_BYTES = 1232
"""Largest datagram that is sent or taken; what fits every path, DNS flag day 2020."""
PLAIN_BYTES = 512
"""RFC 1035 section 2.3.4: what a client without EDNS takes."""
LONGEST_STREAM_BYTES = 65_535
_QUIC = (b"h3", b"h3-", b"hq")
"""How protocols over QUIC begin in ALPN."""
_MOST_ALIASES = 16

ADDRESS_KINDS = frozenset({RdataType.A, RdataType.AAAA})

type Name = dns.name.Name
type Judge = Callable[[str], bool]
"""Whether an IP address in text may be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is told about a name."""

    code: Rcode = Rcode.NOERROR
    records: tuple[dns.rrset.RRset, ...] = ()
    """In the order of the chain that they make."""
    ttl: int = 0
    """Seconds that an answer without records may be kept."""
    why: EDECode | None = None
    """Told to clients that speak EDNS, RFC 8914."""
    words: str = ""
    """With `why`."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a name server said."""

    code: Rcode
    records: tuple[dns.rrset.RRset, ...]
    """The chain that answers the question; empty where there is nothing of the kind."""
    until: float
    """Monotonic seconds."""

    @property
    def left(self) -> int:
        """Whole seconds for which it may be kept."""
        return max(0, int(self.until - time.monotonic()))


def render(query: dns.message.Message, answer: Answer, *, is_stream: bool) -> bytes:
    """The message that answers a query, cut to what the client takes."""
    response = dns.message.make_response(query, recursion_available=True, our_payload=PAYLOAD_BYTES)
    response.set_rcode(answer.code)
    response.answer = list(answer.records)
    if not answer.records and answer.ttl and query.question:
        response.authority = [_authority(query.question[0].name, answer.ttl)]
    if query.edns >= 0 and answer.why is not None:
        said = dns.edns.EDEOption(answer.why, answer.words or None)
        response.use_edns(0, 0, PAYLOAD_BYTES, options=[said])
    return response.to_wire(max_size=_room(query, is_stream=is_stream), prefer_truncation=True)


def chain(name: Name, kind: RdataType, records: Iterable[dns.rrset.RRset]) -> list[dns.rrset.RRset]:
    """Of a name server's records only those that answer the question, aliases first."""
    found: list[dns.rrset.RRset] = []
    known = {(one.name, one.rdtype): one for one in records if one.rdclass == dns.rdataclass.IN}
    for _ in range(_MOST_ALIASES):
        if (name, kind) in known:
            found.append(known[name, kind])
            break
        alias = known.get((name, dns.rdatatype.CNAME))
        if alias is None:
            break
        found.append(alias)
        name = alias[0].target
    return found


def addresses(name: Name, kind: RdataType, known: Iterable[str], ttl: int) -> Answer:
    """The answer that gives these addresses, as far as the question's kind takes them."""
    family = {4: dns.rdatatype.A, 6: dns.rdatatype.AAAA}
    fitting = [one for one in known if family[6 if ":" in one else 4] == kind]
    if not fitting:
        return Answer(ttl=ttl)
    return Answer(records=(dns.rrset.from_text_list(name, ttl, "IN", kind, fitting),))


def minimal(name: Name, ttl: int) -> Answer:
    """The answer to whoever wants everything, RFC 8482 section 4.2."""
    record = dns.rrset.from_text(name, ttl, "IN", "HINFO", '"RFC8482" ""')
    return Answer(records=(record,))


def told(name: Name, found: Found, ttl: int, may: Judge = lambda _: True) -> Answer:
    """What a name server said, as a client is told it.

    Args:
        name: As the client spells it.
        found: What the server said.
        ttl: Longest time in seconds.
        may: Whether an address may be told.
    """
    ttl = min(ttl, found.left)
    records = []
    for place, rrset in enumerate(found.records):
        kept = [without_hints(one, may) for one in rrset if _may_be_told(one, may)]
        if kept:
            owner = rrset.name if place else name
            records.append(dns.rrset.from_rdata_list(owner, ttl, kept))
    is_silent = found.code == Rcode.SERVFAIL
    why = EDECode.NO_REACHABLE_AUTHORITY if is_silent else None
    return Answer(code=found.code, records=tuple(records), ttl=ttl, why=why)


def has_address(records: Iterable[dns.rrset.RRset]) -> bool:
    """Whether some record is an address."""
    return any(one.rdtype in ADDRESS_KINDS for one in records)


def alias(name: Name, target: Name, ttl: int) -> dns.rrset.RRset:
    """The record that says that a name is called otherwise."""
    return dns.rrset.from_text(name, ttl, "IN", "CNAME", target.to_text())


def without_hints(record: dns.rdata.Rdata, may: Judge) -> dns.rdata.Rdata:
    """An HTTPS or SVCB record without what would hide names or lead elsewhere: ECH, QUIC, addresses that may not be told."""
    if not isinstance(record, SVCBBase):
        return record
    params = {key: value for key, value in record.params.items() if key != ParamKey.ECH}
    for key in (ParamKey.IPV4HINT, ParamKey.IPV6HINT):
        if key in params and not all(map(may, params[key].addresses)):
            del params[key]
    if ParamKey.ALPN in params:
        spoken = tuple(one for one in params[ParamKey.ALPN].ids if not one.startswith(_QUIC))
        if spoken:
            params[ParamKey.ALPN] = dns.rdtypes.svcbbase.ALPNParam(spoken)
        else:
            params.pop(ParamKey.ALPN)
            params.pop(ParamKey.NO_DEFAULT_ALPN, None)
    _keep_promise(params)
    return record.replace(params=params)


def _may_be_told(record: dns.rdata.Rdata, may: Judge) -> bool:
    return record.rdtype not in ADDRESS_KINDS or may(record.to_text())


def _keep_promise(params: dict[ParamKey, dns.rdtypes.svcbbase.Param]) -> None:
    """What is called mandatory has to be there."""
    mandatory = params.pop(ParamKey.MANDATORY, None)
    if isinstance(mandatory, dns.rdtypes.svcbbase.MandatoryParam):
        left = tuple(key for key in mandatory.keys if key in params)
        if left:
            params[ParamKey.MANDATORY] = dns.rdtypes.svcbbase.MandatoryParam(left)


def _authority(name: Name, ttl: int) -> dns.rrset.RRset:
    # RFC 2308 section 5: "no" is kept for as long as an SOA record says.
    return dns.rrset.from_rdata(name, ttl, _start(ttl))


@lru_cache(maxsize=100)
def _start(ttl: int) -> dns.rdata.Rdata:
    text = f"porchlight.home.arpa. nobody.invalid. 1 3600 600 86400 {ttl}"
    return dns.rdata.from_text("IN", "SOA", text)


def _room(query: dns.message.Message, *, is_stream: bool) -> int:
    if is_stream:
        return LONGEST_STREAM_BYTES
    if query.edns < 0:
        return PLAIN_BYTES
    return min(max(query.payload, PLAIN_BYTES), PAYLOAD_BYTES)
