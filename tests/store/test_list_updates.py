"""One update, end to end: a server of lists, own files, copies, table. Hostile servers: test_list_updates_hostile.py; kills: test_list_updates_killed.py."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from store import list_updates
from store.list_copies import read_record
from store.list_due import RETRY
from store.list_faults import Fault
from store.list_progress import Progress, Step, read_progress, updating
from store.list_updates import Updated, due_keys, update
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
    table_bytes,
    table_of,
)
from tests.store.list_server import ListServer, answer, cut, serving


@pytest.fixture(scope="module")
def server() -> Iterator[ListServer]:
    with serving(ListServer(trustme.CA())) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: ListServer) -> Settings:
    return settings_of(tmp_path, server)


def faults(done: Updated) -> dict[str, Fault | None]:
    return {key: one.problem.fault if one.problem else None for key, one in done.records.items()}


def test_a_published_list_and_an_own_file_come_in_force(
    settings: Settings, server: ListServer
) -> None:
    url = server.url("/bets.txt", answer(b"bet.example\n", etag='"1"'))
    put_own(settings, "ours.txt", "ours.example")
    lists = by_key(published("bets", url), own("ours"))
    done = update(lists, settings, moment=NOW)
    assert faults(done) == {"bets": None, "ours": None}
    assert (sorted(done.renewed), done.domains) == (["bets", "ours"], 2)
    assert lists_of(settings, "www.bet.example") == ["bets"]
    assert lists_of(settings, "ours.example") == ["ours"]


def test_what_is_not_due_is_not_asked_for_unless_somebody_says_so(
    settings: Settings, server: ListServer
) -> None:
    url = server.url("/bets.txt", answer(b"bet.example\n", etag='"1"'))
    lists = by_key(published("bets", url), published("scams", url))
    update(lists, settings, moment=NOW)
    asked = len(server.requests)
    done = update(lists, settings, moment=NOW)
    assert (len(server.requests), done) == (
        asked,
        Updated(records={}, renewed=frozenset(), domains=None),
    )
    done = update(lists, settings, moment=NOW, only=["bets", "off"])
    assert len(server.requests) == asked + 1
    assert 'if-none-match: "1"' in server.requests[-1].lower()
    assert (faults(done), *done.renewed, done.domains) == ({"bets": None}, None)


def test_a_list_that_is_turned_off_is_forgotten_and_leaves_the_table(settings: Settings) -> None:
    put_own(settings, "ours.txt", "ours.example")
    put_own(settings, "bets.txt", "bet.example")
    update(by_key(own("ours"), own("bets")), settings, moment=NOW)
    done = update(by_key(own("bets")), settings, moment=NOW)
    assert (faults(done), done.domains) == ({}, 1)
    assert lists_of(settings, "ours.example") == []
    assert read_record(settings.lists_dir, "ours").copy is None
    assert not list(settings.lists_dir.glob("ours.*list"))
    assert (settings.own_lists_dir / "ours.txt").exists()


def test_where_no_list_is_on_nothing_is_made(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    done = update({}, settings, moment=NOW)
    assert done == Updated(records={}, renewed=frozenset(), domains=None)
    assert table_of(settings) is None


def test_what_fails_changes_nothing_and_comes_again_soon(
    settings: Settings, server: ListServer
) -> None:
    lists = by_key(published("bets", server.url("/bets.txt", answer(b"bet.example\n"))))
    update(lists, settings, moment=NOW)
    before = table_bytes(settings)
    server.url("/bets.txt", cut(b""))
    done = update(lists, settings, moment=NOW + 2 * DAY)
    assert (faults(done), done.domains) == ({"bets": Fault.CUT}, None)
    assert table_bytes(settings) == before
    assert due_keys(lists, settings, NOW + 2 * DAY) == ()
    assert due_keys(lists, settings, NOW + 2 * DAY + RETRY) == ("bets",)


def test_a_list_may_lose_more_than_half_if_the_parent_says_so(settings: Settings) -> None:
    lists = by_key(own("ours"))
    put_own(settings, "ours.txt", *(f"bet{number}.example" for number in range(9)))
    update(lists, settings, moment=NOW)
    put_own(settings, "ours.txt", "bet0.example")
    done = update(lists, settings, moment=NOW, only=["ours"])
    assert (faults(done), done.domains) == ({"ours": Fault.SHRUNK}, None)
    done = update(lists, settings, moment=NOW, only=["ours"], may_shrink=True)
    assert (faults(done), done.domains) == ({"ours": None}, 1)


def test_a_house_that_fetches_by_hand_is_asked_first(
    settings: Settings, server: ListServer
) -> None:
    settings = replace(settings, list_updates=False)
    put_own(settings, "ours.txt", "ours.example")
    url = server.url("/bets.txt", answer(b"bet.example\n"))
    lists = by_key(published("bets", url), own("ours"))
    asked = len(server.requests)
    assert faults(update(lists, settings, moment=NOW)) == {"ours": None}
    assert len(server.requests) == asked
    assert faults(update(lists, settings, moment=NOW, only=["bets"])) == {"bets": None}


def test_each_step_is_told_and_can_be_seen(settings: Settings) -> None:
    put_own(settings, "ours.txt", "ours.example")
    seen: list[tuple[Progress, Progress | None]] = []
    update(
        by_key(own("ours")),
        settings,
        moment=NOW,
        tell=lambda progress: seen.append((progress, read_progress(settings.lists_dir))),
    )
    assert [told.step for told, _ in seen] == [Step.FETCH, Step.READ, Step.COMPILE]
    assert all(told == read for told, read in seen)
    assert read_progress(settings.lists_dir) is None


def test_of_two_updates_the_second_waits(settings: Settings) -> None:
    put_own(settings, "ours.txt", "ours.example")
    done: list[Updated] = []
    second = threading.Thread(
        target=lambda: done.append(update(by_key(own("ours")), settings, moment=NOW))
    )
    with updating(settings.lists_dir, lambda _: None):
        second.start()
        time.sleep(0.3)
        assert done == []
        assert table_of(settings) is None
    second.join()
    assert faults(done[0]) == {"ours": None}


def test_what_failed_last_time_keeps_no_other_list_waiting(
    settings: Settings, server: ListServer
) -> None:
    first = published("first", server.url("/first.txt", cut(b"")))
    lists = by_key(first, published("second", server.url("/second.txt", answer(b"a.example\n"))))
    assert list(update(lists, settings, moment=NOW).records) == ["first", "second"]
    assert list(update(lists, settings, moment=NOW + DAY * 2).records) == ["second", "first"]


def test_what_was_just_turned_on_comes_first(settings: Settings) -> None:
    put_own(settings, "ours.txt", "ours.example")
    put_own(settings, "bets.txt", "bet.example")
    update(by_key(own("ours")), settings, moment=NOW)
    done = update(by_key(own("ours"), own("bets")), settings, moment=NOW + 2 * DAY)
    assert list(done.records) == ["bets", "ours"]


def test_what_has_come_is_in_force_while_others_are_on_their_way(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_updates, "COMPILE_AFTER_SECONDS", 0.0)
    put_own(settings, "one.txt", "one.example")
    put_own(settings, "two.txt", "two.example")
    in_force: list[list[str]] = []

    def tell(progress: Progress) -> None:
        if (progress.key, progress.step) == ("two", Step.FETCH):
            in_force.append(lists_of(settings, "one.example"))

    done = update(by_key(own("one"), own("two")), settings, moment=NOW, tell=tell)
    assert in_force == [["one"]]
    assert done.domains == 2
