"""kill -9 in the middle of an update leaves the old table or the new, and the next update goes on from there."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from rules.domain_table import verify
from store.list_copies import list_path, read_copy, read_record
from store.list_progress import read_progress
from store.list_table import TABLE_FILE
from store.list_updates import update
from store.settings import Settings
from tests.store.list_house import NOW, by_key, lists_of, own, put_own, settings_of, table_bytes

ROOT = Path(__file__).parents[2]
LISTS = by_key(own("ours"))
KILLER = """
import json, os, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from store import list_copies, list_updates
from tests.store.list_house import by_key, own, settings_of

PLACES = {"Path": Path, "os": os, "copies": list_copies, "updates": list_updates}

def work(home, point, number):
    owner, _, name = point.partition(".")
    real, seen = getattr(PLACES[owner], name), [0]

    def killed(*arguments, **more):
        seen[0] += 1
        if seen[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **more)

    setattr(PLACES[owner], name, killed)
    now = datetime.now(UTC)
    list_updates.update(by_key(own("ours")), settings_of(Path(home)), moment=now, only=["ours"])

for home, point, number, after in json.loads(sys.stdin.read()):
    child = os.fork()
    if not child:
        work(home, point, number)
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
POINTS = [
    # each rename, each file about to be written, each sync, each removal, before and after the big steps
    *(("Path.replace", number) for number in range(1, 7)),
    *(("os.fdopen", number) for number in range(1, 3)),
    *(("os.fsync", number) for number in range(1, 6)),
    *(("Path.unlink", number) for number in range(1, 4)),
    ("copies._judge", 1),
    ("copies._tidy", 1),
    ("updates.forget", 1),
    ("updates.compile_copies", 1),
]
TIMES = [0.03 * number for number in range(1, 8)]
"""Seconds, over the whole of an update of MANY names."""
MANY = 8_000

type Job = tuple[str, str, int, float | None]
"""The home, where to kill and at which call of it, or after how many seconds."""


def kill_all(jobs: Sequence[Job]) -> list[int]:
    """The exit status of each update."""
    done = subprocess.run(
        [sys.executable, "-c", KILLER],
        cwd=ROOT,
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(line) for line in done.stdout.split()]


def house(home: Path, domains: int) -> Settings:
    """A house with an old table, and a new list waiting."""
    home.mkdir()
    settings = settings_of(home)
    put_own(settings, "ours.txt", *(f"old{number}.example" for number in range(domains)))
    assert update(LISTS, settings, moment=NOW).domains == domains
    put_own(settings, "ours.txt", *(f"new{number}.example" for number in range(domains)))
    return settings


def check_old_or_new(settings: Settings) -> bool:
    """Whether the new one is in force."""
    verify(table_bytes(settings))
    old, new = (bool(lists_of(settings, f"{age}7.example")) for age in ("old", "new"))
    assert old != new
    assert read_progress(settings.lists_dir) is None
    record = read_record(settings.lists_dir, "ours")
    assert record.problem is None
    assert record.copy is not None
    assert read_copy(settings.lists_dir, "ours") == record.copy
    return new


def check_goes_on(settings: Settings) -> None:
    done = update(LISTS, settings, moment=NOW, only=["ours"])
    assert done.records["ours"].problem is None
    assert check_old_or_new(settings)
    copy = done.records["ours"].copy
    assert copy is not None
    assert {path.name for path in settings.lists_dir.iterdir() if path.suffix != ".lock"} == {
        TABLE_FILE,
        "own",
        "ours.json",
        list_path(settings.lists_dir, "ours", copy).name,
    }


def test_a_kill_at_any_point_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    houses = [house(tmp_path / str(number), 100) for number, _ in enumerate(POINTS)]
    jobs = [(str(one.home), *point, None) for one, point in zip(houses, POINTS, strict=True)]
    assert kill_all(jobs) == [-signal.SIGKILL] * len(POINTS)
    assert {check_old_or_new(one) for one in houses} == {True, False}
    for one in houses:
        check_goes_on(one)


def test_a_kill_at_any_time_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    houses = [house(tmp_path / str(number), MANY) for number, _ in enumerate(TIMES)]
    jobs: list[Job] = [
        (str(one.home), "os.fsync", 0, after) for one, after in zip(houses, TIMES, strict=True)
    ]
    assert -signal.SIGKILL in kill_all(jobs)
    for one in houses:
        check_old_or_new(one)
        check_goes_on(one)


@pytest.mark.parametrize("number", [0, 99])
def test_an_update_that_nobody_kills_ends(tmp_path: Path, number: int) -> None:
    one = house(tmp_path / "home", 100)
    assert kill_all([(str(one.home), "os.fsync", number, None)]) == [0]
    assert check_old_or_new(one)
