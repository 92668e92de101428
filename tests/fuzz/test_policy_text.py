"""Any text is rules that work at every door, or is refused in both languages with lines that are there."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.acceptance import recall
from rules.check import warnings
from rules.compile import Ruleset
from rules.engine import explain
from rules.expectations import unmet
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.policy import Language
from rules.problems import PolicyError, Problem
from rules.request import Client, Request, Stage
from rules.say import say
from store.lists import load_catalog
from tests.fuzz.rule_files import all_files, changed, right_files
from tests.fuzz.seeds import PATIENCE_SECONDS, chance, seeds, shown

pytestmark = pytest.mark.timeout(PATIENCE_SECONDS)

INPUTS = 1_200
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADDRESSES = [
    parse_url(text)
    for text in (
        "https://a.com/x?v=1",
        "https://www.youtube.com/shorts/1",
        "https://93.184.216.34/",
        "https://sexetc.org/",
        "http://[2606:4700::1]/",
    )
]


def judged(text: str) -> tuple[tuple[Problem, ...], bool]:
    """All that is wrong or doubtful, and whether these are rules."""
    try:
        return put_to_work(recall(text, file="family.yaml", catalog=load_catalog())), True
    except PolicyError as refusal:
        return refusal.problems, False


def put_to_work(ruleset: Ruleset) -> tuple[Problem, ...]:
    """What they make doubtful, once every door has used them."""
    policy, catalog = ruleset.policy, load_catalog()
    for language in Language:
        say(policy, catalog, language=language)
    for who in (*policy.profiles, *policy.devices):
        for number, url in enumerate(ADDRESSES):
            for stage in (Stage.NAME, Stage.REQUEST):
                asked = Request(id="1", url=url, client=Client(name=who), stage=stage)
                explain(ruleset, asked, NOTHING_HAPPENED, NOW + number * timedelta(hours=31))
    return (*warnings(ruleset, moment=NOW), *unmet(ruleset, NOW))


def held(text: str, problem: Problem) -> None:
    lines = text.split("\n")
    assert 1 <= problem.line <= len(lines)
    assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    for language in Language:
        assert problem.message.said_in(language)
        assert problem.hint.said_in(language) or not problem.hint


def test_any_text_is_rules_or_is_refused_with_lines_that_are_there() -> None:
    accepted = 0
    for seed in seeds(INPUTS):
        dice = chance(seed)
        text = changed(dice.choice(dice.choice((all_files(), right_files()))), dice)
        with shown(seed, text):
            found, is_accepted = judged(text)
            assert found or is_accepted
            for one in found:
                held(text, one)
        accepted += is_accepted
    assert accepted > INPUTS // 10
