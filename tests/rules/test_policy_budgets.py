"""Budgets as the rule file says them; what is refused is told by the files under broken/."""

from datetime import timedelta

import pytest

from rules.catalog import Catalog
from rules.policy import Budget
from rules.policy_text import parse
from rules.problems import PolicyError

HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"


def test_budgets_are_read_in_every_form(catalog: Catalog) -> None:
    text = """\
days: {school: [mon, tue]}
groups: {video: [youtube]}
profiles:
  kid:
    time:
      budgets:
        video: 1h30m
        everything: {school: 4h, sat: unlimited, every_day: 0m}
        games:
          every_day: 24h
          carry_over: 90m
"""
    hour = timedelta(hours=1)
    assert parse(HEAD + text, file="family.yaml", catalog=catalog).profiles["kid"].budgets == {
        "video": Budget(key="video", allowances={"every_day": 1.5 * hour}, line=9),
        "everything": Budget(
            key="everything",
            allowances={"school": 4 * hour, "sat": None, "every_day": timedelta()},
            line=10,
        ),
        "games": Budget(
            key="games", allowances={"every_day": 24 * hour}, carry_over=1.5 * hour, line=11
        ),
    }


def test_a_published_list_has_a_budget_by_its_name(catalog: Catalog) -> None:
    text = HEAD + (
        "lists: {ours: {file: ours.txt}}\nprofiles: {kid: {time: {budgets: {ours: 1h}}}}\n"
    )
    policy = parse(text, file="family.yaml", catalog=catalog)
    assert policy.profiles["kid"].budgets["ours"].allowances == {"every_day": timedelta(hours=1)}


def test_what_budgets_count_is_spelled_out_within_bounds(catalog: Catalog) -> None:
    sites = ", ".join(f"s{number}.com" for number in range(1000))
    profiles = "".join(f"  p{one}: {{time: {{budgets: {{g: 1h}}}}}}\n" for one in range(101))
    text = f"{HEAD}groups:\n  g: [{sites}]\nprofiles:\n{profiles}"
    with pytest.raises(PolicyError, match="more than 100000 entries"):
        parse(text, file="family.yaml", catalog=catalog)
