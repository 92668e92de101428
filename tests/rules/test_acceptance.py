from datetime import UTC, datetime

import pytest

from rules.acceptance import accept, recall
from rules.catalog import Catalog
from rules.problems import PolicyError

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 12, 24, 9, tzinfo=UTC)
TEXT = """\
porchlight: 1
timezone: UTC
profiles:
  unknown:
    block:
      - {site: roblox.com, until: 2026-12-20}
expect:
  - {who: unknown, url: roblox.com, at: "mon 12:00", is: blocked}
"""


def test_rules_that_do_what_is_expected_are_accepted(catalog: Catalog) -> None:
    ruleset = accept(TEXT, file="family.yaml", catalog=catalog, moment=NOW, reach=["10.0.0.1:80"])
    assert list(ruleset.policy.profiles) == ["unknown"]
    assert ruleset.reach == {"10.0.0.1:80"}


def test_rules_that_do_not_are_refused(catalog: Catalog) -> None:
    with pytest.raises(PolicyError) as refusal:
        accept(TEXT, file="family.yaml", catalog=catalog, moment=LATER)
    assert [problem.line for problem in refusal.value.problems] == [8]


def test_what_is_wrong_with_the_text_comes_first(catalog: Catalog) -> None:
    with pytest.raises(PolicyError) as refusal:
        accept(TEXT + "nope: 1\n", file="family.yaml", catalog=catalog, moment=LATER)
    assert [problem.line for problem in refusal.value.problems] == [9]


def test_a_text_that_was_accepted_before_is_not_lost_by_the_date(catalog: Catalog) -> None:
    assert recall(TEXT, file="family.yaml", catalog=catalog).policy.expect
    with pytest.raises(PolicyError):
        recall(TEXT + "nope: 1\n", file="family.yaml", catalog=catalog)
