"""What differs between two texts, as lines to show. Said by a sign and a word, never by colour alone."""

from dataclasses import dataclass
from difflib import unified_diff
from enum import Enum

_HEAD_LINES = 2
"""`---` and `+++`, which name files that a parent does not have."""


class Kind(Enum):
    """What happened to a line. The value is its sign."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    GAP = "@"
    """Lines that are the same in both were left out here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the comparison."""

    kind: Kind
    text: str


def changed(old: str, new: str) -> tuple[Line, ...]:
    """The lines that differ, with three around them. Empty: the texts are the same."""
    lines = list(unified_diff(old.splitlines(), new.splitlines(), lineterm=""))
    return tuple(Line(kind=Kind(line[0]), text=line[1:]) for line in lines[_HEAD_LINES:])
