"""One entry of a published list: a name, and what the list claims of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from typing import NamedTuple

SPELLINGS = ("www.", "m.")


class Claim(IntFlag):
    """What an entry says of its name. The numbers stand in compiled tables: docs/domain-table.md."""

    HOST = 1
    """The name itself, also with `www.` or `m.` in front."""
    BELOW = 2
    """Every name below it."""
    TREE = 3
    """Both."""
    EXCEPT = 4
    """The list opens it: an exception to the list's own entries, never to another list's."""
    IMPORTANT = 8
    """Beats the list's exceptions."""
    PAGES = 16
    """Nothing of the name itself: the list has pages there."""


_HOST, _BELOW, _EXCEPT, _IMPORTANT = (
    int(claim) for claim in (Claim.HOST, Claim.BELOW, Claim.EXCEPT, Claim.IMPORTANT)
)
"""As plain numbers: an IntFlag's own operators cost ten times as much, and a request waits here."""


class Entry(NamedTuple):
    """What one line of a list says of one name."""

    line: int
    """1 for the first."""
    name: str
    """A host in normal form."""
    claim: Claim
    """For a page: of the page only."""
    path: str = ""
    """Empty: the entry is of a name. Else it is of one page there, `/path?query`, and never of its host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A list, as far as an answer names it."""

    name: str
    """As people call it: `hostsvn-adult`."""
    categories: tuple[str, ...] = ()
    """Keys of the catalog under which its entries fall."""


def bare(host: str) -> str:
    """The host without the `www.` or `m.` that lists of single hosts leave out: who names one site means both spellings.

    Of hostsVN's 22,164 adult domains, as a hosts file, 129 stand there with `www.`, too.
    """
    for spelling in SPELLINGS:
        if host.startswith(spelling):
            return host[len(spelling) :]
    return host


def speaks_of(claim: int, *, is_itself: bool) -> bool:
    """Whether a claim about a name covers a host that is that name (or is it when `bare`), or else is below it."""
    return bool(int(claim) & (_HOST if is_itself else _BELOW))


def weight(claim: int) -> int:
    """Which of a list's claims about one host wins: the heaviest. Even ones block, odd ones open.

    Source: AdGuard's DNS filtering syntax: an exception beats an entry, `$important` beats both.
    """
    return bool(int(claim) & _EXCEPT) + 2 * bool(int(claim) & _IMPORTANT)


def is_closed(claims: Iterable[int]) -> bool:
    """Whether a list that makes these claims about a host blocks it. False for none."""
    heaviest = max(map(weight, claims), default=1)
    return heaviest % 2 == 0
