"""Entries in words: what an address means, for how long, and what a name stands for."""

import pytest

from rules.address import parse_address
from rules.catalog import Catalog
from rules.policy import Entry, Language, Policy
from rules.policy_text import parse
from rules.say_entries import always, everyone, groups, sites, target_words
from rules.voice import Voice

ENGINES = "Google, Bing and other search engines that have a safe search leave out what is meant for grown-ups."
HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"


def voice(text: str, catalog: Catalog, language: Language = Language.ENGLISH) -> Voice:
    policy = parse(HEAD + text, file="f", catalog=catalog)
    return Voice(policy=policy, catalog=catalog, language=language)


def sites_of(text: str, catalog: Catalog) -> list[tuple[str, tuple[int, ...]]]:
    """What is said of the profile `na`, whose keys the text has from line 5 on."""
    found = voice(f"profiles:\n  na:\n    name: Na\n{text}", catalog)
    return [(one.text, one.lines) for one in sites(found, found.policy.profiles["na"])]


@pytest.mark.parametrize(
    ("address", "english", "vietnamese"),
    [
        ("youtube.com", "youtube.com", "youtube.com"),
        ("=a.com", "a.com alone", "riêng a.com"),
        ("*.zip", "every site that ends in .zip", "mọi trang có đuôi .zip"),
        ("a.com/b/", "the pages under a.com/b", "các trang trong a.com/b"),
        ("a.com/b?c=d&e=f", "a.com/b with c=d and e=f", "a.com/b có c=d và e=f"),
        ("a.com/?c=d", "a.com/ with c=d", "a.com/ có c=d"),
        ("=a.com/b", "the pages under /b of a.com alone", "các trang trong /b của riêng a.com"),
        (
            "*.a.com/b",
            "the pages under /b of every site that ends in .a.com",
            "các trang trong /b của mọi trang có đuôi .a.com",
        ),
        ("10.1.0.0/16", "the addresses 10.1.0.0/16", "dải địa chỉ 10.1.0.0/16"),
        ("[2001:db8::1]", "the address 2001:db8::1", "địa chỉ 2001:db8::1"),
        ("/x{2}/", "every address that fits /x{2}/", "mọi địa chỉ khớp với /x{2}/"),
        ("games", "games pages", "trang games"),
    ],
)
def test_an_address_is_said_as_it_is_meant(
    address: str, english: str, vietnamese: str, catalog: Catalog
) -> None:
    policy = Policy(file="f", revision="0", timezone="UTC")
    said = [
        target_words(
            Voice(policy=policy, catalog=catalog, language=language), parse_address(address)
        )
        for language in Language
    ]
    assert said == [english, vietnamese]


@pytest.mark.parametrize(
    ("written", "english", "vietnamese"),
    [
        ("{search: Cờ bạc}", "searches for “Cờ bạc”", "tìm “Cờ bạc”"),
        ("{file: [exe, MSI]}", "files ending in .exe and .msi", "tệp có đuôi .exe và .msi"),
        (
            "{mime: application/zip}",
            "what sites send as application/zip",
            "nội dung mà trang gửi về dưới dạng application/zip",
        ),
        (
            "{mime: video/*}",
            "what sites send as video of any kind",
            "mọi nội dung mà trang gửi về dưới dạng video",
        ),
    ],
)
def test_what_is_asked_for_is_said_as_it_is_meant(
    written: str, english: str, vietnamese: str, catalog: Catalog
) -> None:
    said = []
    for language in Language:
        found = voice(f"never: [{written}]\n", catalog, language)
        (entry,) = found.policy.never
        assert isinstance(entry, Entry)
        said.append(target_words(found, entry.target))
    assert said == [english, vietnamese]


def test_who_names_a_kind_of_file_is_told_how_far_it_reaches(catalog: Catalog) -> None:
    text = "    allow: [a.com]\n    downloads:\n      block: [exe]\n"
    said = sites_of(text, catalog)
    assert ("Closed: files ending in .exe.", (8,)) in said
    assert any("also where the site is open" in one for one, _ in said)
    assert not any("kind of file" in one for one, _ in sites_of("    allow: [a.com]\n", catalog))


def test_what_is_plain_is_one_sentence_and_what_says_more_its_own(catalog: Catalog) -> None:
    text = """\
    block:
      - a.com
      - {site: b.com, note: later}
      - c.com
      - {site: d.com, from: 2026-12-01 17:00, until: 2026-12-20}
"""
    assert sites_of(text, catalog) == [
        ("Closed: a.com and c.com.", (7, 9)),
        ("Closed: b.com. A parent wrote: “later”", (8,)),
        (
            "Closed from 17:00 on 1 December 2026 until the end of 20 December 2026: d.com.",
            (10,),
        ),
        ("Everything else is open.", ()),
    ]


def test_a_preset_is_told_by_what_it_closes_and_gives_way(catalog: Catalog) -> None:
    assert sites_of("    preset: garden\n    allow: [games]\n", catalog) == [
        ("Open: games pages.", (7,)),
        ("Closed by the preset “garden”: social pages.", (6,)),
        ("What the lines above open is open all the same.", (6,)),
        (ENGINES, (6,)),
        ("YouTube leaves out whatever might be for grown-ups, and all comments.", (6,)),
        ("Everything else is closed.", (6,)),
    ]


def test_the_profile_s_own_default_is_told_with_its_line(catalog: Catalog) -> None:
    last = sites_of("    preset: garden\n    default: allow\n", catalog)[-1]
    assert last == ("Everything else is open.", (7,))


def test_who_opens_and_closes_is_told_which_counts(catalog: Catalog) -> None:
    texts = [text for text, _ in sites_of("    allow: [a.com]\n    block: [b.a.com]\n", catalog)]
    assert any("the more exact one counts" in text for text in texts)
    one_sided = [text for text, _ in sites_of("    allow: [a.com]\n", catalog)]
    assert not any("the more exact one counts" in text for text in one_sided)


def test_a_profile_with_nothing_of_its_own_says_so(catalog: Catalog) -> None:
    said = [("Nothing of its own: only what holds for everyone.", (4,))]
    assert sites_of("", catalog)[:1] == said


def test_a_long_group_is_named_with_its_first_and_told_whole_once(catalog: Catalog) -> None:
    text = """\
groups:
  four: [a.com, b.com, c.com, d.com]
  five: [a.com, b.com, c.com, d.com, e.com]
  both: [four, five]
  none: []
never: [four, five, both, none]
"""
    found = voice(text, catalog)
    (never,) = [one for one in always(found) if one.lines == (8,)]
    assert "“four” (a.com, b.com, c.com and d.com)" in never.text
    assert "“five” (a.com, b.com, c.com and 2 more)" in never.text
    assert "“both” (“four” and “five”) and “none”." in never.text
    whole = [(one.text, one.lines) for one in groups(found)]
    assert ("“five”: a.com, b.com, c.com, d.com and e.com.", (5,)) in whole
    assert ("“none”: nothing yet.", (7,)) in whole


def test_what_the_family_says_for_everyone_has_its_lines(catalog: Catalog) -> None:
    found = voice("everyone:\n  allow: [a.com]\n  block: [games]\n", catalog)
    assert [one.lines for one in everyone(found)] == [(4,), (5,), ()]
    assert list(everyone(voice("", catalog))) == []


def test_help_sites_are_always_told(catalog: Catalog) -> None:
    assert "Always open" in next(always(voice("", catalog))).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "    search:\n      safe: strict\n      youtube: moderate\n",
            [(ENGINES, (7,)), ("YouTube leaves out what is meant for grown-ups.", (8,))],
        ),
        ("    preset: trusted\n", [(ENGINES, (6,))]),
        (
            "    preset: trusted\n    search: {safe: off, youtube: strict}\n",
            [
                ("Search engines leave out nothing.", (7,)),
                ("YouTube leaves out whatever might be for grown-ups, and all comments.", (7,)),
            ],
        ),
        ("    search: {youtube: off}\n", [("YouTube leaves out nothing.", (6,))]),
        ("    log: full\n", []),
    ],
)
def test_what_search_engines_leave_out_is_said_with_its_line(
    text: str, said: list[tuple[str, tuple[int, ...]]], catalog: Catalog
) -> None:
    about = [one for one in sites_of(text, catalog) if "leave out" in one[0] or "leaves" in one[0]]
    assert about == said
