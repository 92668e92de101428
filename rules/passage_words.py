"""A parent's leave in words: that a host passes unopened on a device, and when that ends."""

from datetime import datetime

from rules.decision import Decision
from rules.facts import Facts, Passage
from rules.hosts import parents
from rules.policy import Language, Policy
from rules.seal import PASSAGE
from rules.sentences import sentence
from rules.wording import moment_words


def passage_line(
    decision: Decision,
    *,
    device: str,
    host: str,
    facts: Facts,
    moment: datetime,
    policy: Policy,
    language: Language,
) -> str:
    """That a parent let it through, who, and until when; empty if no leave sealed the decision.

    Args:
        decision: What was decided, now or then.
        device: The device's key, else its address.
        host: In normal form.
        facts: What has happened by `moment`.
        moment: Aware: now. A leave that has ended by then is told without its end.
        policy: The family's.
        language: In which it is said.
    """
    if decision.seal != PASSAGE:
        return ""
    leave = leave_for(facts, device=device, host=host, moment=moment)
    if leave is None:
        return sentence(language, "look.passage.over")
    ends = moment_words(leave.ends, language=language, policy=policy, now=moment)
    return sentence(language, "look.passage", by=leave.by, moment=ends)


def leave_for(facts: Facts, *, device: str, host: str, moment: datetime) -> Passage | None:
    """The leave that lets a host through on a device; of several the one that lasts longest."""
    found = [
        one
        for one in facts.passages
        if one.device == device and one.host in parents(host) and one.given <= moment < one.ends
    ]
    return max(found, key=lambda one: one.ends, default=None)
