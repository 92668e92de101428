"""A text is a right Policy or a PolicyError. Every file under broken/ is refused with just what its first lines say."""

import re
import time as clock
from datetime import UTC, date, datetime, time
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.acceptance import accept
from rules.catalog import Catalog
from rules.policy import (
    Action,
    Device,
    Entry,
    GroupUse,
    Holiday,
    Language,
    LogLevel,
    Policy,
    Profile,
    Scope,
    Site,
    Weekday,
    Window,
    Word,
)
from rules.policy_text import PolicyError, Problem, parse, revision_of
from rules.problems import Sentence

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"
BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
EXPECT = re.compile(r'^# expect: ([0-9]+) "(.*)"$', re.MULTILINE)

FULL = """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
country: NO
language: vi
when_filter_fails: allow
groups:
  homework: [wikipedia.org, "*.edu.vn"]
never: [adult]
anytime: [homework]
days:
  school_night: [mon, tue]
holidays:
  tet: {from: 2027-02-03, to: 2027-02-12, use: school_night}
everyone:
  allow:
  block: [youtube]
profiles:
  younger:
    name: Younger child
    language: en
    devices: [tablet]
    default: block
    allow: [homework]
    block:
      - youtube.com/shorts/
      - site: roblox.com
        from: 2026-12-01 18:00
        until: 2026-12-20
        note: after the exams
    time:
      windows:
        school_night: ["06:30-07:15"]
        every_day: [22:00-00:30]
    log: nothing
devices:
  tablet: {ip: 192.168.1.40}
expect:
  - {who: younger, url: https://EDU.vn/a, at: "mon 23:00", is: blocked, because: site}
  - {who: tablet, url: pornhub.com, at: any, is: blocked, note: never}
  - {who: unknown, url: example.com, at: 2026-11-24 20:30, is: allowed}
"""


def read(text: str, catalog: Catalog) -> Policy:
    return parse(HEAD + text, file="family.yaml", catalog=catalog)


def problems_of(text: str, catalog: Catalog) -> tuple[Problem, ...]:
    with pytest.raises(PolicyError) as refusal:
        accept(text, file="family.yaml", catalog=catalog, moment=NOW)
    return refusal.value.problems


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_refused_at_its_lines(path: Path, catalog: Catalog) -> None:
    text = path.read_bytes().decode()
    expected = [(int(line), piece) for line, piece in EXPECT.findall(text)]
    problems = problems_of(text, catalog)
    said = [f"{problem.line}: {problem.message} ({problem.hint})" for problem in problems]
    assert [problem.line for problem in problems] == [line for line, _ in expected], said
    for (_, piece), words in zip(expected, said, strict=True):
        assert piece in words


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_problem_points_into_its_line(path: Path, catalog: Catalog) -> None:
    text = path.read_bytes().decode()
    lines = text.split("\n")
    for problem in problems_of(text, catalog):
        assert problem.file == "family.yaml"
        assert problem.severity == "error"
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


def test_there_are_enough_broken_files() -> None:
    assert len(BROKEN) >= 200


def test_a_problem_says_its_path_in_words(catalog: Catalog) -> None:
    text = HEAD + "profiles:\n  kid:\n    block:\n      - a.com\n      - http://b.com\n"
    (problem,) = problems_of(text, catalog)
    assert problem == Problem(
        file="family.yaml",
        line=7,
        column=9,
        path="profiles.kid.block #2.site",
        message=Sentence("an address has no {scheme} in front", scheme="http://"),
        hint=Sentence("write it without {scheme}: {address}", scheme="http://", address="b.com"),
    )


def test_a_full_file_gives_its_policy(catalog: Catalog) -> None:
    policy = parse(FULL, file="family.yaml", catalog=catalog)
    assert policy.file == "family.yaml"
    assert policy.revision == revision_of(FULL)
    assert policy.timezone == "Asia/Ho_Chi_Minh"
    assert policy.country == "NO"
    assert policy.language is Language.VIETNAMESE
    assert policy.when_filter_fails is Action.ALLOW
    assert policy.groups == {
        "homework": (
            Entry(address="wikipedia.org", target=Site(host="wikipedia.org"), line=7),
            Entry(address="*.edu.vn", target=Site(host="edu.vn", scope=Scope.BELOW), line=7),
        )
    }
    assert policy.never == (Entry(address="adult", target=Word(name="adult"), line=8),)
    assert policy.anytime == (GroupUse(group="homework", line=9),)
    assert policy.days == {"school_night": frozenset({Weekday.MON, Weekday.TUE})}
    assert policy.holidays == {
        "tet": Holiday(first=date(2027, 2, 3), last=date(2027, 2, 12), use="school_night", line=13)
    }
    assert policy.everyone_allow == ()
    assert policy.everyone_block == (
        Entry(address="youtube", target=Word(name="youtube"), line=16),
    )
    assert policy.devices == {"tablet": Device(address=ip_address("192.168.1.40"), line=36)}


def test_a_full_file_gives_its_profiles(catalog: Catalog) -> None:
    policy = parse(FULL, file="family.yaml", catalog=catalog)
    assert policy.profiles == {
        "younger": Profile(
            key="younger",
            name="Younger child",
            line=18,
            language=Language.ENGLISH,
            devices=("tablet",),
            default=Action.BLOCK,
            allow=(GroupUse(group="homework", line=23),),
            block=(
                Entry(
                    address="youtube.com/shorts/",
                    target=Site(host="youtube.com", path="/shorts"),
                    line=25,
                ),
                Entry(
                    address="roblox.com",
                    target=Site(host="roblox.com"),
                    line=26,
                    starts=datetime(2026, 12, 1, 11, 0, tzinfo=UTC),
                    ends=datetime(2026, 12, 20, 17, 0, tzinfo=UTC),
                    note="after the exams",
                ),
            ),
            windows={
                "school_night": (Window(opens=time(6, 30), closes=time(7, 15), line=32),),
                "every_day": (Window(opens=time(22), closes=time(0, 30), line=33),),
            },
            log=LogLevel.NOTHING,
        ),
        "unknown": Profile(
            key="unknown", name="Thiết bị chưa đặt tên", line=1, language=Language.VIETNAMESE
        ),
    }


def test_every_key_has_its_line(catalog: Catalog) -> None:
    lines = parse(FULL, file="family.yaml", catalog=catalog).lines
    assert lines["porchlight"] == 1
    assert lines["profiles.younger.default"] == 22
    assert lines["profiles.younger.time.windows.every_day"] == 33
    assert lines["devices.tablet.ip"] == 36


def test_the_least_file_has_only_the_unknown_profile(catalog: Catalog) -> None:
    policy = read("", catalog)
    assert policy.profiles == {
        "unknown": Profile(key="unknown", name="Unknown device", line=1, language=Language.ENGLISH)
    }
    assert policy.when_filter_fails is Action.BLOCK


def test_a_profile_without_a_name_is_called_by_its_key(catalog: Catalog) -> None:
    profiles = read("profiles:\n  teen: {}\n  unknown: {log: full}\n", catalog).profiles
    assert profiles["teen"].name == "teen"
    assert profiles["unknown"].name == "Unknown device"
    assert profiles["unknown"].log is LogLevel.FULL


def test_sections_left_empty_hold_nothing(catalog: Catalog) -> None:
    policy = read("groups:\nnever:\neveryone:\nprofiles:\n  kid:\ndevices:\ndays:\n", catalog)
    assert policy.never == ()
    assert policy.profiles["kid"].windows is None


@pytest.mark.parametrize("word", ["no", "on", "off", "yes", "0123", "2026-12-01", "21:00", "1_000"])
def test_plain_words_stay_text(word: str, catalog: Catalog) -> None:
    text = (
        f"everyone:\n  block: [{{site: a.com, note: {word}}}]\nprofiles:\n  kid: {{name: {word}}}\n"
    )
    policy = read(text, catalog)
    assert policy.everyone_block[0].note == word
    assert policy.profiles["kid"].name == word


@pytest.mark.parametrize("word", ["123", "1.5", "true", "0"])
def test_typed_words_need_quotes_to_be_text(word: str, catalog: Catalog) -> None:
    (problem,) = problems_of(f"{HEAD}profiles:\n  kid: {{name: {word}}}\n", catalog)
    assert problem.hint == f'put it in quotes: "{word}"'
    assert read(f'profiles:\n  kid: {{name: "{word}"}}\n', catalog).profiles["kid"].name == word


@pytest.mark.parametrize(
    ("written", "opens", "closes"),
    [
        ("07:00-21:00", time(7), time(21)),
        ('"07:00-21:00"', time(7), time(21)),
        ("22:00-00:30", time(22), time(0, 30)),
        ("17:00-00:00", time(17), time()),
        ("17:00-24:00", time(17), time()),
        ("00:00-24:00", time(), time()),
    ],
)
def test_a_window_is_read_with_and_without_quotes(
    written: str, opens: time, closes: time, catalog: Catalog
) -> None:
    text = f"profiles:\n  kid:\n    time:\n      windows: {{mon: [{written}], tue: []}}\n"
    assert read(text, catalog).profiles["kid"].windows == {
        "mon": (Window(opens=opens, closes=closes, line=6),),
        "tue": (),
    }


def test_a_profile_that_asks_blocks(catalog: Catalog) -> None:
    profiles = read("profiles: {a: {default: ask}, b: {default: block}}\n", catalog).profiles
    assert (profiles["a"].default, profiles["a"].is_asking) == (Action.BLOCK, True)
    assert (profiles["b"].default, profiles["b"].is_asking) == (Action.BLOCK, False)


def test_a_date_ends_with_its_day_and_an_hour_at_its_minute(catalog: Catalog) -> None:
    text = (
        "never:\n  - {site: a.com, until: 2026-12-20}\n  - {site: a.com, until: 2026-12-20 18:00}\n"
    )
    by_day, by_hour = read(text, catalog).never
    assert by_day.ends == datetime(2026, 12, 20, 17, 0, tzinfo=UTC)
    assert by_hour.ends == datetime(2026, 12, 20, 11, 0, tzinfo=UTC)
    assert by_day.starts is None


def test_groups_may_hold_groups(catalog: Catalog) -> None:
    policy = read("groups:\n  a: [b, x.com]\n  b: [youtube]\n", catalog)
    assert policy.groups["a"][0] == GroupUse(group="b", line=4)


@pytest.mark.parametrize("text", ["\ufeff" + FULL, FULL.replace("\n", "\r\n"), FULL.rstrip("\n")])
def test_how_an_editor_saves_makes_no_difference(text: str, catalog: Catalog) -> None:
    policy = parse(text, file="family.yaml", catalog=catalog)
    plain = parse(FULL, file="family.yaml", catalog=catalog)
    assert policy.profiles == plain.profiles
    assert policy.lines == plain.lines
    assert policy.revision != plain.revision


def test_a_revision_is_the_digest_of_the_text() -> None:
    assert revision_of("") == "e3b0c44298fc"


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{last}, *{last}, *{last}]\n"
    for last, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("[" * 30_000, "inside each other"),
        ("{a: " * 30_000, "inside each other"),
        ("- " * 30_000, "inside each other"),
        ("? " * 30_000, "inside each other"),
        (LAUGHS, "& at the beginning"),
        ("#" * (2 * 1024 * 1024), "larger than 1 MiB"),
        ("é" * (600 * 1024), "larger than 1 MiB"),
        (HEAD + "country: \x00\n", "U+0000"),
        (HEAD + "country: \ud800\n", "U+D800"),
        (HEAD + "\t\n" * 100_000, "a tab"),
        ("porchlight: " + "9" * 500_000 + "\ntimezone: UTC\n", "newer Porchlight"),
        (HEAD + "country: " + "9" * 500_000 + "\n", "is a number"),
        (HEAD + "country: 1e999\n", "is a number"),
        ("porchlight: " + "[1, " * 11 + "]" * 11, "whole number"),
        ('"' * 100_000, "fit"),
        (HEAD + "never: [" + "," * 100_000, "is missing here"),
        (
            HEAD + f"expect: [{'{who: unknown, url: a.com, is: allowed},' * 1_001}]",
            "more than 1000",
        ),
    ],
    ids=lambda value: value[:12].strip(),
)
def test_a_monster_is_refused_soon(text: str, piece: str, catalog: Catalog) -> None:
    begun = clock.process_time()
    problems = problems_of(text, catalog)
    assert any(piece in problem.message for problem in problems)
    assert clock.process_time() - begun < 5


def test_long_chains_and_many_names_stay_cheap(catalog: Catalog) -> None:
    chain = "".join(f"  g{number}: [g{number - 1}]\n" for number in range(1, 5_000))
    begun = clock.process_time()
    problems = problems_of(f"{HEAD}groups:\n  g0: [a.com]\n{chain}", catalog)
    assert [problem.line for problem in problems] == [14]
    assert clock.process_time() - begun < 5


PIECES = st.sampled_from(
    [
        *"\n[]{}*!'\"#,\t\r|>%@0~",
        "  ",
        ": ",
        "- ",
        "&a",
        "true",
        "profiles",
        "kid",
        "\ufeff",
        "\x00",
        "<<: ",
    ]
)


def problems_or_none(text: str, catalog: Catalog) -> tuple[Problem, ...]:
    try:
        accept(text, file="family.yaml", catalog=catalog, moment=NOW)
    except PolicyError as refusal:
        return refusal.problems
    return ()


@settings(max_examples=200)
@given(text=st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_read_or_refused(text: str, catalog: Catalog) -> None:
    assert problems_or_none(text, catalog)


@settings(max_examples=300)
@given(
    start=st.integers(0, len(FULL)), length=st.integers(0, 30), piece=st.one_of(PIECES, st.text())
)
def test_any_change_to_a_right_file_is_read_or_refused(
    start: int, length: int, piece: str, catalog: Catalog
) -> None:
    changed = FULL[:start] + piece + FULL[start + length :]
    for problem in problems_or_none(changed, catalog):
        assert problem.message
        assert 1 <= problem.line <= changed.count("\n") + 1
