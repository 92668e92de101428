"""Keeps the processes of a house running: starts them, says when all are ready, brings back the dead, stops them all.

Law: whatever ends the supervisor ends its children too (commands/child.py sees to a kill -9).
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

ROOT = Path(__file__).parent.parent
"""The folder of the packages."""
STARTUP_SECONDS = 60.0
"""In which every door must answer for the first time."""
STARTUP_DEATHS = 3
"""Deaths of one door before it ever answered, after which the start has failed."""
IN_THE_WAY = frozenset({2, 3})
"""A door's exit status for: a setting or another program stands in the way, I have said what on standard error."""
PAUSES_SECONDS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Before a door is started again, by how often it died in a row."""
HEALTHY_SECONDS = 60.0
"""A door that lived so long is forgiven its earlier deaths."""
NO_DOOR = 0
"""The port of a program that answers nobody; it says alone that it runs."""
PATIENCE_SECONDS = 5.0
"""Between asking a door to close and killing it."""


class StartFailed(Exception):  # noqa: N818  # said of the start, as KeyboardInterrupt is of a key
    """A door did not come up; the message is one sentence for people, empty if the door has said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What one child runs."""

    name: str
    """`proxy-1`, `admin`, `lists`."""
    title: str
    """For people: "The filter", to begin a sentence."""
    command: tuple[str, ...]
    """The module and its arguments."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody asked to stop."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A child's door answers, or it runs and has none."""

    name: str
    port: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A child is gone."""

    name: str
    status: int


type Events = SimpleQueue[Stop | Ready | Ended]


@dataclass(slots=True, kw_only=True)
class Child:
    """A program's process as it comes and goes."""

    program: Program
    process: subprocess.Popen[str] | None = None
    listener: Thread | None = None
    """Reads what the process says until it ends."""
    started: float = 0.0
    """Monotonic seconds."""
    due: float = 0.0
    """Monotonic seconds: when to start it, while there is no process."""
    deaths: int = 0
    """In a row."""
    port: int | None = None
    """Where it answered first; NO_DOOR if it does not. None: not yet."""


class Supervisor:
    """Runs programs as child processes until it is told to stop."""

    def __init__(
        self,
        programs: tuple[Program, ...],
        *,
        environ: Mapping[str, str],
        events: Events,
        tell: Callable[[str], None],
    ) -> None:
        """Start nothing yet. `tell` takes one line for people; whoever puts a Stop into `events` ends `run`."""
        self._children = {program.name: Child(program=program) for program in programs}
        # -P and this path: a folder named `proxy` where the user happens to stand is not ours.
        self._environ = {**environ, "PYTHONPATH": str(ROOT)}
        self._events = events
        self._tell = tell
        self._deadline = float("inf")

    def run(self, when_ready: Callable[[Mapping[str, int]], None]) -> None:
        """Run until a Stop comes; `when_ready` is called once, with the ports by name.

        Raises:
            StartFailed: a door did not come up; all children are stopped then.
        """
        self._deadline = time.monotonic() + STARTUP_SECONDS
        try:
            while True:
                self._start_due()
                try:
                    event = self._events.get(timeout=self._pause())
                except Empty:
                    continue
                if isinstance(event, Stop):
                    return
                if isinstance(event, Ended):
                    self._note_end(event)
                elif self._note_ready(event):
                    self._deadline = float("inf")
                    when_ready({name: child.port or 0 for name, child in self._children.items()})
        finally:
            self._stop_all()

    def _start_due(self) -> None:
        now = time.monotonic()
        if now > self._deadline:
            late = next(child for child in self._children.values() if child.port is None)
            raise StartFailed(
                f"{late.program.title} did not answer within {STARTUP_SECONDS:.0f} seconds."
            )
        for child in self._children.values():
            if child.process is None and child.due <= now:
                self._start(child, now)

    def _start(self, child: Child, now: float) -> None:
        child.started = now
        child.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "commands.child", *child.program.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._environ,
            process_group=0,  # Ctrl-C reaches us alone, and we close the doors in order
        )
        arguments = (child.program.name, child.process)
        child.listener = Thread(target=self._listen, args=arguments, daemon=True)
        child.listener.start()

    def _listen(self, name: str, process: subprocess.Popen[str]) -> None:
        with process:
            for line in process.stdout or ():
                port = read_ready(line)
                if port is None:
                    self._tell(f"{name}: {line.rstrip()}")
                else:
                    self._events.put(Ready(name, port))
        self._events.put(Ended(name, process.returncode))

    def _pause(self) -> float:
        """Seconds until something is due."""
        due = [child.due for child in self._children.values() if child.process is None]
        return max(0.0, min([*due, self._deadline, time.monotonic() + 60.0]) - time.monotonic())

    def _note_ready(self, event: Ready) -> bool:
        """Whether the last of the doors has answered just now, for the first time."""
        was_complete = all(child.port is not None for child in self._children.values())
        child = self._children[event.name]
        child.port = event.port
        return not was_complete and all(child.port is not None for child in self._children.values())

    def _note_end(self, event: Ended) -> None:
        child = self._children[event.name]
        now = time.monotonic()
        child.deaths = 1 if now - child.started > HEALTHY_SECONDS else child.deaths + 1
        child.process = None
        title = child.program.title
        if child.port is None and event.status in IN_THE_WAY:
            raise StartFailed
        if child.port is None and child.deaths >= STARTUP_DEATHS:
            raise StartFailed(f"{title} did not come up: it ended {child.deaths} times at once.")
        child.due = now + PAUSES_SECONDS[min(child.deaths, len(PAUSES_SECONDS)) - 1]
        self._tell(f"{title} ended (status {event.status}); starting it again.")

    def _stop_all(self) -> None:
        processes = [child.process for child in self._children.values() if child.process]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process in processes:
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        for child in self._children.values():
            if child.listener:
                child.listener.join()


def read_ready(line: str) -> int | None:
    """The port in a program's `{"ready": true, "port": N}`, NO_DOOR if it names none, None for any other line."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    if not isinstance(row, dict) or row.get("ready") is not True:
        return None
    return int(row.get("port", NO_DOOR))
