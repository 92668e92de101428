"""The keys that scripts rely on. A change here is a change of the promise in README."""

from dataclasses import replace
from datetime import UTC, datetime

from commands.rows import answer_row, change_row, decision_row, problem_row, record_row, step_row
from rules.decision import Change, ChangeKind, Decision, DecisionRecord, Reason, Step
from rules.policy import Action
from rules.problems import NO_HINT, Sentence, Witness, warning
from rules.request import Stage

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DECISION = Decision(
    id="abcdefghijkl",
    action=Action.BLOCK,
    reason=Reason.NEVER,
    profile="younger",
    device="tablet",
    entry="adult",
    file="family.yaml",
    line=12,
    until=NOON,
    look=Stage.NAME,
    revision="0123456789ab",
    category="adult",
    listed="pornhub.com",
    note="no",
)
ANSWER = {
    "action": "block",
    "reason": "never",
    "profile": "younger",
    "entry": "adult",
    "file": "family.yaml",
    "line": 12,
    "until": "2026-11-24T12:00:00+00:00",
    "look": "name",
    "id": "abcdefghijkl",
}
WHOLE = ANSWER | {
    "revision": "0123456789ab",
    "device": "tablet",
    "category": "adult",
    "listed": "pornhub.com",
    "source": None,
    "inside": None,
    "note": "no",
    "seal": None,
    "rewrite": None,
}


def test_an_answer_has_the_keys_that_scripts_rely_on() -> None:
    assert answer_row(DECISION) == ANSWER


def test_a_decision_tells_all_it_knows() -> None:
    assert decision_row(DECISION) == WHOLE


def test_a_step_has_its_words() -> None:
    step = Step(question="never", answer=Action.BLOCK, decides=True, entry="adult", line=12)
    assert step_row(step, "Never? blocked") == {
        "question": "never",
        "answer": "block",
        "decides": True,
        "entry": "adult",
        "line": 12,
        "detail": "",
        "words": "Never? blocked",
    }


def test_a_change_has_its_words() -> None:
    assert change_row(Change(kind=ChangeKind.WAIT, at=NOON), "Wait.") == {
        "kind": "wait",
        "at": "2026-11-24T12:00:00+00:00",
        "host": None,
        "line": None,
        "entries": [],
        "enough": True,
        "words": "Wait.",
    }
    edit = Change(kind=ChangeKind.EDIT, line=7, entries=((7, "a.com"),), is_enough=False)
    row = change_row(edit, "Change it.")
    assert row["entries"] == [{"line": 7, "entry": "a.com"}]
    assert row["enough"] is False


def test_a_problem_has_what_shows_it() -> None:
    problem = warning("family.yaml", 3, "never", Sentence("remove it"), NO_HINT)
    row = {
        "file": "family.yaml",
        "line": 3,
        "column": 1,
        "path": "never",
        "message": "remove it",
        "hint": "",
        "severity": "warning",
    }
    assert problem_row(problem) == row | {"witness": None}
    shown = replace(problem, witness=Witness(who="kid", url="https://a.com/", at=NOON))
    assert problem_row(shown) == row | {
        "witness": {"url": "https://a.com/", "who": "kid", "at": "2026-11-24T12:00:00+00:00"}
    }


def test_a_log_row_is_its_decision_and_what_was_asked() -> None:
    record = DecisionRecord(
        at=NOON,
        decision=DECISION,
        client="192.168.1.7",
        method="GET",
        scheme="https",
        host="pornhub.com",
        path="",
    )
    assert record_row(record) == WHOLE | {
        "at": "2026-11-24T12:00:00+00:00",
        "client": "192.168.1.7",
        "method": "GET",
        "scheme": "https",
        "host": "pornhub.com",
        "path": "",
    }
