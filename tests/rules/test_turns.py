"""Until when an answer stands: to the minute, and never a minute longer than it does."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from rules.catalog import Catalog
from rules.compile import compile_policy
from rules.decision import Decision
from rules.engine import MOST_TURNS, decide, explain
from rules.facts import NOTHING_HAPPENED, Facts, Grant
from rules.hosts import parse_url
from rules.policy import Action
from rules.policy_text import parse
from rules.request import Client, Request, Stage
from tests.rules.families import Visit, visits

HEAD = "porchlight: 1\ntimezone: UTC\n"
NOON = datetime.fromisoformat("2026-11-24 12:00+00:00")
STEP = timedelta(minutes=15)
"""Nothing in a family by chance lasts shorter."""
MOST_STEPS = 150


def until(
    text: str,
    url: str,
    catalog: Catalog,
    *,
    moment: datetime = NOON,
    facts: Facts = NOTHING_HAPPENED,
) -> str | None:
    rules = compile_policy(parse(HEAD + text, file="family.yaml", catalog=catalog), catalog)
    request = Request(id="TEST", url=parse_url(url), client=Client(name="kid"))
    found = decide(rules, request, facts, moment).until
    return None if found is None else f"{found:%Y-%m-%d %H:%M}"


@settings(max_examples=150)
@given(visit=visits())
def test_an_answer_stands_until_then_and_not_for_a_minute_more(
    catalog: Catalog, visit: Visit
) -> None:
    rules = compile_policy(parse(visit.text, file="family.yaml", catalog=catalog), catalog)

    def at(moment: datetime) -> Decision:
        return decide(rules, visit.request, visit.facts, moment)

    said = at(visit.moment)
    end = said.until or visit.moment + timedelta(days=9)
    assert end > visit.moment
    if said.until is not None and at(end).action is said.action:
        # The time of a budget ends only if it is used meanwhile.
        explained = explain(rules, visit.request, visit.facts, visit.moment)
        assert [step for step in explained.steps if step.balance is not None]
        assert end not in {change.at for change in explained.changes}
    step = max(STEP, (end - visit.moment) / MOST_STEPS)
    later = visit.moment
    while later < end:
        assert at(later).action is said.action
        later += step


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        # What else has the word when the entry ends is asked for.
        ("  kid: {block: [{site: a.com, until: 2026-11-30}]}\n", "2026-12-01 00:00"),
        ("  kid: {default: block, block: [{site: a.com, until: 2026-11-30}]}\n", None),
        # An entry that begins ends an answer that no entry gave.
        ("  kid: {block: [{site: a.com, from: 2026-11-30}]}\n", "2026-11-30 00:00"),
        ("  kid: {default: block, allow: [{site: a.com, from: 2026-11-30}]}\n", "2026-11-30 00:00"),
        ("  kid: {default: block, block: [{site: a.com, from: 2026-11-30}]}\n", None),
        # A window that opens opens nothing that is closed for another reason too.
        ("  kid: {time: {windows: {tue: [17:00-20:00]}}}\n", "2026-11-24 17:00"),
        ("  kid: {default: block, time: {windows: {tue: [17:00-20:00]}}}\n", None),
        (
            "  kid: {block: [{site: a.com, until: 2026-11-25}], time: {windows: {fri: [08:00-09:00]}}}\n",
            "2026-11-27 08:00",
        ),
    ],
)
def test_what_comes_after_is_asked_too(rules: str, said: str | None, catalog: Catalog) -> None:
    assert until(f"profiles:\n{rules}", "https://a.com/", catalog) == said


def test_a_parents_answer_that_ends_may_change_nothing(catalog: Catalog) -> None:
    grant = Grant(
        id="1",
        action=Action.ALLOW,
        site="a.com",
        profile=None,
        given=NOON - timedelta(hours=1),
        ends=NOON + timedelta(hours=1),
        by="a parent",
    )
    facts = Facts(grants=(grant,))

    assert until("profiles: {kid: {}}\n", "https://a.com/", catalog, facts=facts) is None
    closed = "profiles: {kid: {default: block}}\n"
    assert until(closed, "https://a.com/", catalog, facts=facts) == "2026-11-24 13:00"
    before = NOON - timedelta(hours=2)
    said = until(closed, "https://a.com/", catalog, facts=facts, moment=before)
    assert said == "2026-11-24 11:00"


def test_a_holiday_may_be_as_long_as_it_likes(catalog: Catalog) -> None:
    text = (
        "days: {off: [sun]}\n"
        "holidays: {journey: {from: 2026-11-01, to: 2027-04-30, use: off}}\n"
        "profiles: {kid: {time: {windows: {sat: [10:00-12:00]}}}}\n"
    )
    assert until(text, "https://a.com/", catalog) == "2027-05-01 10:00"


def test_a_day_without_any_time_ends_what_is_open_by_itself(catalog: Catalog) -> None:
    budget = "time: {budgets: {everything: {thu: 0m, every_day: unlimited}}}"
    text = f"profiles: {{kid: {{{budget}}}}}\n"
    assert until(text, "https://a.com/", catalog) == "2026-11-26 00:00"
    thursday = NOON + timedelta(days=2)
    assert until(text, "https://a.com/", catalog, moment=thursday) == "2026-11-27 00:00"
    closed = text.replace("kid: {", "kid: {default: block, ")
    assert until(closed, "https://a.com/", catalog, moment=thursday) is None


def test_a_budget_may_be_empty_for_as_long_as_a_holiday_lasts(catalog: Catalog) -> None:
    text = (
        "days: {off: [sun]}\n"
        "holidays: {journey: {from: 2026-11-01, to: 2027-04-30, use: off}}\n"
        "profiles: {kid: {time: {budgets: {everything: {off: 0m, every_day: 1h}}}}}\n"
    )
    assert until(text, "https://a.com/", catalog) == "2027-05-01 00:00"


def test_of_very_many_turns_only_the_first_are_looked_behind(catalog: Catalog) -> None:
    entries = ", ".join(
        f"{{site: a.com, from: 2026-11-{25 + hour // 24} {hour % 24:02}:00}}"
        for hour in range(MOST_TURNS + 20)
    )
    text = f"profiles: {{kid: {{default: block, block: [{entries}]}}}}\n"
    assert until(text, "https://a.com/", catalog) == "2026-11-25 12:00"


def test_an_entry_that_begins_later_asks_for_no_deeper_look_today(catalog: Catalog) -> None:
    text = HEAD + "never: [b.com]\nprofiles: {kid: {block: [{site: b.com/x, from: 2026-12-01}]}}\n"
    rules = compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog)
    request = Request(id="TEST", url=parse_url("https://b.com/"), client=Client(name="kid"))
    assert decide(rules, request, NOTHING_HAPPENED, NOON).look is Stage.NAME
