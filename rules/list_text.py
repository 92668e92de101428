"""Published lists' text -> entries, and what was skipped and why. Streams: a list is never whole in memory."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from rules.guard import Guard, GuardGroup
from rules.list_entry import Claim, Entry
from rules.list_formats import GRAMMARS, Format, Grammar, Saying, recognise
from rules.list_names import Skip, guarded_by, listed_name, objection

NO_GUARD = Guard()
EXAMPLES_KEPT = 5
LONGEST_EXAMPLE = 120
"""Characters; the rest of a line is cut."""
HEAD_LINES = 2000
"""Lines by which the format is recognised; the longest comment at the head of a known list has 60."""
LONGEST_QUICK_NAME = 63
"""Characters: no shorter name has a label that is too long."""
MOST_ENTRIES = 1 << 23
"""Of one list, and of what is skipped for one reason; the largest that is published (UT1 adult) has 4.5 million."""
HEADER_LINES = 60
"""Lines at the head in which a list introduces itself."""

_HEADER = re.compile(
    r"[#!;]\s*(title|version|last modified|expires|number of (?:entries|domains|rules)|entries|blocked):\s*(\S.*)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d.,]{,19}")
"""Python reads no number of thousands of digits, and no list has such."""
_STATED = ("number of entries", "number of domains", "number of rules", "entries", "blocked")


class TooManyEntriesError(ValueError):
    """Packed, a hundred million entries are a few hundred kilobytes, and their table fills any memory."""

    def __init__(self) -> None:
        super().__init__("it has more entries than any list")


@dataclass(frozen=True, slots=True)
class Example:
    """One line that was skipped."""

    line: int
    """1 for the first."""
    text: str


@dataclass(slots=True)
class Skipped:
    """What was skipped for one reason."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)
    """The first few."""

    def take(self, line: int, text: str) -> None:
        """Count one more, and keep it if it is among the first."""
        self.count += 1
        if len(self.examples) < EXAMPLES_KEPT:
            self.examples.append(Example(line, text[:LONGEST_EXAMPLE]))


@dataclass(slots=True, eq=False)
class ListText:
    """One list being read. Iterate once for its entries; what is counted is complete after that."""

    format: Format
    lines: Iterable[str] = field(repr=False)
    guard: Guard
    header: dict[str, str]
    """What the list says of itself: `title`, `version`, `last modified`, `expires`, its number of entries."""
    claims: Counter[Claim] = field(default_factory=Counter)
    """How many entries of names claim what."""
    pages: int = 0
    """Entries of pages, which are never taken for their hosts."""
    skipped: dict[Skip, Skipped] = field(default_factory=dict)
    guarded: dict[str, Skipped] = field(default_factory=dict)
    """What each group of guarded hosts refused, by its key."""

    @property
    def entries(self) -> int:
        """How many entries of names there are, twice those that stand twice."""
        return self.claims.total()

    @property
    def stated(self) -> int | None:
        """How many entries the list says it has; None if it does not."""
        text = next((self.header[key] for key in _STATED if key in self.header), "")
        digits = _NUMBER.match(text)
        return int(re.sub(r"[.,]", "", digits[0])) if digits else None

    def __iter__(self) -> Iterator[Entry]:
        grammar = GRAMMARS[self.format]
        usual, claim = grammar.usual.fullmatch, grammar.claim
        count = 0
        for number, raw in enumerate(self.lines, start=1):
            match = usual(line := raw.rstrip())
            # this way is taken a million times: no copies, no calls that can be spared
            if match and len(name := match["name"]) <= LONGEST_QUICK_NAME and "xn--" not in name:
                if not (refusal := objection(name) or guarded_by(self.guard, name, claim)):
                    count += 1
                    if count > MOST_ENTRIES:
                        raise TooManyEntriesError
                    yield Entry(number, name, claim)
                    continue
                self._skip(refusal, number, line)
            elif (line := line.strip()) and not line.startswith(grammar.comments):
                yield from self._long_way(grammar, number, line)
        if count:
            self.claims[claim] += count

    def _long_way(self, grammar: Grammar, number: int, line: str) -> Iterator[Entry]:
        for said in grammar.reader(line):
            found = said if isinstance(said, Skip) else self._entry(number, said)
            if not isinstance(found, Entry):
                self._skip(found, number, line)
                continue
            if found.path:
                self.pages += 1
            else:
                self.claims[found.claim] += 1
            if self.entries + self.pages > MOST_ENTRIES:
                raise TooManyEntriesError
            yield found

    def _entry(self, number: int, said: Saying) -> Entry | Skip | GuardGroup:
        name = listed_name(said.name)
        if isinstance(name, Skip):
            return name
        if not said.path and (group := guarded_by(self.guard, name, said.claim)):
            return group
        return Entry(number, name, said.claim, said.path)

    def _skip(self, reason: Skip | GuardGroup, number: int, line: str) -> None:
        if isinstance(reason, GuardGroup):
            self.guarded.setdefault(reason.key, Skipped()).take(number, line)
            reason = Skip.GUARD
        skipped = self.skipped.setdefault(reason, Skipped())
        skipped.take(number, line)
        if skipped.count > MOST_ENTRIES:
            raise TooManyEntriesError


def read_list(lines: Iterable[str], *, guard: Guard = NO_GUARD) -> ListText:
    """A list's entries, its format found from its first lines. Costs about 2 microseconds a line.

    Raises:
        ValueError: most of the first lines are of no format; a web page, perhaps, came in the list's place.
    """
    rest = iter(lines)
    head = list(islice(rest, HEAD_LINES))
    if head:
        head[0] = head[0].removeprefix("\ufeff")
    return ListText(
        format=_format(head), lines=chain(head, rest), guard=guard, header=_header(head)
    )


def _format(head: list[str]) -> Format:
    comments = tuple({mark for grammar in GRAMMARS.values() for mark in grammar.comments} - {"["})
    lines = [line for raw in head if (line := raw.strip()) and not line.startswith(comments)]
    votes = Counter(found for line in lines if (found := recognise(line)))
    if not lines:
        return Format.DOMAINS
    if 2 * votes.total() <= len(lines):
        raise ValueError("most of its lines are of no known format of lists")
    return votes.most_common(1)[0][0]


def _header(head: list[str]) -> dict[str, str]:
    found = (_HEADER.match(line) for line in head[:HEADER_LINES])
    return {match[1].lower(): match[2].strip() for match in found if match}
