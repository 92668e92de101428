"""The keys that scripts rely on, and the sentences that people read."""

from pathlib import Path

from commands.list_rows import (
    Held,
    HeldEntry,
    Inspection,
    held_lines,
    held_row,
    inspect_lines,
    inspect_row,
)
from rules.list_entry import Claim, Entry, Source
from rules.list_text import read_list
from store.lists import load_guard

FILE = Path("bad.txt")
TEXT = """\
! Title: Bad sites
! Number of entries: 100
||a.com^
||a.com^
@@||ok.a.com^$important
||www.facebook.com^
||b.com^$third-party
"""


def inspection() -> Inspection:
    text = read_list(TEXT.splitlines(), guard=load_guard())
    distinct = len({entry.name for entry in text})
    return Inspection(file=FILE, text=text, distinct=distinct)


def test_an_inspection_for_scripts() -> None:
    assert inspect_row(inspection()) == {
        "file": "bad.txt",
        "format": "adblock",
        "header": {"title": "Bad sites", "number of entries": "100"},
        "entries": 3,
        "distinct": 2,
        "pages": 0,
        "claims": {
            "the host and everything below": 2,
            "exception: the host and everything below, before all exceptions": 1,
        },
        "stated": 100,
        "is_short": True,
        "skipped": {
            "guard": {"count": 1, "examples": [{"line": 6, "text": "||www.facebook.com^"}]},
            "unsupported": {
                "count": 1,
                "examples": [{"line": 7, "text": "||b.com^$third-party"}],
            },
        },
        "guard": {"gathering": 1},
    }


def test_an_inspection_for_people() -> None:
    said = inspect_lines(inspection())
    assert said.startswith("bad.txt: format adblock\n  title: Bad sites\n")
    assert "  entries: 3, distinct domains: 2\n" in said
    assert "  warning: it says it has 100 entries and may be cut short\n" in said
    assert "    line 6: ||www.facebook.com^\n" in said
    assert "  kept open, gathering: 1 (where people meet" in said


def test_no_list_steers_the_terminal() -> None:
    text = read_list(["! Title: a\x1b[2Jb\x9b\n", "||a.com^\n", "||b.com^$\x1b]0;c\x07\n"])
    distinct = len(list(text))
    said = inspect_lines(Inspection(file=FILE, text=text, distinct=distinct))
    assert "a\ufffd[2Jb\ufffd" in said
    assert all(line.isprintable() for line in said.splitlines())


HELD = Held(
    source=Source(name="bad", categories=("adult",)),
    file=FILE,
    entries=(
        HeldEntry(
            line=3, name="facebook.com", claim=Claim.TREE, guard=load_guard().names["facebook.com"]
        ),
        HeldEntry(line=4, name="x.facebook.com", claim=Claim.HOST, guard=None),
    ),
    pages=tuple(Entry(number, "x.facebook.com", Claim.HOST, f"/{number}") for number in range(7)),
)


def test_what_a_list_says_of_a_host_for_scripts() -> None:
    row = held_row(HELD)
    assert row["blocked"] is True
    assert row["categories"] == ["adult"]
    assert row["entries"] == [
        {
            "line": 3,
            "name": "facebook.com",
            "claim": "the host and everything below",
            "guard": "gathering",
        },
        {"line": 4, "name": "x.facebook.com", "claim": "the host only", "guard": None},
    ]
    assert list(row) == ["list", "file", "categories", "blocked", "entries", "pages"]


def test_what_a_list_says_of_a_host_for_people() -> None:
    said = held_lines("x.facebook.com", [HELD]).splitlines()
    assert said[0] == "bad (adult): blocks x.facebook.com"
    assert said[1].startswith("  line 3: facebook.com, the host and everything below; not obeyed: ")
    assert said[2] == "  line 4: x.facebook.com, the host only"
    assert said[3] == "  line 0: only the page x.facebook.com/0"
    assert said[-1] == "  and 2 more pages"
    assert len(said) == 9


def test_a_list_that_says_nothing_does_not_block() -> None:
    silent = Held(source=Source(name="bad"), file=FILE)
    assert not silent.is_blocked
    assert held_lines("a.com", [silent]) == "bad: does not block a.com"


def test_a_list_whose_only_entry_the_guard_refuses_does_not_block() -> None:
    refused = Held(source=Source(name="bad"), file=FILE, entries=HELD.entries[:1])
    assert not refused.is_blocked
