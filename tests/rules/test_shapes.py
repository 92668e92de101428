from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.hosts import parse_url
from rules.request import Client, Reply, Request, Shape, Stage
from rules.shapes import (
    DNS_BYPASS,
    LONGEST_QUERY,
    RAW_TUNNELS,
    is_dns_question,
    is_dns_type,
    listings,
)

EXAMPLE = "AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"
"""RFC 8484, section 4.1.1."""


@pytest.mark.parametrize(
    ("value", "is_dns"),
    [
        ("application/dns-message", True),
        ("Application/DNS-Message; charset=x", True),
        ("text/html, application/dns-message;q=0.1", True),
        ("application/dns-json", True),
        ("application/dns+json", True),
        ("application/oblivious-dns-message", True),
        ("application/dns", False),
        ("application/dns-messages", False),
        ("x-application/dns-message", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_a_type_of_dns_is_known_in_any_list_and_case(value: str, *, is_dns: bool) -> None:
    assert is_dns_type([value]) is is_dns


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        (EXAMPLE, True),
        (EXAMPLE + "==", True),
        (EXAMPLE[:-6], False),
        ("google", False),
        ("8.8.8.8", False),
        ("", False),
        ("A" * (LONGEST_QUERY + 1), False),
        ("A", False),
        (urlsafe_b64encode(bytes(12)).decode(), False),
        (urlsafe_b64encode(bytes.fromhex("000081000001000000000000016100000100 01")).decode(), False),
        (urlsafe_b64encode(bytes.fromhex("000001000002000000000000016100000100 01")).decode(), False),
        (urlsafe_b64encode(bytes.fromhex("000001000001000000000000c00c00010001")).decode(), False),
        (urlsafe_b64encode(bytes.fromhex("0000010000010000000000000000010001")).decode(), True),
    ],
)  # fmt: skip
def test_a_question_of_dns_is_known_from_other_text(text: str, *, is_question: bool) -> None:
    assert is_dns_question(text) is is_question


@given(st.text(max_size=80))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    assert is_dns_question(text) in {True, False}


def topics(url: str, **more: object) -> list[str]:
    request = Request(id="1", url=parse_url(url), client=Client(), **more)  # type: ignore[arg-type]
    return [one.topic for one in listings(request)]


def test_what_is_asked_for_what_comes_back_and_the_port_tell() -> None:
    assert topics("https://a.example/") == []
    assert topics(f"https://a.example/?dns={EXAMPLE}") == [DNS_BYPASS]
    assert topics(f"https://a.example/?dns={EXAMPLE}", stage=Stage.NAME) == []
    assert topics("https://a.example/", shape=Shape.DNS) == [DNS_BYPASS]
    assert topics("https://a.example:853/", stage=Stage.NAME) == [DNS_BYPASS]
    reply = Reply(mime="application/dns-message")
    assert topics("https://a.example/", reply=reply, stage=Stage.REPLY) == [DNS_BYPASS]
    assert topics("https://a.example:853/", shape=Shape.RAW) == [RAW_TUNNELS]
