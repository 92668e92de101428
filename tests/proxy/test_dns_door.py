import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import cast

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest
from mitmproxy.dns import DNSFlow
from mitmproxy.test import tflow

from proxy import dns_door
from proxy.addon import Porchlight
from proxy.dns_wire import Wire
from proxy.live import State
from rules.compile import Ruleset
from rules.decision import Reason
from rules.facts import Facts, Grant
from rules.policy import UNKNOWN, Action, Entry, Word
from store.settings import Settings
from tests.proxy.conftest import StillLive, lines_of
from tests.proxy.dns_house import (
    ABROAD,
    STRANGER,
    TABLET,
    ask,
    ask_wire,
    client,
    door,
    policy,
    said,
    told,
)
from tests.proxy.name_server import OUTSIDE, OUTSIDE_6, NameServer, open_name_server, silent_port


class Broken(Ruleset):
    """Rules that break where they are asked."""

    __slots__ = ()

    def lists(self, profile: str) -> tuple[object, object]:  # type: ignore[override]
        raise RuntimeError(profile)


@pytest.fixture(scope="module")
def beyond_once() -> Iterator[NameServer]:
    with open_name_server() as server:
        yield server


@pytest.fixture
def beyond(beyond_once: NameServer) -> NameServer:
    beyond_once.asked.clear()
    return beyond_once


def test_what_is_allowed_is_passed_on_and_written_down(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "good.example")) == [OUTSIDE]
    assert told(ask(home, "good.example", "AAAA")) == [OUTSIDE_6]
    line = lines_of(home)[0]
    assert (line.method, line.host, line.client) == ("DNS", "good.example", TABLET)
    assert (line.decision.profile, line.decision.action) == ("younger", Action.ALLOW)


def test_a_blocked_name_has_no_address_of_any_kind_and_is_not_asked_for(beyond: NameServer) -> None:
    home = door(beyond.port)
    for kind in ("A", "AAAA", "HTTPS", "SVCB", "CNAME", "MX", "TXT", "SRV", "ANY", "TYPE65400"):
        response = ask(home, "bad.example", kind)
        assert (response.rcode(), response.answer) == (dns.rcode.NOERROR, [])
        assert response.authority[0].ttl <= 10
        assert response.authority[0][0].minimum <= 10
    assert beyond.asked == []
    assert lines_of(home)[0].decision.reason is Reason.SITE


def test_a_client_that_speaks_edns_is_told_why(beyond: NameServer) -> None:
    home = door(beyond.port)
    (why,) = said(ask(home, "bad.example"))
    assert why.startswith("EDE 15 (Blocked): block; reason=site; rule=family.yaml:9")
    assert ask(home, "bad.example", edns=False).edns == -1


def test_one_row_a_minute_says_that_a_device_asks(beyond: NameServer) -> None:
    home = door(beyond.port)
    porchlight = Porchlight(home)
    for kind in ("A", "AAAA", "HTTPS"):
        ask(porchlight, "good.example", kind)
        ask(porchlight, "bad.example", kind)
    ask(porchlight, "good.example", sender=STRANGER)
    assert [(line.host, line.client) for line in lines_of(home)] == [
        ("good.example", TABLET),
        ("bad.example", TABLET),
        ("good.example", STRANGER),
    ]


def test_each_device_is_held_to_its_own_profile(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "bad.example")) == []
    assert told(ask(home, "bad.example", sender=STRANGER)) == [OUTSIDE]


def test_whoever_is_not_of_this_house_is_refused(beyond: NameServer) -> None:
    home = door(beyond.port)
    for name in ("good.example", "nas.lan", "."):
        assert ask(home, name, sender=ABROAD).rcode() == dns.rcode.REFUSED
    assert (beyond.asked, lines_of(home)) == ([], [])


def test_a_device_with_a_public_address_is_answered_where_it_has_a_name(beyond: NameServer) -> None:
    rules = policy()
    tablet = replace(rules.devices["tablet"], address=ip_address(ABROAD))
    home = door(beyond.port, replace(rules, devices={"tablet": tablet}))
    assert told(ask(home, "good.example", sender=ABROAD)) == [OUTSIDE]


def test_a_help_site_is_answered_and_never_written_down(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "help.example")) == [OUTSIDE]
    assert lines_of(home) == []


def test_canaries_have_no_address_whoever_asks(beyond: NameServer) -> None:
    home = door(beyond.port)
    for name, kind in (("mask.icloud.com", "A"), ("_dns.resolver.arpa", "SVCB")):
        response = ask(home, name, kind, sender=STRANGER)
        assert (response.rcode(), response.answer) == (dns.rcode.NOERROR, [])
    assert (beyond.asked, lines_of(home)) == ([], [])


def test_an_entry_that_opens_ways_round_opens_the_canary(beyond: NameServer) -> None:
    rules = policy()
    opened = Entry(address="dns-bypass", target=Word(name="dns-bypass"), line=7)
    unknown = replace(rules.profiles[UNKNOWN], allow=(opened,))
    home = door(beyond.port, replace(rules, profiles={**rules.profiles, UNKNOWN: unknown}))
    assert told(ask(home, "mask.icloud.com", sender=STRANGER)) == [OUTSIDE]


def test_safe_search_gives_the_makers_safe_name_and_its_addresses(beyond: NameServer) -> None:
    home = door(beyond.port)
    response = ask(home, "search.example")
    assert told(response) == ["216.239.38.120", "safe.search.example."]
    assert response.answer[0].rdtype == dns.rdatatype.CNAME
    for kind in ("HTTPS", "SVCB", "TXT"):
        assert ask(home, "search.example", kind).answer == []
    assert told(ask(home, "search.example", sender=STRANGER)) == [OUTSIDE]


def test_a_search_engine_that_no_name_makes_safe_is_closed(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "plain-search.example")) == []
    assert lines_of(home)[0].decision.category == "unsafe-search"
    assert told(ask(home, "plain-search.example", sender=STRANGER)) == [OUTSIDE]
    assert told(ask(home, "plain-search.example", is_tunnel=True)) == [OUTSIDE]


def test_behind_wireguard_a_blocked_name_leads_to_the_page_that_says_so(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "bad.example", is_tunnel=True)) == ["192.0.2.2"]
    assert told(ask(home, "bad.example", "AAAA", is_tunnel=True)) == []
    assert beyond.asked == []


def test_porchlight_knows_itself(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "Porchlight.Home.Arpa")) == ["192.0.2.1"]
    assert told(ask(home, "porchlight.home.arpa", "AAAA")) == []
    assert (beyond.asked, lines_of(home)) == ([], [])


def test_names_of_the_settings_are_answered(beyond: NameServer) -> None:
    home = door(beyond.port, names={"tv.example": "192.168.1.9", "bad.example": OUTSIDE})
    assert told(ask(home, "tv.example")) == ["192.168.1.9"]
    assert told(ask(home, "bad.example")) == []
    assert beyond.asked == []


def test_a_public_name_does_not_lead_inside(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "inside.example")) == []
    assert told(ask(home, "inside.example", "AAAA")) == []
    assert lines_of(home)[0].decision.reason is Reason.LOCAL
    assert told(ask(home, "half.example")) == [OUTSIDE]
    opened = door(beyond.port, reach=("192.168.1.5:8096", "[fd00::5]:8096"))
    assert told(ask(opened, "inside.example")) == ["192.168.1.5"]
    assert told(ask(opened, "inside.example", "AAAA")) == ["fd00::5"]


def test_names_of_the_house_are_passed_on_unasked(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "nas.lan")) == ["192.168.1.5"]
    assert told(ask(home, "1.1.168.192.in-addr.arpa", "PTR")) == ["router.lan."]
    assert lines_of(home) == []


def test_localhost_is_the_device_itself_and_a_number_is_no_name(beyond: NameServer) -> None:
    home = door(beyond.port)
    assert told(ask(home, "a.localhost")) == ["127.0.0.1"]
    assert told(ask(home, "localhost", "AAAA")) == ["::1"]
    assert ask(home, "192.168.1.5").rcode() == dns.rcode.NXDOMAIN
    assert beyond.asked == []


@pytest.mark.parametrize("name", ["BAD.eXaMpLe", "_443._tcp.BAD.example", "x.bad.example."])
def test_however_it_is_spelled_it_is_the_same_name(beyond: NameServer, name: str) -> None:
    response = ask(door(beyond.port), name, "TXT")
    assert (response.answer, beyond.asked) == ([], [])
    assert response.question[0].name.to_text().rstrip(".") == name.rstrip(".")


@pytest.mark.parametrize(
    "name",
    ["b%61d.example", r"bad\.example.x", r"b\195\164d.example", r"a\000b.example"],
)
def test_a_name_that_would_be_judged_as_another_is_refused(beyond: NameServer, name: str) -> None:
    home = door(beyond.port)
    assert ask(home, name).answer == []
    assert beyond.asked == []
    assert lines_of(home)[0].decision.reason is Reason.UNREADABLE
    assert lines_of(home)[0].host.isascii()


def test_nothing_that_hides_names_is_told(beyond: NameServer) -> None:
    (record,) = told(ask(door(beyond.port), "good.example", "HTTPS"))
    assert record == f'1 . alpn="h2" ipv4hint="{OUTSIDE}"'


def test_only_what_answers_the_question_is_told(beyond: NameServer) -> None:
    assert told(ask(door(beyond.port), "www.good.example")) == [OUTSIDE, "good.example."]


def test_a_wish_for_everything_is_answered_with_little(beyond: NameServer) -> None:
    assert told(ask(door(beyond.port), "good.example", "ANY")) == ['"RFC8482" ""']
    assert beyond.asked == []


def test_an_answer_is_kept_no_longer_than_the_decision_holds(beyond: NameServer) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=5)
    grant = Grant(
        id="g",
        action=Action.ALLOW,
        site="bad.example",
        profile=None,
        given=soon - timedelta(minutes=9),
        ends=soon,
        by="Mum",
    )
    home = door(beyond.port, facts=Facts(grants=(grant,)))
    assert ask(home, "bad.example").answer[0].ttl <= 5
    assert 50 < ask(home, "good.example").answer[0].ttl <= 60


def test_a_large_answer_is_cut_for_datagrams_and_whole_over_tcp(beyond: NameServer) -> None:
    home = door(beyond.port)
    query = dns.message.make_query("big.example", "TXT", use_edns=0, payload=4096)
    flow = ask_wire(home, query.to_wire())
    assert flow.response is not None
    assert len(flow.response.packed) <= 1232
    assert dns.message.from_wire(flow.response.packed).flags & dns.flags.TC
    plain = ask_wire(home, dns.message.make_query("big.example", "TXT").to_wire())
    assert plain.response is not None
    assert len(plain.response.packed) <= 512
    assert len(told(ask(home, "big.example", "TXT", transport="tcp"))) == 40


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("AXFR", dns.rcode.REFUSED),
        ("IXFR", dns.rcode.REFUSED),
        ("MAILB", dns.rcode.REFUSED),
    ],
)
def test_ways_of_asking_that_are_none_of_a_device_are_refused(
    beyond: NameServer, change: str, code: dns.rcode.Rcode
) -> None:
    assert ask(door(beyond.port), "good.example", change).rcode() == code
    assert beyond.asked == []


def test_another_class_is_refused_and_another_operation_not_known(beyond: NameServer) -> None:
    home = door(beyond.port)
    query = dns.message.make_query("version.bind", "TXT", "CH")
    flow = ask_wire(home, query.to_wire())
    assert flow.response is not None
    assert dns.message.from_wire(flow.response.packed).rcode() == dns.rcode.REFUSED
    wire = bytearray(dns.message.make_query("good.example", "A").to_wire())
    wire[2] |= 5 << 3
    flow = ask_wire(home, bytes(wire))
    assert flow.response is not None
    assert flow.response.packed[3] & 0xF == dns.rcode.NOTIMP
    assert beyond.asked == []


def test_a_dead_name_server_is_told_within_seconds() -> None:
    with silent_port() as port:
        began = time.monotonic()
        response = ask(door(port), "good.example")
        assert time.monotonic() - began < 4
    assert response.rcode() == dns.rcode.SERVFAIL
    assert said(response) == ["EDE 22 (No Reachable Authority)"]


@pytest.mark.parametrize(
    ("wish", "code", "records"),
    [(Action.BLOCK, None, []), (Action.ALLOW, dns.rcode.NOERROR, [OUTSIDE])],
)
def test_where_the_rules_break_the_familys_choice_stands(
    beyond: NameServer, wish: Action, code: dns.rcode.Rcode | None, records: list[str]
) -> None:
    home = door(beyond.port, policy(when_filter_fails=wish))
    live = cast("StillLive", home.live)
    whole = live.state.ruleset
    broken = Broken(**{name: getattr(whole, name) for name in Ruleset.__slots__})
    live.state = State(ruleset=broken)
    flow = ask_wire(home, dns.message.make_query("good.example", "A").to_wire())
    if code is None:
        assert flow.error is not None
    else:
        assert flow.response is not None
        assert told(dns.message.from_wire(flow.response.packed)) == records
    assert lines_of(home)[0].decision.reason is Reason.FAILED


def test_a_device_gone_wild_takes_no_others_turn(
    beyond: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_door, "MOST_WAITING", 3)
    beyond.delay = 0.1
    porchlight = Porchlight(door(beyond.port))

    async def run() -> None:
        wild = [flow_of(f"{number}.good.example") for number in range(10)]
        other = flow_of("good.example", STRANGER)
        await asyncio.gather(*(porchlight.dns_request(flow) for flow in [*wild, other]))
        codes = [code_of(flow) for flow in wild]
        assert codes.count(dns.rcode.SERVFAIL) == 7
        assert code_of(other) == dns.rcode.NOERROR
        await porchlight.dns_request(wild[0])  # once it is calm again
        assert code_of(wild[0]) == dns.rcode.NXDOMAIN

    asyncio.run(run())
    beyond.delay = 0.0


@pytest.mark.parametrize(
    ("bind", "server", "is_asked"),
    [
        ("0.0.0.0", "127.0.0.1", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "127.0.0.53", True),
        ("0.0.0.0", "192.0.2.53", True),
    ],
)
def test_it_never_asks_itself(
    monkeypatch: pytest.MonkeyPatch, bind: str, server: str, *, is_asked: bool
) -> None:
    monkeypatch.setattr(dns_door, "system_servers", lambda: ((server, 53),))
    settings = Settings(home=Path("/nowhere"), bind=bind, dns_port=53)
    assert dns_door._servers(settings) == (((server, 53),) if is_asked else ())


def flow_of(name: str, sender: str = TABLET) -> DNSFlow:
    made = client(sender, is_tunnel=False, transport="udp")
    flow = DNSFlow(made, tflow.tserver_conn())
    flow.request = Wire.read(dns.message.make_query(name, "A").to_wire())
    return flow


def code_of(flow: DNSFlow) -> dns.rcode.Rcode:
    assert flow.response is not None
    return dns.message.from_wire(flow.response.packed).rcode()
