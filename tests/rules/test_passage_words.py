"""A leave in words, with its end as long as it holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules.catalog import Catalog
from rules.compile import compile_policy
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED, Facts, Passage
from rules.passage_words import leave_for, passage_line
from rules.passages import name_request
from rules.policy import Language
from rules.policy_text import parse

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEAVE = Passage(
    device="tablet", host="chat.example", given=NOON, ends=NOON + timedelta(days=7), by="Lan"
)
TEXT = """\
porchlight: 1
timezone: UTC
devices:
  tablet: {ip: 10.0.0.2}
"""


@pytest.mark.parametrize(
    ("host", "moment", "language", "said"),
    [
        (
            "api.chat.example",
            NOON,
            Language.ENGLISH,
            "Passes unopened: Lan let it through on this device. That ends on 1 December at 12:00. Only its name counts.",
        ),
        (
            "chat.example",
            NOON + timedelta(days=6, hours=1),
            Language.VIETNAMESE,
            "Đi qua mà không mở ra xem: Lan đã cho qua trên thiết bị này. Hết hiệu lực lúc 12:00 ngày mai. Chỉ xét theo tên trang.",
        ),
        (
            "chat.example",
            NOON + timedelta(days=7),
            Language.ENGLISH,
            "Passed unopened: a parent had let it through on this device for a while. Only its name counted.",
        ),
    ],
)
def test_a_leave_is_told(
    catalog: Catalog, host: str, moment: datetime, language: Language, said: str
) -> None:
    policy = parse(TEXT, file="family.yaml", catalog=catalog)
    rules, facts = compile_policy(policy, catalog), Facts(passages=(LEAVE,))
    decision = decide(rules, name_request(rules, "tablet", host), facts, NOON)
    line = passage_line(
        decision,
        device="tablet",
        host=host,
        facts=facts,
        moment=moment,
        policy=policy,
        language=language,
    )
    assert line == said


def test_nothing_is_told_where_no_leave_counted(catalog: Catalog) -> None:
    policy = parse(TEXT, file="family.yaml", catalog=catalog)
    rules = compile_policy(policy, catalog)
    request = name_request(rules, "tablet", "chat.example")
    line = passage_line(
        decide(rules, request, NOTHING_HAPPENED, NOON),
        device="tablet",
        host="chat.example",
        facts=Facts(passages=(LEAVE,)),
        moment=NOON,
        policy=policy,
        language=Language.ENGLISH,
    )
    assert not line


def test_of_several_leaves_the_longest_is_told() -> None:
    longer = replace(LEAVE, host="example", ends=LEAVE.ends + timedelta(days=1))
    other = replace(longer, device="phone")
    facts = Facts(passages=(LEAVE, longer, other))
    found = leave_for(facts, device="tablet", host="chat.example", moment=NOON)
    assert found is longer
    assert leave_for(facts, device="tv", host="chat.example", moment=NOON) is None
