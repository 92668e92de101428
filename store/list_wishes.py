"""What a parent asks of the keeper from another process: update the lists now."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from store.files import NEW_FILE_MODE, locked

WISHES_FILE = ".wishes"
"""In the folder of lists; begins with a dot, so that it is never a list's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which lists are to be asked for now, whether they are due or not."""

    keys: tuple[str, ...] = ()
    """Of subscriptions. Empty: all that are on."""
    may_shrink: bool = False
    """The parent has said that a list may be less than half of what it was."""


_WISH = TypeAdapter(Wish)


def wish(folder: Path, keys: Collection[str] = (), *, may_shrink: bool = False) -> None:
    """Ask the keeper to update these lists now, or all. Costs no waiting: it begins within about a second.

    Raises:
        OSError: the disk refused.
    """
    line = json.dumps(asdict(Wish(keys=tuple(keys), may_shrink=may_shrink)))
    path = folder / WISHES_FILE
    with locked(path), path.open("a", encoding="utf-8") as file:
        path.chmod(NEW_FILE_MODE)
        file.write(f"{line}\n")


def is_wished(folder: Path) -> bool:
    """Whether a wish waits for the keeper. Costs a `stat`."""
    return (folder / WISHES_FILE).exists()


def take_wishes(folder: Path) -> tuple[Wish, ...]:
    """The wishes that wait, each once; they wait no more. What is no wish is dropped."""
    path = folder / WISHES_FILE
    with locked(path):
        try:
            lines = path.read_bytes().splitlines()
        except FileNotFoundError:
            return ()
        path.unlink()
    return tuple(dict.fromkeys(one for line in lines for one in _read(line)))


def _read(line: bytes) -> tuple[Wish, ...]:
    try:
        return (_WISH.validate_json(line),)
    except ValidationError:
        return ()
