import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import list_text
from rules.guard import Guard, GuardGroup
from rules.list_entry import Claim, Entry
from rules.list_formats import Format
from rules.list_names import Skip
from rules.list_text import EXAMPLES_KEPT, Example, Skipped, TooManyEntriesError, read_list

GUARD = Guard(groups=(GuardGroup(key="top", why={}, hosts=frozenset({"facebook.com"})),))
IN_EACH_FORMAT = {
    Format.HOSTS: "# comment\n0.0.0.0 a.com\n0.0.0.0 www.b.com\n",
    Format.DOMAINS: "# comment\na.com\nwww.b.com\n",
    Format.WILDCARD: "# comment\n*.a.com\n*.www.b.com\n",
    Format.URLS: "# comment\nhttps://a.com/\nhttp://www.b.com\n",
    Format.ADBLOCK: "[Adblock Plus]\n! comment\n||a.com^\n||www.b.com^\n",
    Format.DNSMASQ: "# comment\naddress=/a.com/0.0.0.0\nlocal=/www.b.com/\n",
    Format.RPZ: "$TTL 30\n@ SOA localhost. root.localhost. 1 2 3 4 5\n NS localhost.\n; comment\na.com CNAME .\nwww.b.com CNAME .\n",
}

HURTING = [":", "a.", " ", "/", "0:", "#", "||", "a/", "1.", "@", "a ", "*.", "a:b ", "a-"]
HEADS = ("", "0.0.0.0 ", "||", "address=/", "https://", "::", "a CNAME ", "/")
"""Beginnings and repetitions that make a careless expression go back over and over."""


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@pytest.mark.parametrize("form", Format)
def test_each_format_is_found_and_read(form: Format) -> None:
    text = read_list(lines(IN_EACH_FORMAT[form]))
    assert text.format is form
    assert [entry.name for entry in text] == ["a.com", "www.b.com"]
    assert text.entries == 2
    assert text.skipped == {}


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_line_ends_spaces_and_a_mark_of_byte_order_change_nothing(
    form: Format, ending: str
) -> None:
    plain = IN_EACH_FORMAT[form].splitlines()
    odd = ["\ufeff" + plain[0] + ending, *(f"{line} {ending}" for line in plain[1:]), ending]
    assert list(read_list(odd)) == list(read_list(plain))


def test_an_entry_knows_its_line() -> None:
    text = read_list(lines("# head\n\na.com\nB.com\n"))
    assert list(text) == [Entry(3, "a.com", Claim.TREE), Entry(4, "b.com", Claim.TREE)]


def test_what_is_skipped_is_counted_by_reason_with_its_line() -> None:
    text = read_list(lines("a.com\n1.1.1.1\ncom.vn\nlocalhost\nb.com\nno host\n"))
    assert [entry.name for entry in text] == ["a.com", "b.com"]
    assert {reason: one.examples for reason, one in text.skipped.items()} == {
        Skip.ADDRESS: [Example(2, "1.1.1.1")],
        Skip.SUFFIX: [Example(3, "com.vn")],
        Skip.NO_DOT: [Example(4, "localhost")],
        Skip.UNREADABLE: [Example(6, "no host")],
    }


def test_only_the_first_examples_are_kept_and_cut() -> None:
    text = read_list(["a.com\n", *(f"1.1.1.{number}\n" for number in range(100)), "x " * 500])
    assert len(list(text)) == 1
    assert text.skipped[Skip.ADDRESS].count == 100
    assert len(text.skipped[Skip.ADDRESS].examples) == EXAMPLES_KEPT
    assert len(text.skipped[Skip.UNREADABLE].examples[0].text) == 120


def test_a_page_is_never_its_host() -> None:
    text = read_list(lines("https://www.facebook.com/bad\nhttps://evil.com/\nhttps://x.com/?q\n"))
    entries = list(text)
    assert [entry.name for entry in entries if not entry.path] == ["evil.com"]
    assert [(entry.name, entry.path) for entry in entries if entry.path] == [
        ("www.facebook.com", "/bad"),
        ("x.com", "/?q"),
    ]
    assert (text.entries, text.pages) == (1, 2)


@pytest.mark.parametrize("spelling", ["www.facebook.com", "WWW.Facebook.com", "facebook.com."])
def test_what_the_guard_keeps_open_is_counted_and_not_an_entry(spelling: str) -> None:
    text = read_list(["a.com\n", f"{spelling}\n"], guard=GUARD)
    assert [entry.name for entry in text] == ["a.com"]
    assert text.skipped[Skip.GUARD].examples == [Example(2, spelling)]
    assert text.guarded == {"top": Skipped(1, [Example(2, spelling)])}


def test_exceptions_of_a_list_are_entries_of_their_own_kind() -> None:
    text = read_list(lines("||a.com^\n@@||facebook.com^\n||b.com^$important\n"), guard=GUARD)
    assert [(entry.name, entry.claim) for entry in text] == [
        ("a.com", Claim.TREE),
        ("facebook.com", Claim.TREE | Claim.EXCEPT),
        ("b.com", Claim.TREE | Claim.IMPORTANT),
    ]
    assert text.claims.total() == 3


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("# Blocked: 22.622 domains", 22622),
        ("! Number of entries: 18254", 18254),
        ("# Number of domains: 1,234,567", 1234567),
        ("! Entries: many", None),
        (f"! Entries: {'9' * 5000}", 10**20 - 1),
        ("# Title: A list", None),
    ],
)
def test_a_list_says_how_many_entries_it_has(line: str, stated: int | None) -> None:
    assert read_list([f"{line}\n", "a.com\n"]).stated == stated


@pytest.mark.parametrize("line", ["a.com\n", "0.0.0.0 a.com b.com\n", "*.a.com/b\n", "a\n"])
def test_nobody_fills_the_memory_with_entries(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_text, "MOST_ENTRIES", 99)
    list(read_list(["b.org\n"] + [line] * 49))
    with pytest.raises(TooManyEntriesError):
        list(read_list(["b.org\n"] + [line] * 100))


def test_the_head_says_what_the_list_is() -> None:
    text = read_list(lines("! Title: Bad sites\n! Version: 7\n! Expires: 1 days\n||a.com^\n"))
    assert text.header == {"title": "Bad sites", "version": "7", "expires": "1 days"}


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html>\n<html>\n<body>\n<p>Not found</p>\n</body>\n</html>\n",
        '[\n{\n"rank": 1,\n"host": "a.com"\n}\n]\n',
        "404: Not Found here\n",
    ],
)
def test_what_is_no_list_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="no known format"):
        read_list(lines(page))


def test_an_empty_list_has_no_entries() -> None:
    assert list(read_list([])) == []
    assert list(read_list(["# nothing today\n"])) == []


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("unit", HURTING)
def test_a_line_made_to_hurt_takes_no_longer_than_its_length(form: Format, unit: str) -> None:
    usual = lines(IN_EACH_FORMAT[form])
    hurting = [
        head + unit * (16_384 // len(unit)) + end for head in HEADS for end in ("", " !", "/x")
    ]
    began = time.perf_counter()
    assert len(list(read_list([*usual * 30, *hurting]))) >= 60
    assert time.perf_counter() - began < 10


@given(
    st.lists(st.text(max_size=40), max_size=30),
    st.sampled_from(sorted(IN_EACH_FORMAT.items(), key=str)),
)
def test_no_text_breaks_the_reader(noise: list[str], form: tuple[Format, str]) -> None:
    text = read_list([*lines(form[1]) * 40, *noise], guard=GUARD)
    for entry in text:
        assert "." in entry.name
        assert entry.name.isascii()
        assert entry.path or GUARD.refusal(entry.name, entry.claim) is None
