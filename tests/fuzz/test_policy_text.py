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

INPUTS = 1_500
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
    return (*warnings(policy, catalog, moment=NOW), *unmet(ruleset, NOW))


def held(text: str, problems: tuple[Problem, ...]) -> None:
    lines = text.split("\n")
    for one in problems:
        assert 1 <= one.line <= len(lines)
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1
        for language in Language:
            assert one.message.said_in(language)
            assert one.hint.said_in(language) or not one.hint


def test_any_text_is_rules_or_is_refused_with_lines_that_are_there() -> None:
    accepted = 0
    for seed in seeds(INPUTS):
        dice = chance(seed)
        text = changed(dice.choice(dice.choice((all_files(), right_files()))), dice)
        with shown(seed, text):
            try:
                ruleset = recall(text, file="family.yaml", catalog=load_catalog())
            except PolicyError as refusal:
                assert refusal.problems
                held(text, refusal.problems)
            else:
                held(text, put_to_work(ruleset))
                accepted += 1
    assert accepted > INPUTS // 10
