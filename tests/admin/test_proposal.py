"""What a parent is about to answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from admin.proposal import Span, as_grant, asked, next_midnight, sites, with_grant
from rules.acceptance import recall
from rules.facts import Facts, Usage
from rules.hosts import parse_url
from rules.policy import Policy, Reason
from store.lists import load_catalog
from tests.admin.family import HANOI, NOW, OPEN, grant

PARIS = Policy(file="family.yaml", revision="", timezone="Europe/Paris")


@pytest.mark.parametrize(
    ("host", "choices"),
    [
        ("scratch.mit.edu", ("mit.edu", "scratch.mit.edu")),
        ("mit.edu", ("mit.edu",)),
        ("a.b.co.uk", ("b.co.uk", "a.b.co.uk")),
        ("192.168.1.40", ("192.168.1.40",)),
        ("com.vn", ("com.vn",)),
    ],
)
def test_an_answer_can_mean_the_domain_or_the_host(host: str, choices: tuple[str, ...]) -> None:
    assert sites(host) == choices


def test_half_an_hour_is_from_now() -> None:
    assert grant().ends == NOW + timedelta(minutes=30)


def test_tonight_is_the_family_s_midnight() -> None:
    tonight = as_grant(replace(OPEN, span=Span.TONIGHT), by="Lan", moment=NOW, policy=HANOI)
    assert tonight.ends == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


def test_midnight_follows_the_clock_change() -> None:
    before = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 00:30 of the day that has 25 hours
    assert next_midnight(before, PARIS) - before == timedelta(hours=24, minutes=30)


def test_at_midnight_the_next_one_is_meant() -> None:
    midnight = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert next_midnight(midnight, HANOI) - midnight == timedelta(days=1)


def test_an_answer_is_tried_with_the_time_that_is_used_up() -> None:
    text = "porchlight: 1\ntimezone: UTC\nprofiles: {younger: {time: {budgets: {everything: 1h}}}}"
    ruleset = recall(text, file="family.yaml", catalog=load_catalog())
    spent = Usage(profile="younger", budget="everything", day=NOW.date(), spent=timedelta(hours=1))
    happened = Facts(usage={("younger", "everything"): spent})
    url = parse_url("https://elsewhere.example/")
    tried = with_grant(ruleset, asked(url, "younger"), happened, grant())
    assert tried.reason is Reason.BUDGET


def test_each_grant_has_an_id_of_its_own() -> None:
    assert len({grant().id for _ in range(100)}) == 100
