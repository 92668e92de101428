"""A leave can be given where a name is open at some hour, and nothing keeps it unopened already."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules.catalog import Catalog, SealKind
from rules.compile import Ruleset, compile_policy
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED, Facts, Grant
from rules.passages import LASTS, can_pass, name_request, new_passage
from rules.policy import Action
from rules.policy_text import parse
from rules.request import Stage

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIDNIGHT = NOON + timedelta(hours=12)
TEXT = """\
porchlight: 1
timezone: UTC
never: [adult]
profiles:
  younger:
    devices: [tablet]
    block: [bad.example, good.example/secret/, social]
    time:
      windows: {every_day: ["06:00-20:00"]}
      budgets: {games: {every_day: 0m}}
  unknown:
    default: block
    allow: [known.example]
devices:
  tablet: {ip: 10.0.0.2, tunnel: [mine.example]}
  tv: {ip: 10.0.0.3, decrypt: never}
"""


@pytest.fixture
def rules(catalog: Catalog) -> Ruleset:
    known = replace(
        catalog,
        seals={"bank": SealKind(key="bank", title={})},
        never_opened={"bank.example": "bank"},
    )
    return compile_policy(parse(TEXT, file="family.yaml", catalog=known), known)


@pytest.mark.parametrize(
    ("device", "host", "is_open"),
    [
        ("tablet", "good.example", True),
        ("tablet", "bad.example", False),
        ("tablet", "www.bad.example", False),
        ("tablet", "pornhub.com", False),
        ("tablet", "oa.zalo.me", False),
        ("tablet", "bank.example", False),
        ("tablet", "childline.org.uk", False),
        ("tablet", "mine.example", False),
        ("tv", "known.example", False),
        ("10.0.0.9", "known.example", True),
        ("10.0.0.9", "good.example", False),
        ("tablet", "192.168.1.1", False),
        ("tablet", "2001:db8::1", False),
    ],
)
@pytest.mark.parametrize("moment", [NOON, MIDNIGHT])
def test_what_a_name_closes_or_passes_anyhow_cannot_be_let_through(
    rules: Ruleset,
    device: str,
    host: str,
    is_open: bool,  # noqa: FBT001  # a column of the table above
    moment: datetime,
) -> None:
    found = can_pass(rules, NOTHING_HAPPENED, moment, device=device, host=host)
    assert found is is_open


def test_what_a_parent_closed_for_a_while_is_not_closed_for_ever(rules: Ruleset) -> None:
    pause = Grant(
        id="g", action=Action.BLOCK, site=None, profile=None, given=NOON, ends=MIDNIGHT, by=""
    )
    assert can_pass(rules, Facts(grants=(pause,)), NOON, device="tablet", host="good.example")


def test_what_is_let_through_is_not_asked_again_and_opens_no_door(rules: Ruleset) -> None:
    facts = Facts(
        passages=tuple(
            new_passage("tablet", host, by="Mẹ", moment=NOON)
            for host in ("good.example", "pornhub.com")
        )
    )
    assert not can_pass(rules, facts, NOON, device="tablet", host="www.good.example")
    assert can_pass(rules, facts, NOON + LASTS, device="tablet", host="good.example")
    closed = decide(rules, name_request(rules, "tablet", "pornhub.com"), facts, NOON)
    assert (closed.action, closed.seal) == (Action.BLOCK, "passage")
    asleep = decide(rules, name_request(rules, "tablet", "good.example"), facts, MIDNIGHT)
    assert (asleep.action, asleep.look) == (Action.BLOCK, Stage.NAME)
