"""Doors are kept open, and closed together."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest

from commands import supervisor
from commands.supervisor import NO_DOOR, Events, Program, StartFailed, Stop, Supervisor, read_ready

DOOR = """
import os, signal, sys, time
from pathlib import Path
name, *does = sys.argv[1:]
Path(name + ".pids").open("a").write(f"{os.getpid()}\\n")
if "dies" in does: sys.exit(7)
if "stubborn" in does: signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "refuses" in does:
    print("the port is taken", file=sys.stderr)
    sys.exit(3)
if "doorless" in does: print('{"ready": true}', flush=True)
elif "silent" not in does: print('{"ready": true, "port": %d}' % (4000 + len(name)), flush=True)
print("hello from " + name, flush=True)
time.sleep(60)
"""


class House:
    """A supervisor of small fake doors, running in a thread."""

    def __init__(self, place: Path, *doors: tuple[str, ...]) -> None:
        (place / "door.py").write_text(DOOR)
        self.place = place
        self.events: Events = SimpleQueue()
        self.said: list[str] = []
        self.ready: list[Mapping[str, int]] = []
        self.failure: StartFailed | None = None
        self.supervisor = Supervisor(
            tuple(
                Program(name=name, title=f"The {name}", command=("door", str(place / name), *does))
                for name, *does in doors
            ),
            environ=dict(os.environ),
            events=self.events,
            tell=self.said.append,
        )
        self.thread = Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.supervisor.run(self.ready.append)
        except StartFailed as error:
            self.failure = error

    def pids(self, name: str) -> list[int]:
        path = self.place / f"{name}.pids"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def are_gone(self) -> bool:
        return not any(
            is_alive(pid) for path in self.place.glob("*.pids") for pid in self.pids(path.stem)
        )

    def stop(self) -> None:
        self.events.put(Stop())
        self.thread.join(timeout=20)
        assert not self.thread.is_alive()


type Open = Callable[..., House]


@pytest.fixture
def open_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    houses: list[House] = []
    # The fake doors lie beside the packages, which commands.child needs.
    (tmp_path / "commands").symlink_to(supervisor.ROOT / "commands")
    monkeypatch.setattr(supervisor, "ROOT", tmp_path)

    def start(*doors: tuple[str, ...]) -> House:
        house = House(tmp_path, *doors)
        houses.append(house)
        house.thread.start()
        return house

    yield start
    for house in houses:
        house.stop()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def has_started(house: House, *, times: int) -> bool:
    return len(house.pids("a")) == times


def wait_for(claim: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


def test_it_says_once_that_all_are_ready_and_where(open_house: Open) -> None:
    house = open_house(("a",), ("bb",))
    wait_for(lambda: house.ready)
    first = len(str(house.place / "a"))
    assert house.ready == [{"a": 4000 + first, "bb": 4001 + first}]


def test_a_program_without_a_door_is_ready_when_it_says_so(open_house: Open) -> None:
    house = open_house(("a",), ("b", "doorless"))
    wait_for(lambda: house.ready)
    assert house.ready[0]["b"] == NO_DOOR


def test_a_stop_ends_all_children(open_house: Open) -> None:
    house = open_house(("a",), ("b",))
    wait_for(lambda: house.ready)
    assert not house.are_gone()
    house.stop()
    assert house.are_gone()
    assert house.failure is None


def test_a_child_that_will_not_stop_is_killed(
    open_house: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE_SECONDS", 0.5)
    house = open_house(("a", "stubborn"))
    wait_for(lambda: house.ready)
    house.stop()
    assert house.are_gone()


def test_a_dead_child_is_back_within_a_second(open_house: Open) -> None:
    house = open_house(("a",), ("b",))
    wait_for(lambda: house.ready)
    os.kill(house.pids("a")[0], signal.SIGKILL)
    wait_for(lambda: len(house.pids("a")) == 2, seconds=1.0)
    assert len(house.pids("b")) == 1
    assert len(house.ready) == 1
    assert "The a ended (status -9); starting it again." in house.said


def test_a_child_that_dies_again_and_again_is_started_more_and_more_slowly(
    open_house: Open,
) -> None:
    house = open_house(("a",))
    for deaths in range(1, 4):
        wait_for(partial(has_started, house, times=deaths))
        wait_for(lambda: house.ready)
        died = time.monotonic()
        os.kill(house.pids("a")[-1], signal.SIGKILL)
    wait_for(lambda: len(house.pids("a")) == 4)
    assert time.monotonic() - died > supervisor.PAUSES_SECONDS[2]


def test_a_child_that_never_comes_up_ends_the_start(open_house: Open) -> None:
    house = open_house(("a",), ("b", "dies"))
    house.thread.join(timeout=20)
    assert str(house.failure) == "The b did not come up: it ended 3 times at once."
    assert house.ready == []
    assert house.are_gone()


def test_a_child_that_says_what_stands_in_the_way_is_not_started_again(open_house: Open) -> None:
    house = open_house(("a",), ("b", "refuses"))
    house.thread.join(timeout=20)
    assert str(house.failure) == ""
    assert len(house.pids("b")) == 1
    assert house.are_gone()


def test_a_child_that_never_answers_ends_the_start(
    open_house: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STARTUP_SECONDS", 1.0)
    house = open_house(("a", "silent"))
    house.thread.join(timeout=20)
    assert str(house.failure) == "The a did not answer within 1 seconds."
    assert house.are_gone()


def test_what_a_child_says_is_passed_on(open_house: Open) -> None:
    house = open_house(("a",))
    wait_for(lambda: f"a: hello from {house.place / 'a'}" in house.said)


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ('{"ready": true, "port": 8080}\n', 8080),
        ('{"ready": true}\n', NO_DOOR),
        ('{"ready": false, "port": 8080}', None),
        ("[1]", None),
        ("listening on 8080", None),
        ("", None),
    ],
)
def test_a_ready_line_is_told_from_other_words(line: str, port: int | None) -> None:
    assert read_ready(line) == port
