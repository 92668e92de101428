import time

import dns.message
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from proxy.dns_message import Answer, Found, addresses, chain, render, told, without_hints
from rules.reach import is_outside

NAME = dns.name.from_text("A.example.")


def rrset(*lines: str) -> list[dns.rrset.RRset]:
    return [dns.rrset.from_text(*line.split(" ", 4)) for line in lines]  # type: ignore[arg-type]


def found(*lines: str, seconds: float = 60.5) -> Found:
    return Found(Rcode.NOERROR, tuple(rrset(*lines)), time.monotonic() + seconds)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1 . alpn=h3,h2 ech=AAj+DQAEAAAAAA==", '1 . alpn="h2"'),
        ("1 . alpn=h3,h3-29", "1 ."),
        ("1 . alpn=h3 no-default-alpn port=8443", '1 . port="8443"'),
        ("1 . mandatory=alpn,port alpn=h3 port=8443", '1 . mandatory="port" port="8443"'),
        ("1 . mandatory=ech ech=AAj+DQAEAAAAAA==", "1 ."),
        ("1 . ipv4hint=192.168.1.5 ipv6hint=fd00::1", "1 ."),
        ("1 . ipv4hint=8.8.8.8", '1 . ipv4hint="8.8.8.8"'),
        ("1 . ipv4hint=8.8.8.8,10.0.0.1", "1 ."),
        ("0 other.example.", "0 other.example."),
    ],
)
@pytest.mark.parametrize("kind", ["HTTPS", "SVCB"])
def test_records_lose_what_hides_names_or_leads_inside(before: str, after: str, kind: str) -> None:
    record = dns.rdata.from_text("IN", kind, before)
    assert without_hints(record, is_outside).to_text() == after


def test_the_chain_holds_what_answers_and_nothing_else() -> None:
    records = rrset(
        "c.example. 300 IN A 1.1.1.1",
        "a.example. 300 IN CNAME b.example.",
        "b.example. 300 IN CNAME c.example.",
        "evil.example. 300 IN A 6.6.6.6",
        "a.example. 300 CH A evil.example. 1",
    )
    names = [one.name.to_text() for one in chain(NAME, RdataType.A, records)]
    assert names == ["a.example.", "b.example.", "c.example."]


def test_a_chain_that_bites_its_tail_ends() -> None:
    records = rrset("a.example. 1 IN CNAME b.example.", "b.example. 1 IN CNAME a.example.")
    assert len(chain(NAME, RdataType.A, records)) <= 16


def test_the_question_keeps_its_spelling_and_the_time_its_end() -> None:
    answer = told(NAME, found("a.example. 300 IN A 1.1.1.1"), 7)
    assert answer.records[0].name.to_text() == "A.example."
    assert answer.records[0].ttl == 7
    assert told(NAME, found("a.example. 300 IN A 1.1.1.1", seconds=3.5), 7).records[0].ttl == 3


def test_an_address_of_the_wrong_family_is_no_answer() -> None:
    assert addresses(NAME, RdataType.AAAA, ("1.1.1.1",), 9) == Answer(ttl=9)
    both = addresses(NAME, RdataType.AAAA, ("1.1.1.1", "::1"), 9)
    assert [one.to_text() for one in both.records[0]] == ["::1"]


@pytest.mark.parametrize(
    ("edns", "payload", "longest"),
    [(-1, 0, 512), (0, 400, 512), (0, 900, 900), (0, 4096, 1232)],
)
def test_a_datagram_is_no_longer_than_the_client_takes(
    edns: int, payload: int, longest: int
) -> None:
    query = dns.message.make_query(NAME, "TXT", use_edns=edns, payload=payload)
    lines = [f'"{"x" * 200}{number}"' for number in range(9)]
    answer = Answer(records=(dns.rrset.from_text_list(NAME, 9, "IN", "TXT", lines),))
    wire = render(query, answer, is_stream=False)
    assert len(wire) <= longest
    assert dns.message.from_wire(wire).flags & dns.flags.TC
    whole = render(query, answer, is_stream=True)
    assert len(dns.message.from_wire(whole).answer[0]) == 9


def test_no_answer_is_kept_for_as_long_as_it_says() -> None:
    query = dns.message.make_query(NAME, "A")
    message = dns.message.from_wire(render(query, Answer(ttl=9), is_stream=False))
    (authority,) = message.authority
    assert authority.rdtype == dns.rdatatype.SOA
    assert (authority.ttl, authority[0].minimum) == (9, 9)
