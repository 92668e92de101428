"""Rules read back: the whole text in both languages, and nothing of what a parent wrote left out."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalog import Catalog, Helpline, Preset, Topic
from rules.policy import Action, EntryList, Language, LogLevel, Policy
from rules.policy_text import parse
from rules.say import FAMILY, PROFILE, Passage, say
from rules.say_words import ENGLISH
from rules.voice import Statement, line_words

SAID = Path(__file__).parent / "said"
HEAD = "porchlight: 1\ntimezone: UTC\n"
TITLES = {
    "adult": ("pages for grown-ups", "trang dành cho người lớn"),
    "gambling": ("gambling", "cờ bạc và cá cược"),
    "games": ("games", "trò chơi"),
    "dating": ("dating and chat with strangers", "hẹn hò và trò chuyện với người lạ"),
    "youtube": ("YouTube", "YouTube"),
    "wikipedia": ("Wikipedia", "Wikipedia"),
}
CATALOG = Catalog(
    topics={key: Topic(key=key, title={"en": en, "vi": vi}) for key, (en, vi) in TITLES.items()},
    presets={
        "curious": Preset(
            key="curious",
            ages="8-10",
            default=Action.ALLOW,
            block=("adult", "gambling", "dating"),
            log=LogLevel.SITES,
            tuesday={},
        ),
        "grown": Preset(
            key="grown",
            ages="16+",
            default=Action.ALLOW,
            block=(),
            log=LogLevel.NOTHING,
            tuesday={},
        ),
    },
    helplines={
        "VN": (
            Helpline(
                number="111",
                name={"en": "National Child Helpline", "vi": "Tổng đài bảo vệ trẻ em"},
                hours={"en": "free, day and night", "vi": "miễn phí, cả ngày lẫn đêm"},
                source="a test",
                verified_on="2026-11-24",
            ),
        )
    },
)


def read(text: str) -> Policy:
    return parse(text, file="family.yaml", catalog=CATALOG)


def statements(passages: tuple[Passage, ...]) -> Iterator[Statement]:
    for passage in passages:
        for section in passage.sections:
            yield from section.statements


def said_of(profile: str, text: str) -> str:
    """All that is said of a profile in English, without what holds for everyone."""
    passages = say(read(HEAD + text), CATALOG, language=Language.ENGLISH, profile=profile)
    return "\n".join(one.text for one in statements(passages[1:]))


def as_text(passages: tuple[Passage, ...], language: Language) -> str:
    lines = []
    for passage in passages:
        lines.append(f"# {passage.title}")
        for section in passage.sections:
            lines.append(f"## {section.title}")
            for one in section.statements:
                where = line_words(one.lines, language=language)
                lines.append(f"- {one.text}" + (f" [{where}]" if where else ""))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("language", Language)
def test_a_rich_file_is_read_back_word_by_word(language: Language) -> None:
    policy = read((SAID / "family.yaml").read_text(encoding="utf-8"))
    expected = (SAID / f"{language.value}.txt").read_text(encoding="utf-8")
    assert as_text(say(policy, CATALOG, language=language), language) == expected


def test_the_smallest_file_has_a_text_too() -> None:
    passages = say(read(HEAD), CATALOG, language=Language.ENGLISH)
    assert [passage.profile for passage in passages] == [None, "unknown"]
    assert all(section.statements for passage in passages for section in passage.sections)
    assert "Every device that nobody has named." in {one.text for one in statements(passages)}


def test_one_profile_is_read_with_what_holds_for_everyone() -> None:
    policy = read(HEAD + "profiles:\n  teen: {}\n  younger: {}\n")
    passages = say(policy, CATALOG, language=Language.ENGLISH, profile="younger")
    assert [passage.profile for passage in passages] == [None, "younger"]


def test_a_child_without_a_device_is_told_so() -> None:
    assert "No device is Na’s yet" in said_of("na", "profiles:\n  na: {name: Na}\n")


def test_an_expectation_stands_with_whom_it_is_about() -> None:
    text = """\
profiles:
  na: {devices: [tablet]}
  teen: {}
devices:
  tablet: {ip: 10.0.0.1}
expect:
  - {who: tablet, url: a.example, is: allowed}
  - {who: teen, url: b.example, is: blocked}
"""
    assert "a.example/ has to be open at all hours from tablet" in said_of("na", text)
    assert "b.example/ has to be closed at all hours." in said_of("teen", text)
    assert "example" not in said_of("unknown", text)


def test_a_country_without_helplines_is_admitted() -> None:
    found = statements(say(read(HEAD + "country: NO\n"), CATALOG, language=Language.ENGLISH))
    assert "No helplines are known of the country NO." in {one.text for one in found}


def test_a_note_with_braces_is_only_text() -> None:
    text = "profiles:\n  na:\n    block: [{site: a.example, note: '{when} {0} {'}]\n"
    assert "“{when} {0} {”" in said_of("na", text)


ADDRESSES = ("a.example", "b.example/path", "=c.example", "*.zip", "10.0.0.0/8", "/x+y/", "adult")
GROUPS, DEVICES, KINDS = ("homework", "fun"), ("tablet", "phone", "tv"), ("school_night", "off")
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = ("00:00-24:00", "06:30-07:15", "17:00-00:30", "20:00-24:00")


def lists(*names: str) -> st.SearchStrategy[list[Any]]:
    """Entries of every kind; `names` are groups that may stand among them."""
    address = st.sampled_from((*ADDRESSES, *names))
    day = st.dates(date(2026, 1, 1), date(2030, 1, 1)).map(str)
    until = st.just({"until": "2031-02-03 18:00"})
    more = st.fixed_dictionaries({}, optional={"from": day, "note": st.sampled_from(["a", "ờ"])})
    long = st.tuples(address.map(lambda site: {"site": site}), more, until | st.just({}))
    return st.lists(address | long.map(lambda parts: parts[0] | parts[1] | parts[2]), max_size=4)


def some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True)


WINDOWS = st.dictionaries(
    st.sampled_from((*KINDS, *DAY_NAMES, "every_day")), some(HOURS), min_size=1
)
TIMES = st.sampled_from(["0m", "30m", "1h30m", "unlimited"])
BUDGETS = st.dictionaries(
    st.sampled_from(["everything", "fun", "games"]),
    # Two of the family's own kinds of day may not fall on one day.
    TIMES
    | st.dictionaries(
        st.sampled_from(("school_night", *DAY_NAMES, "every_day")), TIMES, min_size=1
    ).flatmap(lambda days: st.sampled_from([days, days | {"carry_over": "10m"}])),
    min_size=1,
)
PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Na", "Bé Na"]),
        "preset": st.sampled_from(["curious", "grown"]),
        "language": st.sampled_from(["en", "vi"]),
        "default": st.sampled_from(["allow", "block", "ask"]),
        "allow": lists(*GROUPS),
        "block": lists(*GROUPS),
        "log": st.sampled_from([level.value for level in LogLevel]),
        "time": st.fixed_dictionaries({}, optional={"windows": WINDOWS, "budgets": BUDGETS}),
    },
)
HOLIDAY = st.sampled_from((*KINDS, "sat")).map(
    lambda use: {"from": "2027-02-03", "to": "2027-02-12", "use": use}
)
EXPECTED = st.fixed_dictionaries(
    {
        "who": st.sampled_from(("na", "unknown", *DEVICES)),
        "url": st.just("https://a.example/"),
        "is": st.sampled_from(["allowed", "blocked"]),
    },
    optional={
        "at": st.sampled_from(["any", "mon 23:00", "2026-12-20 18:00"]),
        "because": st.sampled_from(["never", "site", "default"]),
        "note": st.just("of course"),
    },
)
LIST = st.sampled_from([{"file": "a.txt"}, {"url": "https://a.example/", "category": "games"}]).map(
    dict
)
FILES = st.fixed_dictionaries(
    {
        "porchlight": st.just(1),
        "timezone": st.just("Asia/Ho_Chi_Minh"),
        "groups": st.fixed_dictionaries({"homework": lists(), "fun": lists("homework")}),
        "days": st.fixed_dictionaries({kind: some(DAY_NAMES) for kind in KINDS}),
        "profiles": st.fixed_dictionaries({"na": PROFILES, "teen": PROFILES}),
        "devices": st.just({name: {"ip": f"10.0.0.{at}"} for at, name in enumerate(DEVICES, 1)}),
    },
    optional={
        "country": st.sampled_from(["VN", "NO"]),
        "language": st.sampled_from(["en", "vi"]),
        "when_filter_fails": st.sampled_from(["allow", "block"]),
        "never": lists(*GROUPS),
        "anytime": lists(*GROUPS),
        "everyone": st.fixed_dictionaries({}, optional={"allow": lists(), "block": lists("fun")}),
        "lists": st.dictionaries(st.sampled_from(["ours", "theirs"]), LIST),
        "corrections": st.just({"a.example": {"not": ["adult"]}}),
        "holidays": st.dictionaries(st.sampled_from(["tet", "new_year"]), HOLIDAY),
        "expect": st.lists(EXPECTED, max_size=3),
    },
)
SAID_BY_KEY = re.compile(
    r"timezone|country|language|when_filter_fails|groups\.\w+|days\.\w+|devices\.\w+"
    r"|profiles\.\w+\.(preset|language|default|log|time\.(windows|budgets)(\.\w+)*)"
)
"""Keys whose own line has to be named; in other places the lines of what is in them are."""


def written(policy: Policy) -> Iterator[int]:
    """Every line on which a parent has decided something."""
    everyone = (policy.never, policy.anytime, policy.everyone_allow, policy.everyone_block)
    found: list[EntryList] = [*everyone, *policy.groups.values()]
    for profile in policy.profiles.values():
        found += [profile.allow, profile.block]
        for windows in (profile.windows or {}).values():
            yield from (window.line for window in windows)
    yield from (entry.line for entries in found for entry in entries)
    yield from (holiday.line for holiday in policy.holidays.values())
    yield from (subscription.line for subscription in policy.lists.values())
    yield from (correction.line for correction in policy.corrections.values())
    yield from (expected.line for expected in policy.expect)
    yield from (line for path, line in policy.lines.items() if SAID_BY_KEY.fullmatch(path))


@settings(max_examples=60)
@given(file=FILES, tablet=st.sampled_from(["na", "teen", "unknown"]))
def test_nothing_that_a_parent_wrote_is_left_out(file: dict[str, Any], tablet: str) -> None:
    profiles = file["profiles"] | {"unknown": {}}
    profiles[tablet] = profiles[tablet] | {"devices": ["tablet"]}
    # Every item has a line of its own.
    text = yaml.safe_dump(file | {"profiles": profiles}, sort_keys=False, allow_unicode=True)
    policy = read(text)
    for language in Language:
        found = list(statements(say(policy, CATALOG, language=language)))
        assert set(written(policy)) - {line for one in found for line in one.lines} == set()
        for one in found:
            assert one.text.strip(" .:“”")
            assert not re.search(r"None|\{|: \.|  ", one.text)


def test_every_topic_has_a_heading() -> None:
    for key, _ in (*FAMILY, *PROFILE):
        assert f"say.section.{key}" in ENGLISH
