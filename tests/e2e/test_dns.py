"""The DNS door of a whole Porchlight: a real resolver asks its own process, which asks a name server on loopback."""

import random
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import pytest

from tests.e2e.whole import Running, ended, launch, open_sites, wait_for
from tests.proxy.name_server import (
    OUTSIDE,
    ZONE,
    NameServer,
    free_port,
    open_name_server,
    records,
)

TV, CONSOLE, GUEST = "127.0.0.2", "127.0.0.3", "127.0.0.4"
FORCED, STRICT = "216.239.38.120", "216.239.38.121"
WORLD = (
    ZONE
    + f"""\
www.google.com. 300 IN A {OUTSIDE}
www.google.com. 300 IN HTTPS 1 . alpn=h2
forcesafesearch.google.com. 300 IN A {FORCED}
www.youtube.com. 300 IN A {OUTSIDE}
restrict.youtube.com. 300 IN A {STRICT}
use-application-dns.net. 300 IN A {OUTSIDE}
pornhub.com. 300 IN A {OUTSIDE}
childline.org.uk. 300 IN A {OUTSIDE}
"""
)
RULES = """\
porchlight: 1
timezone: UTC
country: VN
language: en
never: [adult]
profiles:
  younger:
    name: Younger child
    preset: curious
    default: allow
    devices: [tv]
    block: [bad.example]
  grown:
    preset: adult
    devices: [console]
  unknown:
    name: Everyone else
    block: [bad.example]
devices:
  tv: {ip: 127.0.0.2}
  console: {ip: 127.0.0.3}
"""


@dataclass(frozen=True)
class House:
    """Where to ask, and what is asked beyond."""

    running: Running
    port: int
    beyond: NameServer

    def ask(
        self, name: str, kind: str = "A", who: str = TV, *, over_tcp: bool = False
    ) -> dns.message.Message:
        query = dns.message.make_query(name, kind, use_edns=0, payload=1232)
        way = dns.query.tcp if over_tcp else dns.query.udp
        return way(query, "127.0.0.1", 5, self.port, source=who)

    def told(self, name: str, kind: str = "A", who: str = TV) -> set[str]:
        """What both ways say."""
        both = [
            {one.to_text() for rrset in answer.answer for one in rrset}
            for answer in (self.ask(name, kind, who), self.ask(name, kind, who, over_tcp=True))
        ]
        assert both[0] == both[1]
        return both[0]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("dns") / "home"
    home.mkdir(mode=0o700)
    port = free_port()
    with ExitStack() as opened:
        beyond = opened.enter_context(open_name_server())
        beyond.records = records(WORLD)
        (home / "porchlight.toml").write_text(
            f'dns_port = {port}\ndns_upstream = "127.0.0.1:{beyond.port}"\n'
        )
        (home / "family.yaml").write_text(RULES)
        running = launch(home, opened.enter_context(open_sites()))
        opened.enter_context(running.process)
        opened.enter_context(ended(running.process))
        yield House(running, port, beyond)


def test_the_launcher_says_where_names_are_asked_for(house: House) -> None:
    assert house.running.ready["dns"] == f"127.0.0.1:{house.port}"


def test_a_resolver_is_told_what_its_device_may_see(house: House) -> None:
    assert house.told("good.example") == {OUTSIDE}
    assert house.told("www.good.example") == {OUTSIDE, "good.example."}
    for name in ("bad.example", "BAD.ExAmPlE", "pornhub.com"):
        assert house.told(name) == set()
    assert house.told("bad.example", who=CONSOLE) == {OUTSIDE}
    assert house.told("bad.example", who=GUEST) == set()
    assert house.told("pornhub.com", who=CONSOLE) == set()
    assert house.ask("nobody.example").rcode() == dns.rcode.NXDOMAIN


def test_searches_are_safe_where_the_profile_wants_it(house: House) -> None:
    assert house.told("www.google.com") == {"forcesafesearch.google.com.", FORCED}
    assert house.told("www.google.com", "HTTPS") == set()
    assert house.told("www.youtube.com") == {"restrict.youtube.com.", STRICT}
    assert house.told("www.google.com", who=CONSOLE) == {OUTSIDE}


def test_programs_that_ask_whether_they_may_go_round_are_told_no(house: House) -> None:
    for who in (TV, CONSOLE, GUEST):
        assert house.told("use-application-dns.net", who=who) == set()
        assert house.told("mask.icloud.com", who=who) == set()
        assert house.told("_dns.resolver.arpa", "SVCB", who=who) == set()


def test_an_ordinary_resolver_falls_back_to_tcp_for_what_is_large(house: House) -> None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], house.port
    assert len(resolver.resolve("big.example", "TXT", source=TV)) == 40
    assert house.ask("big.example", "TXT").flags & dns.flags.TC
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve("bad.example", source=TV)


def test_the_log_says_who_asked_for_what_and_help_leaves_no_trace(house: House) -> None:
    house.told("childline.org.uk")
    house.told("bad.example")
    house.told("good.example", who=GUEST)

    def rows() -> set[tuple[str, str, str, str]]:
        found = house.running.log()
        assert {row["method"] for row in found} == {"DNS"}
        return {(row["client"], row["host"], row["action"], row["reason"]) for row in found}

    wanted = {
        (TV, "bad.example", "block", "site"),
        (TV, "pornhub.com", "block", "never"),
        (GUEST, "good.example", "allow", "default"),
    }
    house.told("pornhub.com")
    wait_for(lambda: wanted <= rows(), 10)
    assert not any("childline" in host for _, host, _, _ in rows())


def test_whatever_is_thrown_at_it_it_goes_on_answering(house: House) -> None:
    dice = random.Random(4)  # noqa: S311 - any bytes do
    whole = dns.message.make_query("good.example", "A", use_edns=0).to_wire()
    for _ in range(10):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thrower:
            thrower.bind((GUEST, 0))
            for _ in range(40):
                thrower.sendto(mangled(whole, dice), ("127.0.0.1", house.port))
        for _ in range(6):
            with socket.create_connection(("127.0.0.1", house.port)) as thrower:
                thrower.sendall(mangled(whole, dice))
        assert house.told("good.example") == {OUTSIDE}
    assert house.running.process.poll() is None


def mangled(wire: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.3:
        return dice.randbytes(dice.randrange(700))
    made = bytearray(wire)
    for _ in range(dice.randrange(1, 6)):
        made[dice.randrange(len(made))] = dice.randrange(256)
    return bytes(made[: dice.randrange(1, len(made) + 1)])


def test_hundreds_who_ask_at_once_are_all_answered(house: House) -> None:
    names = [f"{number}.good.example" for number in range(100)] + ["bad.example"] * 200
    with ThreadPoolExecutor(60) as crowd:
        answers = list(crowd.map(house.ask, names))
    assert {answer.rcode() for answer in answers} == {dns.rcode.NXDOMAIN, dns.rcode.NOERROR}


def test_an_edit_takes_hold_for_the_next_question(house: House) -> None:
    name, path = "half.example", house.running.home / "family.yaml"
    answer = house.ask(name)
    assert answer.answer
    assert answer.answer[0].ttl <= 60
    path.write_text(RULES.replace("[bad.example]", "[bad.example, half.example]"))
    wait_for(lambda: not house.ask(name).answer, 5)
    path.write_text(RULES)
    wait_for(lambda: house.ask(name).answer, 5)


def test_where_the_name_server_is_silent_it_is_said_so_soon(house: House) -> None:
    house.beyond.answers = False
    try:
        began = time.monotonic()
        answer = house.ask("silent.example")
        assert answer.rcode() == dns.rcode.SERVFAIL
        assert time.monotonic() - began < 4
        assert house.told("bad.example") == set()
    finally:
        house.beyond.answers = True
