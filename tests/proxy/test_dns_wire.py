import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.dns import DNSFlow
from mitmproxy.test import tflow

from proxy.dns_wire import Wire, answer_of, failure


def query(name: str) -> dns.message.Message:
    return dns.message.make_query(name, "A")


@pytest.mark.parametrize("cut", range(12, 30))
def test_a_failure_repeats_the_question_where_there_is_a_whole_one(cut: int) -> None:
    whole = query("a.example.").to_wire()
    answer = dns.message.from_wire(failure(whole[:cut]))
    assert answer.id == int.from_bytes(whole[:2], "big")
    assert answer.rcode() == dns.rcode.SERVFAIL
    assert len(answer.question) == (cut >= len(whole))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_query_or_none(wire: bytes) -> None:
    found = Wire.query_in(wire)
    if found is None:
        assert len(wire) < 12 or wire[2] & 0x80
    else:
        assert found.packed == wire
        assert failure(wire)[:2] == wire[:2]
        assert len(failure(wire)) <= len(wire)


def test_what_is_short_is_no_message() -> None:
    with pytest.raises(ValueError, match="too short"):
        Wire.read(bytes(11))


def test_a_query_that_nobody_answered_has_failed() -> None:
    flow = DNSFlow(tflow.tclient_conn(), tflow.tserver_conn())
    flow.request = Wire.read(query("a.example.").to_wire())
    assert dns.message.from_wire(answer_of(flow)).rcode() == dns.rcode.SERVFAIL
    flow.response = flow.request.fail(dns.rcode.REFUSED)
    assert dns.message.from_wire(answer_of(flow)).rcode() == dns.rcode.REFUSED
