"""When a list is asked for again."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from store.list_copies import Record, renew
from store.list_due import MOST_SPREAD, RETRY, due_at, source_of
from store.list_faults import Fault, ListRefused
from store.list_fetch import Fetched, NotModified, Validators, read_own
from store.list_wire import Limits
from tests.store.list_house import DAY, NOW, own, published

KEY = "bets"
BETS = published(KEY, "https://lists.example/bets.txt", every=DAY)
OURS = own(KEY, every=DAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    put(tmp_path)
    return tmp_path


def put(folder: Path, text: str = "bet.example\n") -> Path:
    path = folder / "own" / f"{KEY}.txt"
    path.write_text(text)
    return path


def gets(folder: Path, moment: datetime, source: str = source_of(BETS)) -> Record:
    """The list comes."""
    own_file = folder / "own" / f"{KEY}.txt"
    return renew(
        folder,
        KEY,
        source=source,
        get=lambda into, known: read_own(own_file, into, known=known, limits=Limits()),
        moment=moment,
    )


def fails(folder: Path, moment: datetime, source: str = source_of(BETS)) -> Record:
    def get(_into: Path, _known: Validators) -> Fetched | NotModified:
        raise ListRefused(Fault.CUT)

    return renew(folder, KEY, source=source, get=get, moment=moment)


def asked_at(folder: Path, moment: datetime, *, one: object = BETS) -> datetime:
    return due_at(folder, folder / "own", one, moment)  # type: ignore[arg-type]


def test_a_list_that_was_just_turned_on_is_due_now(folder: Path) -> None:
    assert asked_at(folder, NOW) == NOW


def test_a_list_is_due_again_after_its_every(folder: Path) -> None:
    gets(folder, NOW)
    assert asked_at(folder, NOW + DAY / 2) == NOW + DAY
    gets(folder, NOW + DAY)
    assert asked_at(folder, NOW + DAY) == NOW + 2 * DAY


@pytest.mark.parametrize(
    ("every", "most"),
    [(timedelta(hours=1), timedelta(minutes=6)), (DAY, MOST_SPREAD), (30 * DAY, MOST_SPREAD)],
)
def test_households_that_fetched_at_the_same_minute_come_spread(
    folder: Path, every: timedelta, most: timedelta
) -> None:
    late = []
    for micros in (0, 250_000, 999_999):
        moment = NOW.replace(microsecond=micros)
        gets(folder, moment)
        late.append(asked_at(folder, moment, one=replace(BETS, every=every)) - moment - every)
    assert late[0] == timedelta()
    assert late[1] == most / 4
    assert most * 0.99 < late[2] < most


def test_after_a_failure_the_next_try_comes_soon_and_then_ever_later(folder: Path) -> None:
    gets(folder, NOW)
    pauses, moment = [], NOW + DAY
    for _ in range(10):
        fails(folder, moment)
        pauses.append(asked_at(folder, moment) - moment)
        moment += pauses[-1]
    assert pauses[:4] == [RETRY, 2 * RETRY, 4 * RETRY, 8 * RETRY]
    assert pauses[-3:] == [DAY, DAY, DAY]
    gets(folder, moment)
    assert asked_at(folder, moment) == moment + DAY


def test_a_list_that_is_asked_for_each_hour_is_never_left_for_longer(folder: Path) -> None:
    hourly = replace(BETS, every=timedelta(hours=1))
    for number in range(50):
        fails(folder, NOW + number * DAY)
    moment = NOW + 49 * DAY
    assert asked_at(folder, moment, one=hourly) == moment + timedelta(hours=1)


def test_another_address_is_due_now_whatever_became_of_the_last(folder: Path) -> None:
    elsewhere = replace(BETS, url="https://other.example/")
    gets(folder, NOW)
    assert asked_at(folder, NOW, one=elsewhere) == NOW
    fails(folder, NOW, "https://other.example/")
    assert asked_at(folder, NOW, one=elsewhere) == NOW + RETRY
    assert asked_at(folder, NOW) == NOW


def test_a_copy_that_was_removed_is_due_now(folder: Path) -> None:
    gets(folder, NOW)
    for path in folder.glob("*.list"):
        path.unlink()
    assert asked_at(folder, NOW) == NOW


@pytest.mark.parametrize("tried", [gets, fails])
def test_a_clock_that_was_ahead_keeps_no_list_from_its_time(folder: Path, tried: object) -> None:
    tried(folder, NOW + 400 * DAY)  # type: ignore[operator]
    assert asked_at(folder, NOW) == NOW


def test_a_familys_own_file_is_due_when_it_changes(folder: Path) -> None:
    after = datetime.now(NOW.tzinfo) + timedelta(seconds=1)  # the file is older than this
    gets(folder, after, source_of(OURS))
    assert asked_at(folder, after, one=OURS) > after + DAY / 2
    before = after - timedelta(hours=1)
    gets(folder, before, source_of(OURS))
    os.utime(put(folder, "other.example\n"), (0, 0))  # as a copy that keeps its times
    assert asked_at(folder, after, one=OURS) == after


def test_a_familys_own_file_that_was_wrong_is_due_when_it_is_mended(folder: Path) -> None:
    after = datetime.now(NOW.tzinfo) + timedelta(seconds=1)
    fails(folder, after, source_of(OURS))
    assert asked_at(folder, after, one=OURS) == after + RETRY
    fails(folder, after - timedelta(hours=1), source_of(OURS))
    assert asked_at(folder, after, one=OURS) == after
