from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rules.catalog import Catalog
from rules.compile import Ruleset, compile_policy
from rules.decision import ChangeKind, Explanation
from rules.engine import decide, explain
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.inside import is_closed
from rules.policy import Action, Language, Reason
from rules.policy_text import parse
from rules.request import Client, Request
from rules.wording import block_words, reason_line, step_line
from tests.rules.conftest import CARRIERS

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = """\
porchlight: 1
timezone: UTC
profiles:
  child: {block: [bad.example, worse.example]}
"""
BAD = "https://archive.example/web/2020/https://bad.example/"


@pytest.fixture
def ruleset(catalog: Catalog) -> Ruleset:
    catalog = replace(catalog, carriers=CARRIERS)
    return compile_policy(parse(RULES, file="family.yaml", catalog=catalog), catalog)


def explained(ruleset: Ruleset, url: str) -> Explanation:
    request = Request(id="1", url=parse_url(url), client=Client(name="child"))
    return explain(ruleset, request, NOTHING_HAPPENED, NOON)


@pytest.mark.parametrize(
    ("language", "line", "reason", "why"),
    [
        (
            Language.ENGLISH,
            "Does it carry another site’s address? Yes, bad.example: It is blocked. “bad.example”, line 4",
            "inside it, bad.example: blocked by “bad.example”",
            "This page shows another one, bad.example. ",
        ),
        (
            Language.VIETNAMESE,
            "Có mở hộ địa chỉ của trang khác không? Có, bad.example: Bị chặn. “bad.example”, dòng 4",
            "bên trong là bad.example: bị chặn theo mục “bad.example”",
            "Trang này mở hộ một trang khác là bad.example. ",
        ),
    ],
)
def test_what_is_closed_inside_is_named(
    ruleset: Ruleset, language: Language, line: str, reason: str, why: str
) -> None:
    found = explained(ruleset, BAD)
    step = found.steps[-1]
    assert step.decides
    assert step_line(step, language=language, catalog=ruleset.catalog) == line
    assert reason_line(found.decision, language=language, catalog=ruleset.catalog) == reason
    decision = replace(found.decision, profile="nobody")
    policy = replace(ruleset.policy, language=language)
    words = block_words(decision, policy=policy, catalog=ruleset.catalog, moment=NOON)
    assert words.why.startswith(why)


def test_what_changes_the_answer_inside_changes_the_whole(ruleset: Ruleset) -> None:
    kinds = {one.kind: one for one in explained(ruleset, BAD).changes}
    assert kinds[ChangeKind.GRANT].host == "bad.example"
    assert kinds[ChangeKind.EDIT].entries == ((4, "bad.example"),)


def test_where_several_are_closed_inside_no_single_change_is_offered(ruleset: Ruleset) -> None:
    url = "https://busy.example/?u=https://bad.example&u=https://worse.example"
    found = explained(ruleset, url)
    assert found.decision.action is Action.BLOCK
    assert found.changes == ()


def test_what_is_open_inside_is_shown_and_decides_nothing(ruleset: Ruleset) -> None:
    found = explained(ruleset, "https://archive.example/web/2020/https://a.example/")
    assert (found.steps[-1].question, found.steps[-1].decides) == ("inside", False)
    assert found.decision.inside == "a.example"
    closing = [one for one in found.changes if one.kind is ChangeKind.PAUSE]
    assert [one.host for one in closing] == ["archive.example"]


def test_a_parent_who_opens_the_carrier_for_a_while_has_answered_for_the_hour(
    ruleset: Ruleset,
) -> None:
    request = Request(id="1", url=parse_url(BAD), client=Client(name="child"))
    inner = decide(ruleset, request, NOTHING_HAPPENED, NOON)
    late = replace(inner, reason=Reason.WINDOW)
    outer = replace(inner, action=Action.ALLOW, reason=Reason.DEFAULT)
    assert is_closed(late, outer)
    assert not is_closed(late, replace(outer, reason=Reason.GRANT))
    assert is_closed(inner, replace(outer, reason=Reason.GRANT))
    assert not is_closed(replace(inner, reason=Reason.LOCAL), outer)
