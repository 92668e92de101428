"""Any bytes of a client are a question or have an answer that says not; any answer from beyond can be told or is none."""

from random import Random

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest
from dns.rcode import Rcode

from proxy.dns_message import PAYLOAD_BYTES, Answer, told
from proxy.dns_names import Kind, read_name
from proxy.dns_query import Query, Unasked, read_query
from proxy.dns_upstream import _found
from proxy.dns_wire import Wire, failure
from rules.hosts import normal_host
from rules.reach import is_outside
from tests.fuzz.seeds import PATIENCE_SECONDS, chance, seeds, shown
from tests.proxy.name_server import OUTSIDE

pytestmark = pytest.mark.timeout(PATIENCE_SECONDS)

INPUTS = 1_000
LABELS = [
    b"a",
    b"www",
    b"_443",
    b"_tcp",
    b"xn--fa-hia",
    b"xn--",
    b"A.b",
    b"\xff",
    b" ",
    b"%61",
    b"-",
]
LABELS += [
    b"0x7f",
    b"1",
    b"*",
    b"a" * 63,
    b"localhost",
    b"lan",
    b"arpa",
    b"com",
    b"\0",
    b"@",
    b"\xc0",
]
KINDS = [
    "A",
    "AAAA",
    "HTTPS",
    "SVCB",
    "CNAME",
    "MX",
    "TXT",
    "PTR",
    "SRV",
    "ANY",
    "NAPTR",
    "TYPE65400",
]


def record(name: str, ttl: str, _: str, kind: str, text: str) -> dns.rrset.RRset:
    return dns.rrset.from_text(name, int(ttl), "IN", kind, text)


ANSWERS = [
    f"a.example. 300 IN A {OUTSIDE}",
    "a.example. 300 IN A 192.168.1.5",
    "a.example. 300 IN AAAA fd00::5",
    "a.example. 300 IN CNAME b.example.",
    f"b.example. 300 IN A {OUTSIDE}",
    "a.example. 300 IN HTTPS 1 . alpn=h3,h2 ipv4hint=192.168.1.5 ech=AAj+DQAEAAAAAA==",
    "a.example. 300 IN HTTPS 2 b.example. mandatory=alpn alpn=h3 no-default-alpn port=1",
    "a.example. 300 IN SVCB 0 b.example.",
    "a.example. 300 IN MX 10 mail.example.",
    'a.example. 300 IN TXT "hello"',
]


RECORDS = [record(*line.split(" ", 4)) for line in ANSWERS]


def mangled(wire: bytes, dice: Random) -> bytes:
    made = bytearray(wire)
    for _ in range(dice.choice((0, 1, 1, 2, 5))):
        made[dice.randrange(len(made))] = dice.choice(
            (0, 1, 0x3F, 0x40, 0xC0, 0xFF, dice.randrange(256))
        )
    return bytes(made[: dice.choice((len(made), len(made), dice.randrange(12, len(made) + 1)))])


def question(dice: Random) -> bytes:
    labels = [dice.choice(LABELS) for _ in range(dice.choice((0, 1, 2, 3, 5)))]
    try:
        name = dns.name.Name([*labels, b""])
    except dns.exception.DNSException:
        name = dns.name.root
    query = dns.message.make_query(name, dice.choice(KINDS))
    if dice.random() < 0.7:
        query.use_edns(0, 0, dice.choice((0, 512, 1232, 4096, 65535)))
    return mangled(query.to_wire(), dice)


def answer(dice: Random) -> tuple[dns.message.Message, bytes]:
    query = dns.message.make_query("a.example.", dice.choice(KINDS), use_edns=0)
    response = dns.message.make_response(query)
    response.answer = dice.sample(RECORDS, dice.randrange(len(RECORDS)))
    response.set_rcode(Rcode(dice.choice((0, 0, 0, 3, 2))))
    return query, mangled(response.to_wire(), dice)


def read(wire: bytes) -> Query | bytes | None:
    """The question, or the answer to what is none; None where nothing is said."""
    if Wire.query_in(wire) is None:
        return None
    try:
        return read_query(wire, is_stream=False)
    except Unasked as unasked:
        return unasked.wire


def is_refusal(said: bytes, wire: bytes) -> bool:
    return said[:2] == wire[:2] and bool(said[2] & 0x80) and len(said) <= max(512, len(wire))


def test_whatever_a_client_sends_has_its_answer() -> None:
    questions = 0
    for seed in seeds(INPUTS):
        wire = question(chance(seed))
        with shown(seed, wire):
            assert failure(wire)[:2] == wire[:2]
            query = read(wire)
            if not isinstance(query, Query):
                assert query is None or is_refusal(query, wire)
                continue
            questions += 1
            found = read_name(query.name)
            if found.kind is Kind.HOST:
                assert normal_host(found.host) == found.host
                assert query.name.to_text(omit_final_dot=True).lower().endswith(found.host)
            said = query.answer(Answer(ttl=10, words="why"))
            assert len(said) <= PAYLOAD_BYTES
            assert query.message.is_response(dns.message.from_wire(said))
    assert questions


def test_whatever_a_name_server_says_can_be_told_or_is_none() -> None:
    answers = 0
    for seed in seeds(INPUTS):
        query, wire = answer(chance(seed))
        with shown(seed, wire):
            try:
                response = dns.message.from_wire(wire, raise_on_truncation=True)
            except (dns.exception.DNSException, ValueError):
                continue
            if not query.is_response(response):
                continue
            answers += 1
            kind = query.question[0].rdtype
            found = _found(response, query.question[0].name, kind)
            assert 0 <= found.left <= 60
            kept = told(query.question[0].name, found, 60, is_outside)
            asking = read_query(query.to_wire(), is_stream=False)
            outcome = dns.message.from_wire(asking.answer(kept))
            for rrset in outcome.answer:
                assert rrset.rdtype in {kind, dns.rdatatype.CNAME}
                assert rrset.ttl <= 60
                text = rrset.to_text()
                assert not any(hidden in text for hidden in ("ech=", "h3", "192.168.", "fd00:"))
    assert answers
