"""What the keeper does at each look, and what it leaves alone."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import trustme

from rules.policy import Policy
from rules.subscription import Subscription
from store import keeper as keeping
from store.keeper import Keeper
from store.list_due import RETRY
from store.list_table import TABLE_FILE
from store.list_updates import update
from store.list_wishes import is_wished, wish
from store.rules_in_force import RulesInForce
from store.settings import Settings
from tests.store.list_house import (
    DAY,
    NOW,
    by_key,
    lists_of,
    own,
    published,
    put_own,
    settings_of,
    table_of,
)
from tests.store.list_server import ListServer, answer, cut, serving

SECOND = timedelta(seconds=1)


@dataclass
class Rules:
    """The rules in force, as a test says."""

    policy: Policy | None = None
    edits: int = field(default=0)

    def look(self) -> Policy | None:
        return self.policy

    def say(self, *lists: Subscription) -> None:
        self.edits += 1
        revision = f"r{self.edits}"
        self.policy = Policy(
            file="family.yaml", revision=revision, timezone="UTC", lists=by_key(*lists)
        )


@dataclass
class House:
    settings: Settings
    rules: Rules
    keeper: Keeper
    server: ListServer
    moment: datetime = NOW

    def look(self, after: timedelta = SECOND) -> None:
        self.moment += after
        self.keeper.look(self.moment)

    @property
    def asked(self) -> int:
        return len(self.server.requests)


@pytest.fixture(scope="module")
def server() -> Iterator[ListServer]:
    with serving(ListServer(trustme.CA())) as running:
        yield running


def open_house(settings: Settings, server: ListServer) -> House:
    server.requests.clear()
    rules = Rules()
    keeper = Keeper(settings, cast("RulesInForce", rules))
    return House(settings=settings, rules=rules, keeper=keeper, server=server)


@pytest.fixture
def house(tmp_path: Path, server: ListServer) -> House:
    return open_house(settings_of(tmp_path, server), server)


@pytest.fixture
def bets(server: ListServer) -> Subscription:
    return published("bets", server.url("/bets.txt", answer(b"bet.example\n", etag='"1"')))


def test_without_good_rules_it_does_nothing(house: House) -> None:
    (house.settings.lists_dir / "bets.json").write_text("{}")
    wish(house.settings.lists_dir)
    house.look()
    assert (house.settings.lists_dir / "bets.json").exists()
    assert is_wished(house.settings.lists_dir)


def test_where_no_list_is_on_it_asks_nobody_and_makes_nothing(house: House) -> None:
    house.rules.say()
    for _ in range(3):
        house.look()
    assert (house.asked, table_of(house.settings)) == (0, None)


def test_a_list_that_is_turned_on_is_in_force_at_the_next_look(
    house: House, bets: Subscription
) -> None:
    house.rules.say()
    house.look()
    house.rules.say(bets)
    house.look()
    assert lists_of(house.settings, "bet.example") == ["bets"]
    house.rules.say()
    house.look()
    assert lists_of(house.settings, "bet.example") == []


def test_it_asks_again_when_the_list_is_due_and_not_before(
    house: House, bets: Subscription
) -> None:
    house.rules.say(bets)
    for after in (SECOND, SECOND, DAY / 2, DAY / 2 - 2 * SECOND):
        house.look(after)
    assert house.asked == 1
    house.look(SECOND)
    assert house.asked == 2


def test_after_a_failure_it_tries_again_soon(house: House, server: ListServer) -> None:
    house.rules.say(published("bets", server.url("/bets.txt", cut(b""))))
    house.look()
    house.look(RETRY - SECOND)
    assert house.asked == 1
    house.look()
    assert house.asked == 2


def test_a_wish_is_taken_and_fulfilled(house: House, bets: Subscription) -> None:
    scams = published("scams", bets.url or "")
    house.rules.say(bets, scams)
    house.look()
    wish(house.settings.lists_dir, ["bets"])
    house.look()
    assert house.asked == 3
    assert not is_wished(house.settings.lists_dir)
    wish(house.settings.lists_dir)
    house.look()
    house.look()
    assert house.asked == 5


def test_a_wish_may_let_a_list_shrink(house: House) -> None:
    put_own(house.settings, "ours.txt", *(f"bet{number}.example" for number in range(9)))
    house.rules.say(own("ours"))
    house.look()
    put_own(house.settings, "ours.txt", "bet0.example")
    wish(house.settings.lists_dir, ["ours"])
    house.look()
    assert lists_of(house.settings, "bet7.example") == ["ours"]
    wish(house.settings.lists_dir, ["ours"], may_shrink=True)
    house.look()
    assert lists_of(house.settings, "bet7.example") == []


def test_a_familys_own_file_is_in_force_when_it_changes(house: House) -> None:
    house.moment = datetime.now(NOW.tzinfo)
    house.rules.say(own("ours"))
    house.look()
    assert table_of(house.settings) is None
    for name in ("one.example", "two.example"):
        put_own(house.settings, "ours.txt", name)
        house.moment = datetime.now(NOW.tzinfo) - 2 * SECOND
        house.look()
        assert lists_of(house.settings, name) == ["ours"]


def test_a_house_that_fetches_by_hand_fetches_by_a_wish(
    tmp_path: Path, server: ListServer, bets: Subscription
) -> None:
    settings = replace(settings_of(tmp_path, server), list_updates=False)
    house = open_house(settings, server)
    put_own(settings, "ours.txt", "ours.example")
    house.rules.say(bets, own("ours"))
    house.look()
    house.look(3 * DAY)
    assert house.asked == 0
    assert lists_of(settings, "ours.example") == ["ours"]
    wish(settings.lists_dir)
    house.look()
    assert house.asked == 1
    assert lists_of(settings, "bet.example") == ["bets"]


def test_who_updates_by_rules_of_yesterday_is_put_right(house: House, bets: Subscription) -> None:
    house.rules.say(bets)
    house.look()
    update({}, house.settings, moment=NOW)
    assert lists_of(house.settings, "bet.example") == []
    house.look()
    assert lists_of(house.settings, "bet.example") == ["bets"]
    house.look()
    assert house.asked == 2


def test_a_table_that_somebody_removed_is_made_again(house: House, bets: Subscription) -> None:
    house.rules.say(bets)
    house.look()
    (house.settings.lists_dir / TABLE_FILE).unlink()
    house.look()
    assert lists_of(house.settings, "bet.example") == ["bets"]
    assert house.asked == 1


def test_a_clock_that_jumps_back_stops_nothing(house: House, bets: Subscription) -> None:
    house.rules.say(bets)
    house.look(400 * DAY)
    house.look(-400 * DAY)
    assert house.asked == 2


def test_a_disk_that_refuses_is_tried_again_in_a_minute(house: House) -> None:
    put_own(house.settings, "ours.txt", "ours.example")
    house.rules.say(own("ours"))
    beside = house.settings.lists_dir / f".{TABLE_FILE}.new"
    beside.mkdir()
    with pytest.raises(OSError, match="directory"):
        house.look()
    beside.rmdir()
    house.look()
    assert table_of(house.settings) is None
    house.look(keeping.PAUSE)
    assert lists_of(house.settings, "ours.example") == ["ours"]


def test_it_logs_one_line_each(
    house: House, bets: Subscription, server: ListServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    house.rules.say(bets, published("gone", server.url("/gone", answer(status="404 Not Found"))))
    house.look()
    house.look()
    wish(house.settings.lists_dir, ["bets"])
    house.look()
    assert caplog.messages == [
        "bets: new, entries: 1",
        "gone: the server has no list there, it answers 404",
        "a new table is in force, domains: 1",
        "bets: what is in force is the newest",
    ]


def test_whatever_goes_wrong_it_looks_again(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[datetime] = []

    def look(moment: datetime) -> None:
        looks.append(moment)
        if len(looks) == 3:
            raise SystemExit
        raise RuntimeError("what nobody thought of")

    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(house.keeper, "look", look)
    with pytest.raises(SystemExit):
        house.keeper.follow()
    assert len(looks) == 3
    assert "what nobody thought of" in caplog.text
