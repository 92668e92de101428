"""What is open is asked again when its answer may be another, and ends where it is blocked."""

# mypy: allow-untyped-calls
import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from mitmproxy.connection import Client as ClientConnection
from mitmproxy.connection import ConnectionState
from mitmproxy.test import tflow

from proxy import enforce, open_connections, strictest
from proxy.live import State
from proxy.open_connections import Open, OpenConnections
from proxy.strictest import Asked
from rules.catalog import SafeEngine, SafeWay
from rules.compile import compile_policy
from rules.facts import Facts, Grant
from rules.hosts import parse_url
from rules.policy import Action, LogLevel, Policy
from rules.request import Client, Request, Stage
from rules.safe_mode import SafeSearch
from tests.proxy.conftest import CATALOG, NOON, entry, make_policy

RULES = make_policy(log=LogLevel.SITES)


def state_of(policy: Policy = RULES, facts: Facts | None = None) -> State:
    return State(ruleset=compile_policy(policy, CATALOG), facts=facts or Facts())


def blocking(path: str | None = None) -> Policy:
    younger = replace(RULES.profiles["younger"], block=(entry("good.example", 12, path),))
    return replace(RULES, profiles={**RULES.profiles, "younger": younger})


def pause(ends: datetime) -> Facts:
    grant = Grant(
        id="g",
        action=Action.BLOCK,
        site=None,
        profile=None,
        given=ends - timedelta(minutes=30),
        ends=ends,
        by="Mum",
    )
    return Facts(grants=(grant,))


@dataclass
class House:
    """Some open connections, with what was written down and closed."""

    state: State = field(default_factory=state_of)
    lines: list[Asked] = field(default_factory=list)
    closed: list[ClientConnection] = field(default_factory=list)

    def __post_init__(self) -> None:
        def write(_state: State, asked: Asked, _moment: datetime) -> None:
            self.lines.append(asked)

        self.open = OpenConnections(lambda: self.state, write)

    def tunnel(self, host: str = "good.example", due: datetime | None = None) -> ClientConnection:
        client = tflow.tclient_conn()
        request = Request(
            id="first",
            url=parse_url(f"https://{host}/"),
            client=Client(address="127.0.0.2"),
            method="CONNECT",
            stage=Stage.NAME,
        )
        one = Open(client=client, requests=(request,), due=due, tunnel_port=443)
        self.open.add(client.id, one)
        return client

    def look(self, moment: datetime = NOON) -> None:
        asyncio.run(self.open.look(moment))


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    made = House()
    monkeypatch.setattr(enforce, "close", made.closed.append)
    made.look()
    return made


def test_an_edit_that_blocks_the_name_ends_its_tunnel_and_is_written_down(house: House) -> None:
    client, other = house.tunnel(), house.tunnel("bank.example")
    house.state = state_of(blocking())
    house.look()
    assert house.closed == [client]
    (asked,) = house.lines
    assert (asked.decision.action, asked.decision.line) == (Action.BLOCK, 12)
    assert asked.decision.id != "first"
    assert len(house.open) == 1
    assert other is not client


def test_what_a_parent_closes_ends_and_another_answer_leaves_it_open(house: House) -> None:
    client = house.tunnel()
    house.state = replace(house.state, facts=pause(NOON))
    house.look()
    assert house.closed == []
    house.state = replace(house.state, facts=pause(NOON + timedelta(minutes=5)))
    house.look()
    assert house.closed == [client]


def test_an_answer_is_asked_for_again_when_it_runs_out_and_not_before(house: House) -> None:
    begins = NOON + timedelta(seconds=10)
    house.state = replace(house.state, facts=pause(begins + timedelta(minutes=30)))
    house.look()
    client = house.tunnel(due=NOON + timedelta(minutes=1))
    house.look(NOON + timedelta(seconds=30))
    assert house.closed == []
    house.look(NOON + timedelta(minutes=1))
    assert house.closed == [client]


def test_an_answer_that_stays_stands_until_its_next_turn(house: House) -> None:
    house.state = replace(house.state, facts=pause(NOON + timedelta(minutes=35)))
    house.look()
    client = house.tunnel(due=NOON)
    house.look(NOON)
    assert house.closed == []
    house.look(NOON + timedelta(minutes=5))
    assert house.closed == [client]


def test_a_tunnel_that_a_new_rule_wants_to_look_into_ends_without_a_line(house: House) -> None:
    client = house.tunnel()
    house.state = state_of(blocking("/secret"))
    house.look()
    assert house.closed == [client]
    assert house.lines == []


def test_an_exchange_that_we_read_goes_on_under_such_a_rule(house: House) -> None:
    client = tflow.tclient_conn()
    url = parse_url("wss://good.example/talk")
    request = Request(id="first", url=url, client=Client(address="127.0.0.2"))
    house.open.add("flow", Open(client=client, requests=(request,), due=None))
    house.state = state_of(blocking("/secret"))
    house.look()
    assert house.closed == []
    house.state = state_of(blocking("/talk"))
    house.look()
    assert house.closed == [client]


def test_the_name_whose_answer_runs_out_first_says_when_to_ask_again(house: House) -> None:
    client = tflow.tclient_conn()
    requests = tuple(
        Request(id="first", url=parse_url(url), client=Client(address="127.0.0.2"))
        for url in ("https://good.example/a", "https://other.example/a")
    )
    begins = NOON + timedelta(minutes=5)
    later = replace(pause(begins + timedelta(minutes=30)).grants[0], site="other.example")
    house.state = replace(house.state, facts=Facts(grants=(later,)))
    house.open.add("flow", Open(client=client, requests=requests, due=NOON))
    house.look()
    house.look(begins - timedelta(seconds=1))
    assert house.closed == []
    house.look(begins)
    assert house.closed == [client]


@pytest.mark.parametrize("fails", [Action.BLOCK, Action.ALLOW])
def test_a_fault_of_our_own_ends_it_if_the_family_wants_that(
    house: House, monkeypatch: pytest.MonkeyPatch, fails: Action
) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    client, other = house.tunnel(), house.tunnel()
    house.state = state_of(replace(RULES, when_filter_fails=fails))
    with monkeypatch.context() as planted:
        planted.setattr(strictest, "decide", fail)
        house.look()
    assert house.closed == ([client, other] if fails is Action.BLOCK else [])


def test_what_has_ended_is_not_asked_about(house: House) -> None:
    first, second = house.tunnel(), house.tunnel()
    house.open.forget(first)
    house.open.forget(second, second.id)
    house.open.forget(second, "unknown")
    house.state = state_of(blocking())
    house.look()
    assert (house.closed, house.lines, len(house.open)) == ([], [], 0)


def test_a_client_that_left_before_it_was_answered_is_not_kept(house: House) -> None:
    house.tunnel().state = ConnectionState.CLOSED
    house.state = state_of(blocking())
    house.look()
    assert (house.closed, house.lines, len(house.open)) == ([], [], 0)


def test_it_looks_by_itself_until_it_is_stopped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_connections, "LOOK_SECONDS", 0.001)
    client = house.tunnel()

    async def run() -> None:
        closed = asyncio.Event()
        monkeypatch.setattr(enforce, "close", lambda _: closed.set())
        house.open.start()
        house.state = state_of(blocking())
        async with asyncio.timeout(5):
            await closed.wait()
        house.open.stop()

    asyncio.run(run())
    assert [one.request.client.address for one in house.lines] == ["127.0.0.2"]
    assert client.id not in house.open._open


def test_very_many_give_others_their_turn(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_connections, "AT_ONCE", 2)
    for _ in range(5):
        house.tunnel()
    turns: list[int] = []

    async def run() -> None:
        async def count() -> None:
            while True:
                turns.append(len(house.closed))
                await asyncio.sleep(0)

        other = asyncio.create_task(count())
        house.state = state_of(blocking())
        await house.open.look(NOON)
        other.cancel()

    asyncio.run(run())
    assert {2, 4} <= set(turns)
    assert len(house.closed) == 5


def test_a_tunnel_ends_that_new_rules_lead_elsewhere(house: House) -> None:
    way = SafeWay(name="safe.good.example")
    engine = SafeEngine(key="good", paths=(), ways={"strict": way})
    catalog = replace(CATALOG, safe_search={"good.example": engine})
    younger = replace(RULES.profiles["younger"], search=SafeSearch(is_safe=True))
    safe = replace(RULES, profiles={**RULES.profiles, "younger": younger})

    searching, other = house.tunnel(), house.tunnel("other.example")
    house.look()
    assert house.closed == []
    house.state = State(ruleset=compile_policy(safe, catalog))
    house.look()
    assert house.closed == [searching]
    assert len(house.open) == 1
    assert house.lines == []
    house.state = State(ruleset=compile_policy(RULES, catalog))
    house.look()
    assert other not in house.closed
