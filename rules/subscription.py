"""What the rule file says of published lists: which are used, and what they have wrong.

As in rules/policy.py, a docstring under a field is written for parents.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A published list that the family uses: one of Porchlight's offers, or one of its own."""

    key: str
    """Its name in the file, which entries may use, too."""
    line: int
    category: str | None
    """Under which all that the list names falls. Without it: the list's own, if Porchlight offers it; else
    the list counts only where a line names it."""
    url: str | None = None
    """Where the list is published."""
    file: str | None = None
    """The list is a file that you have put into the folder `lists/own` of Porchlight's home."""
    every: timedelta = timedelta(days=1)
    """How often it is fetched. Without it: as often as suits the list, if Porchlight offers it; else `1d`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What lists have wrong about one site, as the family says."""

    host: str
    """In normal form, with everything below it."""
    topics: frozenset[str]
    """What the site, with all below it, does not belong to, whatever a list says."""
    line: int
    note: str = ""
    """Why. Without it: nothing."""
