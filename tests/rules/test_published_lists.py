"""Real published lists: every format read, nothing lost without a count, one table of all that answers right.

They lie beside the project and are no part of it; without them these tests are skipped.
"""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from rules.acceptance import recall
from rules.compile import Ruleset
from rules.decision import Reason
from rules.domain_table import DomainTable, TableBuilder, verify
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parents, parse_url
from rules.list_entry import Claim, Entry, Source
from rules.list_formats import Format
from rules.list_names import Skip, listed_name
from rules.list_text import ListText, read_list
from rules.policy import UNKNOWN, Action
from rules.request import Client, Request
from store.list_files import read_lines
from store.lists import load_catalog, load_guard

FOLDER = Path(__file__).parents[3] / "shared" / "lists"
FILES = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.suffix in {".txt", ""} and path.is_file() and "benign" not in path.parts
)
ASKED = 100_000
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"
CATEGORIES = {
    **dict.fromkeys(("adult", "pornography", "nsfw"), "adult"),
    **dict.fromkeys(("phishing", "scams", "chongluadao"), "phishing"),
    **{word: word for word in ("gambling", "dating", "games", "social", "vpn")},
    "snuff": "violence",
    "doh": "dns-bypass",
    "redirector": "proxies",
    "warez": "piracy",
    "ads-trackers": "ads",
}
"""By a word in a list's name; what has none of them is on without a category."""

pytestmark = pytest.mark.skipif(not FILES, reason="no published lists in ../shared/lists")


def opened(name: str) -> ListText:
    return read_list(read_lines(FOLDER / name), guard=load_guard())


@cache
def read(name: str) -> tuple[ListText, tuple[Entry, ...]]:
    text = opened(name)
    return text, tuple(text)


def names(name: str) -> set[str]:
    return {entry.name for entry in read(name)[1] if not entry.path}


@pytest.mark.parametrize("kind", ["adult", "gambling"])
def test_one_list_in_three_formats_is_one_set(kind: str) -> None:
    hosts, plain = names(f"hostsvn-{kind}.hosts.txt"), names(f"hostsvn-{kind}.domain.txt")
    assert hosts == plain
    # For the third the publisher strikes every "www." out of every name: www.a.com becomes
    # a.com, but xnxwww.net becomes xnxnet. Done to the others, all three are one.
    struck = {listed_name(name.replace("www.", "")) for name in plain}
    assert names(f"hostsvn-{kind}.filter.txt") == {one for one in struck if isinstance(one, str)}


@pytest.mark.parametrize("kind", ["adult", "gambling"])
def test_the_formats_of_one_list_are_told_apart(kind: str) -> None:
    forms = [read(f"hostsvn-{kind}.{name}.txt")[0].format for name in ("hosts", "domain", "filter")]
    assert forms == [Format.HOSTS, Format.DOMAINS, Format.ADBLOCK]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_is_an_entry_a_comment_or_counted_as_skipped(path: Path) -> None:
    name = str(path.relative_to(FOLDER))
    text, entries = read(name)
    lines = [line for raw in read_lines(path) if (line := raw.strip())]
    said = [line for line in lines if not line.startswith(("#", "!", "["))]
    skipped = sum(one.count for one in text.skipped.values())
    # xxxhindi.to en: one line of one hosts list has two names
    assert len(said) <= len(entries) + skipped <= len(said) + 1
    assert len(entries) > 0.7 * len(said)
    assert all(one.examples for one in text.skipped.values())


@pytest.mark.parametrize("name", ["redirector", "doh", "gambling", "games"])
def test_addresses_among_the_names_are_skipped(name: str) -> None:
    text, entries = read(f"ut1-{name}.domains.txt")
    assert text.skipped[Skip.ADDRESS].count > 10
    assert not any(entry.name.replace(".", "").isdigit() for entry in entries)


def test_addresses_of_pages_are_pages() -> None:
    text, _ = read("ut1-phishing.urls.txt")
    assert text.format is Format.URLS
    assert text.pages > 18_000
    assert not names("ut1-phishing.urls.txt") & {"docs.google.com", "sites.google.com"}


@pytest.mark.parametrize("name", ["urls-pihole.txt", "urls.txt", "urls-ABP.txt"])
def test_pages_that_a_publisher_flattened_to_their_sites_close_no_site(name: str) -> None:
    builder = TableBuilder()
    builder.add(Source(name=name), read(f"chongluadao/{name}")[1])
    table = DomainTable(builder.finish())
    needed = "facebook.com youtube.com play.google.com sites.google.com apps.apple.com oa.zalo.me"
    for host in needed.split():
        assert table.find(host) == table.find(f"www.{host}") == ()
    if name != "urls.txt":
        text, _ = read(f"chongluadao/{name}")
        refused = {example.text.strip("|^") for example in text.skipped[Skip.GUARD].examples}
        assert "www.facebook.com" in refused
        assert (
            text.skipped[Skip.GUARD].count == sum(one.count for one in text.guarded.values()) == 7
        )


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("sinfonietta/pornography-hosts", "gaystarnews.com"),
        ("jarelllama/lists__adblock__nsfw.txt", "sexetc.org"),
        ("jarelllama/lists__adblock__scams_light.txt", "surveymonkey.com"),
    ],
)
def test_help_that_a_list_takes_for_filth_stays_open(name: str, host: str) -> None:
    unguarded = {entry.name for entry in read_list(read_lines(FOLDER / name))}
    assert host in unguarded
    assert host not in names(name)


def key(path: Path) -> str:
    """What a rule file would call the list."""
    return re.sub(r"[^a-z0-9]+", "-", str(path.relative_to(FOLDER)).lower())


@cache
def all_lists() -> bytes:
    builder = TableBuilder()
    for path in FILES:
        builder.add(Source(name=key(path)), read(str(path.relative_to(FOLDER)))[1])
    return builder.finish()


def family() -> Ruleset:
    """A house in which every list is on, each under its category, and every preset has a profile.

    Garden opens nothing that is not named; `default: allow` leaves it with what the lists close.
    """
    catalog = load_catalog()
    on = {
        key(path): next((one for word, one in CATEGORIES.items() if word in key(path)), None)
        for path in FILES
    }
    lists = "".join(
        f"  {name}: {{file: {name}.txt{f', category: {category}' if category else ''}}}\n"
        for name, category in on.items()
    )
    profiles = "".join(
        f"  {name}: {{preset: {name}, default: allow}}\n" for name in catalog.presets
    )
    text = f"{HEAD}never: [adult, phishing]\nlists:\n{lists}profiles:\n{profiles}"
    assert set(on.values()) == {*CATEGORIES.values(), None}
    table = DomainTable(all_lists())
    return recall(text, file="family.yaml", catalog=catalog, table=table)


def answer(ruleset: Ruleset, who: str, host: str) -> tuple[Action, Reason, str | None]:
    asked = Request(id="1", url=parse_url(f"https://{host}/"), client=Client(name=who))
    decision = decide(ruleset, asked, NOTHING_HAPPENED, NOW)
    return decision.action, decision.reason, decision.source


def test_with_every_list_on_no_preset_closes_what_all_need_or_where_help_is_found() -> None:
    ruleset = family()
    needed = "sexetc.org gaystarnews.com facebook.com youtube.com surveymonkey.com wikipedia.org"
    presets = [name for name in ruleset.policy.profiles if name != UNKNOWN]
    assert len(presets) == 5
    spellings = [spelled for host in needed.split() for spelled in (host, f"www.{host}")]
    closed = {
        (host.removeprefix("www."), found[1:])
        for who in presets
        for host in spellings
        if (found := answer(ruleset, who, host))[0] is Action.BLOCK
    }
    # a preset closes social networks, and no list has a part in it
    assert closed == {("facebook.com", (Reason.CATEGORY, None))}


def test_with_every_list_on_each_is_heard_under_its_category() -> None:
    ruleset = family()
    first = next(iter(read("sinfonietta/pornography-hosts")[1])).name
    assert answer(ruleset, "adult", first)[:2] == (Action.BLOCK, Reason.NEVER)
    dating = names("ut1-dating.domains.txt") - names("sinfonietta/pornography-hosts")
    heard = [answer(ruleset, "growing", name) for name in sorted(dating)[:500]]
    assert (
        sum(
            found == (Action.BLOCK, Reason.CATEGORY, key(FOLDER / "ut1-dating.domains.txt"))
            for found in heard
        )
        > 300
    )


def test_a_table_of_all_lists_answers_as_a_set_does() -> None:
    closed, below = set[str](), set[str]()
    pages = list[Entry]()
    for path in FILES:
        entries = read(str(path.relative_to(FOLDER)))[1]
        sites = [entry for entry in entries if not entry.path]
        closed |= {entry.name for entry in sites}
        below |= {entry.name for entry in sites if entry.claim == Claim.TREE}
        pages += [entry for entry in entries if entry.path]
    content = all_lists()
    verify(content)
    table = DomainTable(content)
    keys = closed | {entry.name for entry in pages}
    keys |= {page_name(entry) for entry in pages}
    assert len(table) == len(keys)
    assert len(closed) > 700_000
    assert len(content) < 16 * len(keys)
    missed = [
        one for one in pages if not table.find_page(parse_url(f"https://{one.name}{one.path}"))
    ]
    assert missed == []
    assert len(pages) > 10_000

    dice = random.Random(7)  # noqa: S311  # a fixed choice
    members = dice.sample(sorted(closed), ASKED)
    assert all(table.find(name) for name in members)
    asked = {name: is_in(name, closed, below) for name in strange_names(members[: ASKED * 2 // 5])}
    assert [name for name, held in asked.items() if bool(table.find(name)) != held] == []
    assert list(asked.values()).count(False) >= ASKED


def page_name(entry: Entry) -> str:
    path, mark, query = entry.path.partition("?")
    return f"{entry.name}{path.rstrip('/')}{mark}{query}"


def strange_names(listed: list[str]) -> Iterator[str]:
    """New names, new names below listed ones, and listed ones with a letter more."""
    for number, name in enumerate(listed):
        yield f"n{number}.not-listed.example"
        yield f"x{name}"
        yield f"{name}x"
        yield f"n{number}.{name}"


def is_in(name: str, closed: set[str], below: set[str]) -> bool:
    return name in closed or any(above in below for above in parents(name)[1:])
