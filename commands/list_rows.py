"""What `porchlight lists` prints, for people and as JSON. The keys are a promise: README, "What scripts may rely on"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rules.guard import GuardGroup
from rules.list_entry import Claim, Entry, Source, is_closed
from rules.list_names import Skip
from rules.list_text import ListText
from store.list_words import printable
from store.lists import load_guard

type Row = dict[str, object]

LANGUAGE = "en"
LEAST_STATED = 0.98
"""A list that has fewer lines than this part of what it says of itself is cut short."""
PAGES_SHOWN = 5
WHY = {
    Skip.UNSUPPORTED: "rules that say more than to block a name",
    Skip.UNREADABLE: "not of this format, or no host",
    Skip.ADDRESS: "IP addresses",
    Skip.NO_DOT: "names of this machine or house",
    Skip.SUFFIX: "a registry's, such as com.vn",
    Skip.GUARD: "what no list may block; these entries are not obeyed",
}
CLAIMS = {
    Claim.HOST: "the host only",
    Claim.BELOW: "everything below",
    Claim.TREE: "the host and everything below",
}


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """A list that has been read to its end."""

    file: Path
    text: ListText
    distinct: int
    """Different names."""

    @property
    def is_short(self) -> bool:
        """Whether there is less than the list says of itself."""
        lines = self.text.entries + sum(one.count for one in self.text.skipped.values())
        return self.text.stated is not None and lines < LEAST_STATED * self.text.stated


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntry:
    """An entry that speaks of the host."""

    line: int | None
    """None in a table, which keeps no lines."""
    name: str
    claim: Claim
    guard: GuardGroup | None
    """Because of which it is not obeyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one list says of a host."""

    source: Source
    file: Path
    entries: tuple[HeldEntry, ...] = ()
    """Empty: it says nothing."""
    pages: tuple[Entry, ...] = ()
    """Entries of single pages there."""

    @property
    def is_blocked(self) -> bool:
        """Whether the list blocks the host."""
        return is_closed(entry.claim for entry in self.entries if entry.guard is None)


def inspect_row(found: Inspection) -> Row:
    """An inspection for scripts."""
    text = found.text
    return {
        "file": str(found.file),
        "format": text.format.value,
        "header": text.header,
        "entries": text.entries,
        "distinct": found.distinct,
        "pages": text.pages,
        "claims": {_claim(claim): count for claim, count in sorted(text.claims.items())},
        "stated": text.stated,
        "is_short": found.is_short,
        "skipped": {
            reason.value: {
                "count": one.count,
                "examples": [{"line": each.line, "text": each.text} for each in one.examples],
            }
            for reason, one in text.skipped.items()
        },
        "guard": {key: one.count for key, one in text.guarded.items()},
    }


def inspect_lines(found: Inspection) -> str:
    """An inspection for people."""
    return "\n".join(_inspect_lines(found))


def _inspect_lines(found: Inspection) -> Iterator[str]:
    text = found.text
    yield f"{found.file.name}: format {text.format.value}"
    for key, said in text.header.items():
        yield f"  {key}: {printable(said)}"
    yield f"  entries: {text.entries:,}, distinct domains: {found.distinct:,}"
    for claim, count in sorted(text.claims.items()):
        yield f"    {_claim(claim)}: {count:,}"
    if text.pages:
        yield f"  pages: {text.pages:,}, which are not taken for their sites"
    if found.is_short:
        yield f"  warning: it says it has {text.stated:,} entries and may be cut short"
    yield from _skipped_lines(text)


def _skipped_lines(text: ListText) -> Iterator[str]:
    for reason, one in text.skipped.items():
        yield f"  skipped, {reason.value}: {one.count:,} ({WHY[reason]})"
        for each in one.examples:
            yield f"    line {each.line}: {printable(each.text)}"
    for group in load_guard().groups:
        if kept := text.guarded.get(group.key):
            yield f"  kept open, {group.key}: {kept.count:,} ({group.why[LANGUAGE]})"


def held_row(held: Held) -> Row:
    """What one list says of a host, for scripts."""
    return {
        "list": held.source.name,
        "file": str(held.file),
        "categories": list(held.source.categories),
        "blocked": held.is_blocked,
        "entries": [
            {
                "line": entry.line,
                "name": entry.name,
                "claim": _claim(entry.claim),
                "guard": entry.guard and entry.guard.key,
            }
            for entry in held.entries
        ],
        "pages": [{"line": page.line, "path": page.path} for page in held.pages],
    }


def held_lines(host: str, held: Sequence[Held]) -> str:
    """What all lists say of a host, for people."""
    return "\n".join(line for one in held for line in _held_lines(host, one))


def _held_lines(host: str, held: Held) -> Iterator[str]:
    categories = f" ({', '.join(held.source.categories)})" if held.source.categories else ""
    blocks = "blocks" if held.is_blocked else "does not block"
    yield f"{held.source.name}{categories}: {blocks} {host}"
    for entry in held.entries:
        line = "" if entry.line is None else f"line {entry.line}: "
        kept = f"; not obeyed: {entry.guard.why[LANGUAGE]}" if entry.guard else ""
        yield f"  {line}{entry.name}, {_claim(entry.claim)}{kept}"
    for page in held.pages[:PAGES_SHOWN]:
        yield f"  line {page.line}: only the page {page.name}{page.path}"
    if len(held.pages) > PAGES_SHOWN:
        yield f"  and {len(held.pages) - PAGES_SHOWN:,} more pages"


def _claim(claim: Claim) -> str:
    number = int(claim)
    said = CLAIMS[Claim(number & Claim.TREE)]
    if number & Claim.EXCEPT:
        said = f"exception: {said}"
    return f"{said}, before all exceptions" if number & Claim.IMPORTANT else said
