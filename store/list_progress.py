"""How far an update of the lists is, as the pages and the terminal show it while it goes on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from os import getpid
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from store.files import is_locked, locked

PROGRESS_FILE = ".progress"
"""In the folder of lists; begins with a dot, so that it is never a list's name."""
UPDATING = ".update"
"""In the folder of lists: who has the lock of this path updates them."""
PAUSE_SECONDS = 0.25
"""Between two writes while a step goes on."""


class Step(Enum):
    """What is done with a list."""

    FETCH = "fetch"
    """It comes from its server, or from the family's own file."""
    READ = "read"
    """It is looked through: is this a list?"""
    COMPILE = "compile"
    """It is put into the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one step of one list is."""

    key: str
    """The subscription's."""
    step: Step
    done_bytes: int = 0
    total_bytes: int | None = None
    """None: nobody knows yet."""
    at: datetime
    """Aware, UTC: when this was so."""
    pid: int
    """The process that works."""


type Tell = Callable[[Progress], object]
"""Told at each step, and while it goes on."""
type Note = Callable[[str, Step, int, int | None], None]
"""Called with a list's key, what is done with it, and how many bytes of how many."""

_PROGRESS = TypeAdapter(Progress)


def read_progress(folder: Path) -> Progress | None:
    """How far the update is that goes on in a folder of lists; None if none does. What a killed one left is nothing."""
    try:
        found = _PROGRESS.validate_json((folder / PROGRESS_FILE).read_bytes())
    except (OSError, ValidationError):
        return None
    return found if is_locked(folder / UPDATING) else None


@contextmanager
def updating(folder: Path, tell: Tell) -> Iterator[Note]:
    """Let nobody else update the lists in the block; wait for who does. What is noted in it is written down and told."""
    path = folder / PROGRESS_FILE
    with locked(folder / UPDATING):
        try:
            yield _note(path, tell)
        finally:
            path.unlink(missing_ok=True)


def _note(path: Path, tell: Tell) -> Note:
    last: tuple[str, Step] | None = None
    written = 0.0

    def note(key: str, step: Step, done: int, total: int | None) -> None:
        nonlocal last, written
        now = time.monotonic()
        if (key, step) == last and now - written < PAUSE_SECONDS:
            return
        last, written = (key, step), now
        progress = Progress(
            key=key,
            step=step,
            done_bytes=done,
            total_bytes=total,
            at=datetime.now(UTC),
            pid=getpid(),
        )
        with suppress(OSError):  # a full disk is the update's own matter
            _write(path, progress)
        tell(progress)

    return note


def _write(path: Path, progress: Progress) -> None:
    """Replace the file at once. Unlike what lasts it is not synced: four times a second would wear out a card."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(_PROGRESS.dump_json(progress))
    beside.replace(path)
