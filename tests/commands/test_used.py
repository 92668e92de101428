"""As if that much were used up."""

from datetime import UTC, date, datetime, timedelta

import click
import pytest

from commands.used import as_if_used, read_used, refuse_strangers
from rules.acceptance import recall
from rules.compile import Ruleset
from rules.facts import Facts, Usage
from store.lists import load_catalog

RULES = """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
profiles:
  kid: {time: {budgets: {games: 1h, everything: 2h}}}
  teen: {time: {budgets: {social: 1h}}}
"""
TUESDAY = datetime(2026, 11, 24, 18, tzinfo=UTC)
"""01:00 on Wednesday in the family's zone."""
HOUR = timedelta(hours=1)


@pytest.fixture
def ruleset() -> Ruleset:
    return recall(RULES, file="family.yaml", catalog=load_catalog())


def test_used_is_names_and_times() -> None:
    assert read_used(("video=1h30m", "games=5m")) == {
        "video": timedelta(minutes=90),
        "games": timedelta(minutes=5),
    }


@pytest.mark.parametrize("text", ["video", "video=", "=30m", "video=30", "video=soon", ""])
def test_used_in_another_form_is_wrong_use(text: str) -> None:
    with pytest.raises(click.BadParameter):
        read_used((text,))


def test_it_is_used_on_the_familys_day_and_other_facts_stay(ruleset: Ruleset) -> None:
    known = Usage(profile="teen", budget="social", day=date(2026, 11, 24), spent=HOUR)
    facts = as_if_used(
        Facts(usage={("teen", "social"): known}),
        {"games": HOUR, "social": 2 * HOUR},
        ruleset=ruleset,
        profile="kid",
        moment=TUESDAY,
    )
    assert facts.usage == {
        ("kid", "games"): Usage(profile="kid", budget="games", day=date(2026, 11, 25), spent=HOUR),
        ("teen", "social"): known,
    }


def test_a_name_without_a_budget_is_wrong_use_and_those_that_there_are_are_named(
    ruleset: Ruleset,
) -> None:
    refuse_strangers({"games": HOUR, "everything": HOUR}, ruleset, ("kid",))
    refuse_strangers({"games": HOUR, "social": HOUR}, ruleset, ("kid", "teen"))
    with pytest.raises(click.BadParameter, match="'social' here; there are: everything, games"):
        refuse_strangers({"social": HOUR}, ruleset, ("kid",))
    with pytest.raises(click.BadParameter, match="'games' here; there is none"):
        refuse_strangers({"games": HOUR}, ruleset, ("unknown",))
