"""Any list, packed or not, is read to hosts in normal form that no guard needs, each line an entry or counted as skipped."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from rules.domain_table import DomainTable, TableBuilder
from rules.hosts import is_address, is_public_suffix, normal_host, parse_url
from rules.list_entry import Claim, Entry, Source
from rules.list_formats import GRAMMARS, Format, Saying
from rules.list_names import Skip
from rules.list_text import (
    EXAMPLES_KEPT,
    LONGEST_EXAMPLE,
    LONGEST_QUICK_NAME,
    ListText,
    read_list,
)
from store.list_files import read_lines
from store.lists import load_guard
from tests.fuzz.seeds import PATIENCE_SECONDS, chance, seeds, shown

pytestmark = pytest.mark.timeout(PATIENCE_SECONDS)

INPUTS = 500
"""For each format."""
LINES = 40

LABELS = "a b www m x1 1 xn--bcher-kva xn-- -a a- _dmarc é ếch İ ß ſ K com vn co.uk facebook google 127 0x7f".split()
ENDINGS = "com com.vn vn net co.uk uk example ck www.ck local localhost zip xn--p1ai 1 com. ".split(
    " "
)
NEEDED = "facebook.com www.youtube.com google.com m.wikipedia.org sexetc.org scratch.mit.edu mit.edu gov.vn".split()
ADDRESSES = "127.0.0.1 0.0.0.0 ::1 2001:db8::1 1.2.3.4 [::1] 0x7f.1 999.1.1.1 ::ffff:1.2.3.4 fe80::1%eth0".split()
PATHS = "/ /bad /bad/ /a//b /%2e%2e/x /?q=1 ?q #part /a?x=1&y /\t /ế :8080/x :99999/ :80/ /*".split(
    " "
)
MARKS = " \t # ; ! || ^ @@ $ $important $third-party ## *. . .. = / // https:// http:// ftp:// \ufeff \x00 \x0b \u2028 \x85 %41 *".split(
    " "
)
SHAPES = {
    Format.HOSTS: ("0.0.0.0 {}", "127.0.0.1\t{}", ":: {} {}", "::1 {}", "10.0.0.1 {}", "0.0.0.0 {} # why", "{}"),
    Format.DOMAINS: ("{}", "{} # why", "{} ", ".{}", "{}."),
    Format.WILDCARD: ("*.{}", "*.{} # why", "{}", "*.*.{}"),
    Format.URLS: ("https://{}/bad", "http://{}/", "{}/bad", "https://{}:81/x?y=1", "https://me@{}/", "HTTP://{}"),
    Format.ADBLOCK: ("||{}^", "@@||{}^", "||{}^$important", "@@||{}^$important", "||{}^$third-party", "||{}/x^", "{}##.ad", "/{}/"),
    Format.DNSMASQ: ("address=/{}/0.0.0.0", "local=/{}/", "server=/{}/1.1.1.1", "address=/{}/{}/#", "address=/{}/::1", "address=/.{}/"),
    Format.RPZ: ("{} CNAME .", "*.{} CNAME .", "{} IN CNAME .", "{} 60 IN CNAME *.", "{}. CNAME .", "{} CNAME rpz-passthru.", "$TTL 60", "@ SOA . . (", "{} A 127.0.0.1"),
}  # fmt: skip
ONE_SAYING = {Format.DOMAINS, Format.WILDCARD, Format.URLS, Format.ADBLOCK}
"""A line of these says at most one thing."""


def name(dice: Random) -> str:
    made = ".".join([*dice.choices(LABELS, k=dice.choice((0, 1, 1, 2, 4))), dice.choice(ENDINGS)])
    return dice.choice(
        (
            made,
            made,
            made,
            made.upper(),
            dice.choice(NEEDED),
            dice.choice(ADDRESSES),
            "a" * 64 + ".com",
            "a." * 130 + "com",
        )
    )


def line(form: Format, dice: Random) -> str:
    shape = dice.choice(SHAPES[form][: dice.choice((1, 2, 99))])
    made = shape.format(name(dice), name(dice))
    if dice.random() < 0.2:
        place = dice.randint(0, len(made))
        made = made[:place] + dice.choice((*MARKS, *PATHS)) + made[place:]
    return dice.choice((made,) * 12 + (f"# {made}", f"! {made}", f"  {made}  ", ""))


def content(form: Format, dice: Random) -> bytes:
    """A list of this format, then what a bad disk or a bad day makes of it."""
    lines = [line(form, dice) for _ in range(dice.choice((1, LINES)))]
    made = bytearray(dice.choice(("\n", "\n", "\r\n")).join(lines).encode("utf-8", "surrogatepass"))
    for _ in range(dice.choice((0, 0, 1, 5))):
        place = dice.randint(0, len(made))
        made[place : place + dice.choice((0, 1, 9))] = dice.randbytes(dice.choice((0, 1, 3)))
    return bytes(made)


def packed(plain: bytes, dice: Random) -> bytes:
    """As it is, as gzip, or as gzip that is not whole."""
    kind = dice.choice(("plain", "plain", "gzip", "cut", "hurt"))
    if kind == "plain":
        return plain
    made = bytearray(gzip.compress(plain, 1))
    if kind == "cut":
        return bytes(made[: dice.randint(2, len(made))])
    if kind == "hurt":
        made[dice.randrange(2, len(made))] ^= 1 << dice.randrange(8)
    return bytes(made)


@pytest.mark.parametrize("form", Format, ids=lambda form: form.value)
def test_any_list_is_read_to_hosts_or_refused(form: Format, tmp_path: Path) -> None:
    path, read = tmp_path / "list", 0
    for seed in seeds(INPUTS):
        dice = chance(seed)
        made = packed(content(form, dice), dice)
        with shown(seed, made):
            path.write_bytes(made)
            try:
                lines = list(read_lines(path))
                text = read_list(lines, guard=load_guard())
            except (OSError, ValueError):
                continue
            entries = list(text)
            for entry in entries:
                held(entry, len(lines))
            all_lines_are_counted(text, lines)
            found_again(entries)
        read += text.format is form
    assert read > INPUTS // 5


def held(entry: Entry, lines: int) -> None:
    assert 1 <= entry.line <= lines
    assert normal_host(entry.name) == entry.name
    assert "." in entry.name
    assert not is_address(entry.name)
    assert not is_public_suffix(entry.name)
    if entry.path:
        assert parse_url(f"http://{entry.name}{entry.path}").host == entry.name
        assert not entry.claim & Claim.EXCEPT
    else:
        assert load_guard().refusal(entry.name, entry.claim) is None


def all_lines_are_counted(text: ListText, lines: list[str]) -> None:
    """Whatever a line says is an entry, a page or skipped; the quick way reads as the long one does."""
    grammar = GRAMMARS[text.format]
    said = 0
    for raw in (lines[0].removeprefix("\ufeff"), *lines[1:]) if lines else ():
        usual, bare = grammar.usual.fullmatch(raw.rstrip()), raw.strip()
        if not bare or bare.startswith(grammar.comments):
            assert not usual
            continue
        sayings = list(grammar.reader(bare))
        assert len(sayings) == 1 or text.format not in ONE_SAYING
        if usual and len(usual["name"]) <= LONGEST_QUICK_NAME and "xn--" not in usual["name"]:
            assert sayings == [Saying(usual["name"], grammar.claim)]
        said += len(sayings)
    skipped = {reason: one.count for reason, one in text.skipped.items()}
    assert text.entries + text.pages + sum(skipped.values()) == said
    assert skipped.get(Skip.GUARD, 0) == sum(one.count for one in text.guarded.values())
    for one in (*text.skipped.values(), *text.guarded.values()):
        assert len(one.examples) == min(one.count, EXAMPLES_KEPT)
        assert all(len(example.text) <= LONGEST_EXAMPLE for example in one.examples)


def found_again(entries: Iterable[Entry]) -> None:
    """The table of a list holds what the list says."""
    builder = TableBuilder()
    builder.add(Source(name="one"), entries)
    table = DomainTable(builder.finish())
    opened = any(entry.claim & Claim.EXCEPT for entry in entries)
    for entry in entries:
        if entry.path:
            schemes = ("http", "https")  # whose port it is not
            urls = [parse_url(f"{one}://{entry.name}{entry.path}") for one in schemes]
            assert any(table.find_page(url) for url in urls)
        elif not opened:
            assert table.find(entry.name if entry.claim & Claim.HOST else f"x.{entry.name}")
