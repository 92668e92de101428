import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import list_progress
from store.files import locked
from store.list_progress import (
    PROGRESS_FILE,
    UPDATING,
    Progress,
    Step,
    read_progress,
    updating,
)

LEFT = """
import os, sys
from pathlib import Path
from store.list_progress import Step, updating
with updating(Path(sys.argv[1]), lambda _: None) as note:
    note("bets", Step.FETCH, 0, None)
    os.kill(os.getpid(), 9)
"""


def test_while_an_update_goes_on_others_see_how_far_it_is(tmp_path: Path) -> None:
    began = datetime.now(UTC)
    told: list[Progress] = []
    with updating(tmp_path, told.append) as note:
        assert read_progress(tmp_path) is None
        note("bets", Step.FETCH, 7, 100)
        seen = read_progress(tmp_path)
    assert seen is not None
    assert (seen.key, seen.step, seen.done_bytes, seen.total_bytes) == ("bets", Step.FETCH, 7, 100)
    assert (seen.pid, seen.at >= began) == (os.getpid(), True)
    assert told == [seen]
    assert read_progress(tmp_path) is None
    assert not (tmp_path / PROGRESS_FILE).exists()


def test_a_step_is_written_down_at_once_and_how_far_it_is_four_times_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Progress] = []
    monkeypatch.setattr(list_progress, "PAUSE_SECONDS", 3600.0)
    with updating(tmp_path, told.append) as note:
        for done in range(1000):
            note("bets", Step.FETCH, done, None)
        note("bets", Step.READ, 0, None)
        note("scams", Step.READ, 0, None)
    assert [(one.key, one.step, one.done_bytes) for one in told] == [
        ("bets", Step.FETCH, 0),
        ("bets", Step.READ, 0),
        ("scams", Step.READ, 0),
    ]
    told.clear()
    monkeypatch.setattr(list_progress, "PAUSE_SECONDS", 0.0)
    with updating(tmp_path, told.append) as note:
        for done in range(3):
            note("bets", Step.FETCH, done, None)
    assert [one.done_bytes for one in told] == [0, 1, 2]


def test_an_update_that_raises_leaves_no_progress(tmp_path: Path) -> None:
    def fails() -> None:
        with updating(tmp_path, lambda _: None) as note:
            note("bets", Step.FETCH, 0, None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not (tmp_path / PROGRESS_FILE).exists()


def test_what_a_killed_update_left_is_nothing(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", LEFT, str(tmp_path)], check=False)
    assert (tmp_path / PROGRESS_FILE).exists()
    assert read_progress(tmp_path) is None


@pytest.mark.parametrize("said", ["", "{", "[]", '{"key": "bets", "step": "dance"}'])
def test_what_is_no_progress_is_nothing(tmp_path: Path, said: str) -> None:
    (tmp_path / PROGRESS_FILE).write_text(said)
    with locked(tmp_path / UPDATING):
        assert read_progress(tmp_path) is None


def test_a_disk_that_takes_no_progress_stops_no_update(tmp_path: Path) -> None:
    told: list[Progress] = []
    (tmp_path / f"{PROGRESS_FILE}.new").mkdir()
    with updating(tmp_path, told.append) as note:
        note("bets", Step.FETCH, 0, None)
    assert len(told) == 1
