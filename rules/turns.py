"""When may an answer become another one by itself: where a window, an entry or a parent's answer begins or ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from rules.decision import Reason
from rules.policy import Action
from rules.questions import Answer, Inquiry, concerns, speaking


def next_turn(inquiry: Inquiry, answer: Answer) -> datetime | None:
    """The first moment ahead at which there may be another answer. None: there is none."""
    return min(_turns(inquiry, answer), default=None)


def _turns(inquiry: Inquiry, answer: Answer) -> Iterator[datetime]:
    if answer.reason in {Reason.WINDOW, Reason.GRANT} and answer.until is not None:
        yield answer.until
    opening = inquiry.opening
    # What is closed for another reason is no more open where a window opens or closes.
    if answer.action is Action.ALLOW and opening is not None and opening.until is not None:
        yield opening.until
    yield from (turn for turn in _dated(inquiry) if turn > inquiry.moment)


def _dated(inquiry: Inquiry) -> Iterator[datetime]:
    """Where entries that speak of the request begin or end, and where parents' answers begin."""
    ruleset = inquiry.ruleset
    if ruleset.has_dates:
        aside = replace(inquiry)  # which entries will speak one day says nothing about today's look
        own = ruleset.own[inquiry.asker.profile.key]
        for entries in (ruleset.never, ruleset.anytime, own, ruleset.everyone):
            for rule in speaking(aside, entries):
                yield from (turn for turn in (rule.starts, rule.ends) if turn is not None)
    # Those that hold by now have the word until they end, or are never asked.
    yield from (one.given for one in inquiry.facts.grants if concerns(one, inquiry))
