"""A case has the rules that speak of its request, and answers as all of them do."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings

from rules.catalog import Catalog
from rules.compile import compile_policy
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.narrowed import Case
from rules.policy import Action
from rules.policy_text import parse
from rules.request import Client, Request, Stage
from tests.rules.families import Visit, visits

NOON = datetime.fromisoformat("2026-11-24 12:00+00:00")
RULES = """\
porchlight: 1
timezone: UTC
never: [z.com]
profiles:
  kid:
    block: [a.com, b.a.com, c.com, games, social]
    time: {windows: {every_day: [17:00-20:00]}}
  teen: {block: [a.com]}
"""


def case(url: str, catalog: Catalog) -> Case:
    rules = compile_policy(parse(RULES, file="family.yaml", catalog=catalog), catalog)
    request = Request(id="TEST", url=parse_url(url), client=Client(name="kid"))
    return Case.of(rules, request, NOTHING_HAPPENED, NOON)


def answer(one: Case) -> str:
    said = decide(one.ruleset, one.request, one.facts, one.moment)
    return f"{said.action.value} {said.reason.value}"


@settings(max_examples=100)
@given(visit=visits(*Stage))
def test_few_rules_answer_as_all_of_them(catalog: Catalog, visit: Visit) -> None:
    rules = compile_policy(parse(visit.text, file="family.yaml", catalog=catalog), catalog)
    few = Case.of(rules, visit.request, visit.facts, visit.moment)
    said = decide(few.ruleset, few.request, few.facts, few.moment)
    whole = decide(rules, visit.request, visit.facts, visit.moment)

    assert few.profile == "kid"
    # How deep the whole file has to look is no longer seen once the others are gone.
    assert replace(said, look=whole.look) == whole


def test_the_rules_are_those_that_speak_of_the_request(catalog: Catalog) -> None:
    assert [one.entry for one in case("https://b.a.com/", catalog).rules()] == ["b.a.com", "a.com"]
    assert [one.entry for one in case("https://zalo.me/", catalog).rules()] == ["social"]


def test_rules_go_one_by_one(catalog: Catalog) -> None:
    closed = case("https://b.a.com/", catalog)
    open_at_night = closed.with_calendar(None)
    first, second = closed.rules()

    assert answer(open_at_night) == "block site"
    assert answer(open_at_night.without([first])) == "block site"
    assert answer(open_at_night.without([first, second])) == "allow default"
    assert answer(open_at_night.without([first, second]).with_rule(first)) == "block site"


def test_a_parent_s_answer_is_the_last_word(catalog: Catalog) -> None:
    closed = case("https://b.a.com/", catalog)

    assert answer(closed.with_answer(Action.ALLOW, "b.a.com")) == "allow grant"
    assert answer(closed.with_answer(Action.ALLOW, "other.com")) == "block site"
    assert (
        answer(case("https://z.com/", catalog).with_answer(Action.ALLOW, "z.com")) == "block never"
    )
