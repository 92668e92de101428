import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dns_message import Answer
from proxy.dns_query import Unasked, read_query
from proxy.dns_wire import Wire

WIRE = dns.message.make_query("www.example.com", "A", use_edns=0, payload=1232).to_wire()


def code_of(wire: bytes) -> int:
    with pytest.raises(Unasked) as found:
        read_query(wire, is_stream=False)
    assert Wire.read(found.value.wire).id == Wire.read(wire).id
    return found.value.wire[3] & 0xF


def test_a_question_is_read_as_it_was_spelled() -> None:
    query = read_query(dns.message.make_query("ExAmPlE.com", "HTTPS").to_wire(), is_stream=False)
    assert (query.name.to_text(), query.kind) == ("ExAmPlE.com.", dns.rdatatype.HTTPS)


def test_what_is_no_question_is_told_so() -> None:
    two = dns.message.make_query("a.example", "A")
    two.question += dns.message.make_query("b.example", "A").question
    assert code_of(two.to_wire()) == dns.rcode.FORMERR
    assert code_of(WIRE[:12]) == dns.rcode.FORMERR
    assert code_of(WIRE[:20]) == dns.rcode.FORMERR
    assert code_of(dns.message.make_query("a.example", "OPT").to_wire()) == dns.rcode.REFUSED
    assert code_of(dns.message.make_query("a.example", "TKEY").to_wire()) == dns.rcode.REFUSED
    assert code_of(dns.message.make_query("a.example", "A", "CH").to_wire()) == dns.rcode.REFUSED


def test_other_operations_are_not_known() -> None:
    for operation in (1, 2, 4, 5, 6, 15):
        wire = bytearray(WIRE)
        wire[2] = operation << 3
        assert code_of(bytes(wire)) == dns.rcode.NOTIMP


def test_a_later_edns_is_told_which_one_is_known() -> None:
    wire = dns.message.make_query("a.example", "A", use_edns=1).to_wire()
    with pytest.raises(Unasked) as found:
        read_query(wire, is_stream=False)
    answer = dns.message.from_wire(found.value.wire)
    assert (answer.rcode(), answer.edns) == (dns.rcode.BADVERS, 0)


def test_a_pointer_that_leads_to_itself_is_no_question() -> None:
    assert code_of(WIRE[:12] + b"\xc0\x0c\x00\x01\x00\x01" + bytes(11)) == dns.rcode.FORMERR


@given(
    st.one_of(
        st.binary(min_size=12, max_size=600),
        st.lists(st.tuples(st.integers(0, len(WIRE) - 1), st.integers(0, 255)), max_size=6).map(
            lambda changes: bytes(dict(changes).get(at, byte) for at, byte in enumerate(WIRE))
        ),
        st.tuples(st.just(WIRE[:12]), st.binary(max_size=300)).map(b"".join),
    )
)
def test_whatever_comes_is_answered_with_no_more_than_a_datagram(wire: bytes) -> None:
    if wire[2] & 0x80:
        return  # an answer: the layer takes none
    try:
        query = read_query(wire, is_stream=False)
    except Unasked as unasked:
        answer = unasked.wire
    else:
        answer = query.answer(Answer(ttl=10))
    assert answer[:2] == wire[:2]
    assert answer[2] & 0x80
    assert len(answer) <= max(512, len(wire))
