from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from store.list_faults import Fault
from store.list_status import State, Status, read_statuses
from store.list_updates import update
from store.settings import Settings
from tests.store.list_house import DAY, NOW, by_key, own, put_own, settings_of, table_of

BETS = own("bets")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


def status(settings: Settings, after: timedelta = timedelta()) -> Status:
    (found,) = read_statuses(
        by_key(BETS), settings.lists_dir, table=table_of(settings), moment=NOW + after
    )
    return found


def try_it(settings: Settings, after: timedelta = timedelta()) -> None:
    update(by_key(BETS), settings, moment=NOW + after, only=["bets"])


def test_a_list_that_was_just_turned_on_waits(settings: Settings) -> None:
    assert status(settings) == Status(
        key="bets", state=State.WAITING, copy=None, problem=None, is_in_force=False
    )


def test_a_list_is_fresh_until_twice_its_every_has_passed(settings: Settings) -> None:
    put_own(settings, "bets.txt", "bet.example", "1.2.3.4")
    try_it(settings)
    found = status(settings)
    assert found.copy is not None
    assert (found.state, found.copy.entries, found.skipped) == (State.FRESH, 1, 1)
    assert (found.copy.fetched_at, found.is_in_force) == (NOW, True)
    assert status(settings, 2 * DAY).state is State.FRESH
    assert status(settings, 2 * DAY + timedelta(seconds=1)).state is State.OLD
    try_it(settings, 3 * DAY)
    assert status(settings, 4 * DAY).state is State.FRESH


def test_a_list_that_fails_says_why_and_since_when(settings: Settings) -> None:
    try_it(settings)
    try_it(settings, DAY)
    found = status(settings, DAY)
    assert found.problem is not None
    assert (found.state, found.copy, found.skipped) == (State.FAILING, None, 0)
    assert (found.problem.fault, found.problem.since) == (Fault.NO_FILE, NOW)
    assert (found.problem.at, found.problem.tries) == (NOW + DAY, 2)


def test_a_list_that_fails_with_a_good_copy_is_in_force(settings: Settings) -> None:
    path = put_own(settings, "bets.txt", "bet.example")
    try_it(settings)
    path.unlink()
    try_it(settings, DAY)
    found = status(settings, DAY)
    assert found.copy is not None
    assert (found.state, found.is_in_force) == (State.FAILING, True)


def test_lists_come_in_the_order_of_the_rule_file(settings: Settings) -> None:
    lists = by_key(own("zebras"), own("ants"), replace(BETS, file=None, url="https://a.example/"))
    found = read_statuses(lists, settings.lists_dir, table=None, moment=NOW)
    assert [one.key for one in found] == ["zebras", "ants", "bets"]
