"""What a family expects of its rules is tried by the engine, at every moment that it speaks of."""

import time as clock
from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from rules.acceptance import recall
from rules.catalog import Catalog
from rules.domain_table import DomainTable, TableBuilder
from rules.expectations import unmet
from rules.list_entry import Claim, Entry, Source

TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"
RULES = """\
never: [adult]
days:
  school_night: [mon, tue, wed, thu, sun]
  free_night: [fri, sat]
holidays:
  tet: {from: 2026-11-30, to: 2026-12-04, use: free_night}
profiles:
  younger:
    devices: [tablet]
    block:
      - site: roblox.com
        from: 2026-11-26 12:00
        until: 2026-11-26 12:10
      - youtube.com/shorts/
    time:
      windows:
        school_night: ["17:00-20:00"]
        free_night: ["07:00-00:30"]
devices:
  tablet: {ip: 192.168.1.40}
expect:
"""


def said(
    catalog: Catalog, *expectations: str, moment: datetime = TUESDAY, reach: Collection[str] = ()
) -> list[str]:
    text = HEAD + RULES + "".join(f"  - {{{one}}}\n" for one in expectations)
    ruleset = recall(text, file="family.yaml", catalog=catalog, reach=reach)
    return [problem.message for problem in unmet(ruleset, moment)]


@pytest.mark.parametrize(
    "expectation",
    [
        'who: younger, url: example.com, at: "tue 17:00", is: allowed, because: default',
        'who: younger, url: example.com, at: "tue 20:00", is: blocked, because: window',
        'who: younger, url: example.com, at: "sat 00:20", is: allowed',
        'who: younger, url: example.com, at: "sat 00:40", is: blocked',
        "who: tablet, url: https://pornhub.com/a, at: any, is: blocked, because: never",
        "who: tablet, url: https://pornhub.com/a, is: blocked",
        "who: younger, url: childline.org.uk, is: allowed, because: help",
        'who: younger, url: youtube.com/shorts/x, at: "tue 18:00", is: blocked, because: site',
        "who: younger, url: example.com, at: 2026-12-01 12:00, is: allowed",
        "who: unknown, url: example.com, is: allowed",
        "who: unknown, url: http://192.168.1.9/, is: blocked, because: local",
    ],
)
def test_what_the_rules_do_is_met(expectation: str, catalog: Catalog) -> None:
    assert said(catalog, expectation) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (
            'who: younger, url: example.com, at: "tue 20:00", is: allowed',
            (
                "https://example.com/ should be allowed for younger; "
                "at tue 20:00 it is blocked because of “window”, line 19"
            ),
        ),
        (
            "who: unknown, url: pornhub.com, is: blocked, because: category",
            (
                "https://pornhub.com/ should be blocked because of “category” for unknown; "
                "at tue 00:00 it is blocked because of “never”, line 3"
            ),
        ),
        (
            "who: unknown, url: example.com, at: 2026-12-01 12:00, is: blocked",
            (
                "https://example.com/ should be blocked for unknown; "
                "at 2026-12-01 12:00 it is allowed because of “default”"
            ),
        ),
    ],
)
def test_what_they_do_not_is_said_with_the_line_that_answered(
    expectation: str, message: str, catalog: Catalog
) -> None:
    assert said(catalog, expectation) == [message]


def test_at_any_names_the_first_moment_that_fails(catalog: Catalog) -> None:
    (found,) = said(catalog, "who: younger, url: example.com, at: any, is: blocked")
    assert "at tue 17:00 it is allowed" in found
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    (found,) = said(catalog, "who: younger, url: example.com, is: blocked", moment=friday)
    assert "at fri 07:00 it is allowed" in found


def test_at_any_looks_between_the_turns_of_an_entry(catalog: Catalog) -> None:
    open_all_day = RULES.replace('"17:00-20:00"', '"00:00-24:00"')
    text = f"{HEAD}{open_all_day}  - {{who: younger, url: roblox.com, is: allowed}}\n"
    ruleset = recall(text.replace("07:00-00:30", "00:00-24:00"), file="f", catalog=catalog)
    (problem,) = unmet(ruleset, TUESDAY)
    assert "at thu 12:00 it is blocked because of “site”, line 13" in problem.message


def test_at_any_tries_the_days_on_which_an_entry_begins_or_ends(catalog: Catalog) -> None:
    text = f"{HEAD}profiles:\n  unknown:\n    block: [{{site: roblox.com, until: 2027-01-20}}]\n"
    text += "expect:\n  - {who: unknown, url: roblox.com, at: any, is: blocked}\n"
    (problem,) = unmet(recall(text, file="f", catalog=catalog), TUESDAY)
    assert "at 2027-01-21 00:00 it is allowed" in problem.message


def test_a_weekday_is_one_without_a_holiday(catalog: Catalog) -> None:
    monday = 'who: younger, url: example.com, at: "mon 12:00", is: blocked'
    assert said(catalog, monday) == []


def test_at_any_tries_the_holidays_too(catalog: Catalog) -> None:
    closed = RULES.replace('["07:00-00:30"]', "[]").replace("use: free_night", "use: fri")
    closed = closed.replace(
        "        free_night", '        fri: ["10:00-11:00"]\n        free_night'
    )
    closed = closed.replace('["17:00-20:00"]', "[]")
    text = f"{HEAD}{closed}  - {{who: younger, url: example.com, is: blocked}}\n"
    saturday = datetime(2026, 11, 28, 9, tzinfo=UTC)
    (problem,) = unmet(recall(text, file="f", catalog=catalog), saturday)
    assert "at 2026-11-30 10:00 it is allowed" in problem.message


def test_a_holiday_that_is_over_is_not_tried(catalog: Catalog) -> None:
    always = RULES.replace('"17:00-20:00"', '"00:00-24:00"').replace("use: free_night", "use: mon")
    always = always.replace('"07:00-00:30"', '"00:00-24:00"')
    text = f"{HEAD}{always}  - {{who: younger, url: example.com, is: allowed}}\n"
    ruleset = recall(text, file="f", catalog=catalog)
    assert len(unmet(ruleset, TUESDAY)) == 1
    assert unmet(ruleset, datetime(2026, 12, 6, 9, tzinfo=UTC)) == ()


def test_a_house_s_own_settings_make_no_difference(catalog: Catalog) -> None:
    local = "who: unknown, url: 'http://192.168.1.9/', is: blocked, because: local"
    assert said(catalog, local, reach={"192.168.1.9:80"}) == []


def test_a_problem_stands_at_its_entry(catalog: Catalog) -> None:
    text = f"{HEAD}{RULES}  - {{who: unknown, url: a.com, is: allowed}}\n"
    text += "  - {who: unknown, url: a.com, is: blocked}\n"
    (problem,) = unmet(recall(text, file="family.yaml", catalog=catalog), TUESDAY)
    assert (problem.file, problem.line, problem.path) == ("family.yaml", 25, "expect #2")
    assert problem.severity == "error"


def test_a_thousand_expectations_at_any_time_stay_cheap(catalog: Catalog) -> None:
    begun = clock.process_time()
    assert (
        said(catalog, *["who: younger, url: pornhub.com, is: blocked, because: never"] * 1000) == []
    )
    assert clock.process_time() - begun < 5


def test_while_a_list_has_not_come_nothing_is_expected_to_be_blocked(catalog: Catalog) -> None:
    text = (
        "porchlight: 1\ntimezone: UTC\nlists: {ours: {file: o.txt}}\nnever: [ours]\n"
        "profiles: {kid: {}}\nexpect:\n"
        "  - {who: kid, url: https://listed.example/, is: blocked, because: never}\n"
        "  - {who: kid, url: https://other.example/, is: allowed}\n"
    )
    closed = "  - {who: kid, url: https://other.example/, is: blocked}\n"

    def lines(text: str, *names: str) -> list[int]:
        builder = TableBuilder()
        for name in names:
            builder.add(Source(name=name), [Entry(1, f"{name}.listed.example", Claim.TREE)])
        table = DomainTable(builder.finish())
        ruleset = recall(text, file="f", catalog=catalog, table=table)
        return [problem.line for problem in unmet(ruleset, TUESDAY)]

    assert lines(text) == lines(text + closed) == lines(text + closed, "other") == []
    assert lines(text + closed, "ours") == [7, 9]
    assert lines(text.replace("other.example/, is: allowed", "a.example/, is: allowed")) == []
    assert lines(text.replace("is: allowed", "is: allowed, because: site")) == [8]
