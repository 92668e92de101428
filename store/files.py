"""How a file is replaced so that a crash leaves the old content or the new, and one writer at a time.

Porchlight runs on Linux and macOS: the locks are flock(2).
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NEW_FILE_MODE = 0o600
"""For the family's eyes only."""

type Stamp = tuple[int, int, int]
"""Of a file: when it was written, its size, its number on the disk."""


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Keep every other process and thread that asks for the same path waiting. The lock lives in `path`.lock, which stays.

    Raises:
        BlockingIOError: somebody has the lock, and we do not wait.
    """
    lock = path.with_name(f"{path.name}.lock")
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(lock, flags, NEW_FILE_MODE)
    try:
        give_to_household(lock, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        # closing gives the lock up; a kill -9 closes too
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether somebody has the lock of a path just now."""
    try:
        with locked(path, wait=False):
            return False
    except BlockingIOError:
        return True


def give_to_household(path: Path, descriptor: int) -> None:
    """Let a new file be its folder's owner's: after one `sudo porchlight` its own service could open it no more."""
    if os.geteuid() == 0 and not path.is_symlink():
        found = path.parent.stat()
        os.fchown(descriptor, found.st_uid, found.st_gid)


def stamp(path: Path) -> Stamp | None:
    """What changes with a file, None if it is not there or may not be looked at. Costs a `stat`."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def replace_text(path: Path, text: str) -> None:
    """Put a text in the place of a file, as `replace_bytes` does."""
    replace_bytes(path, text.encode("utf-8"))


def replace_bytes(
    path: Path, content: bytes, *, check: Callable[[Path], object] = lambda _beside: None
) -> None:
    """Put bytes in the place of a file, whole or not at all; mode and owner stay. Call it inside `locked(path)`.

    A symbolic link stays one: what it points at is replaced.

    Args:
        path: The file.
        content: What it holds from then on.
        check: Called with the new file before it takes the place; the old one stays if this raises.

    Raises:
        OSError: the disk refused; the old file is untouched.
    """
    target = path.resolve()
    beside = target.with_name(f".{target.name}.new")
    # the name is fixed, so that what a crash left is overwritten, not gathered
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(beside, flags, NEW_FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        _take_after(target, descriptor)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    check(beside)
    beside.replace(target)
    _sync_folder(target.parent)


def _take_after(target: Path, descriptor: int) -> None:
    try:
        old = target.stat()
    except FileNotFoundError:
        give_to_household(target, descriptor)
        return
    if os.geteuid() == 0:
        # a service run by root must not take a parent's own file away from them
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, old.st_mode & 0o7777)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
