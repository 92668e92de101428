"""Decisions, explanations and log lines as JSON objects. These keys are a promise: README, "What scripts may rely on"."""

from dataclasses import asdict
from datetime import datetime

from rules.decision import Change, Decision, DecisionRecord, Step
from rules.problems import Problem
from rules.replay import Shift

type Row = dict[str, str | int | bool | None]


def answer_row(decision: Decision) -> Row:
    """What `porchlight decide` prints of a decision."""
    return {
        "action": decision.action.value,
        "reason": decision.reason.value,
        "profile": decision.profile,
        "entry": decision.entry,
        "file": decision.file,
        "line": decision.line,
        "until": _iso(decision.until),
        "look": decision.look.name.lower(),
        "id": decision.id,
    }


def decision_row(decision: Decision) -> Row:
    """All that a decision knows."""
    return answer_row(decision) | {
        "revision": decision.revision,
        "device": decision.device,
        "category": decision.category,
        "listed": decision.listed,
        "source": decision.source,
        "inside": decision.inside,
        "note": decision.note,
        "seal": decision.seal,
        "rewrite": None if decision.rewrite is None else decision.rewrite.what,
    }


def step_row(step: Step, words: str) -> Row:
    """One question of `porchlight explain`."""
    return {
        "question": step.question,
        "answer": None if step.answer is None else step.answer.value,
        "decides": step.decides,
        "entry": step.entry,
        "line": step.line,
        "detail": step.detail,
        "words": words,
    }


def change_row(change: Change, words: str) -> dict[str, object]:
    """One thing that would change the answer."""
    return {
        "kind": change.kind.value,
        "at": _iso(change.at),
        "host": change.host,
        "line": change.line,
        "entries": [{"line": line, "entry": entry} for line, entry in change.entries],
        "enough": change.is_enough,
        "words": words,
    }


def problem_row(problem: Problem) -> dict[str, object]:
    """One thing that is wrong with a rule file, or probably not meant."""
    witness = problem.witness
    return asdict(problem) | {
        "witness": None
        if witness is None
        else {"url": witness.url, "who": witness.who, "at": witness.at.isoformat()}
    }


def record_row(record: DecisionRecord) -> Row:
    """One line of the log."""
    return {
        "at": _iso(record.at),
        **decision_row(record.decision),
        "client": record.client,
        "method": record.method,
        "scheme": record.scheme,
        "host": record.host,
        "path": record.path,
    }


def shift_row(shift: Shift) -> dict[str, object]:
    """What `porchlight replay` prints of one profile in one direction."""
    return {
        "profile": shift.profile,
        "action": shift.action.value,
        "requests": shift.requests,
        "sites": shift.sites,
        "examples": [
            {
                "at": _iso(example.visit.at),
                "host": example.visit.host,
                "path": example.visit.path,
                "times": example.times,
                "before": _short_row(example.before),
                "after": _short_row(example.after),
            }
            for example in shift.examples
        ],
    }


def _short_row(decision: Decision) -> Row:
    """A decision that was never made, and so has no id."""
    row = decision_row(decision)
    del row["id"]
    return row


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
