"""When may an answer become another one by itself: where a window, a budget's day, an entry or a parent's answer begins or ends."""

from collections.abc import Iterator
from datetime import datetime

from rules.budget import next_empty
from rules.decision import Reason
from rules.policy import Action
from rules.questions import Answer, Inquiry, again, concerns, speaking
from rules.seal import is_about

BY_THE_CLOCK = {Reason.WINDOW, Reason.BUDGET, Reason.GRANT}
"""Questions whose answer says itself until when it stands."""


def next_turn(inquiry: Inquiry, answer: Answer) -> datetime | None:
    """The first moment ahead at which there may be another answer. None: there is none.

    The inquiry is one that this answer has ended.
    """
    return soonest(*_turns(inquiry, answer))


def soonest(*moments: datetime | None) -> datetime | None:
    """The first of some moments. None is never."""
    # By what the clocks of the world say: in one zone Python compares the walls', which go back once a year.
    given = (moment for moment in moments if moment is not None)
    return min(given, key=datetime.timestamp, default=None)


def _turns(inquiry: Inquiry, answer: Answer) -> Iterator[datetime | None]:
    if answer.reason in BY_THE_CLOCK:
        yield answer.until
    # What is closed for another reason is no more open where a window opens or closes.
    if answer.action is Action.ALLOW:
        yield None if inquiry.opening is None else inquiry.opening.until
        yield from _empty_days(inquiry)
    now = inquiry.moment.timestamp()
    yield from (turn for turn in _dated(inquiry) if turn.timestamp() > now)


def _empty_days(inquiry: Inquiry) -> Iterator[datetime | None]:
    counting = {standing.budget for standing in inquiry.balances}
    if counting:
        for ration in inquiry.ruleset.budgets[inquiry.asker.profile.key]:
            if ration.budget.key in counting:
                yield next_empty(ration, inquiry.moment)


def _dated(inquiry: Inquiry) -> Iterator[datetime]:
    """Where entries that speak of the request begin or end, and where parents' answers begin."""
    ruleset, key = inquiry.ruleset, inquiry.asker.profile.key
    if ruleset.has_dates:
        # Which entries will speak one day says nothing about how deep to look today.
        aside = again(inquiry, inquiry.moment)
        counts = (one.counts for one in ruleset.budgets.get(key, ()) if one.counts is not None)
        for entries in (ruleset.never, ruleset.anytime, *ruleset.lists(key), *counts):
            for rule in speaking(aside, entries):
                yield from (turn for turn in (rule.starts, rule.ends) if turn is not None)
    # Those that hold by now have the word until they end, or are never asked.
    yield from (one.given for one in inquiry.facts.grants if concerns(one, inquiry))
    for passage in inquiry.facts.passages:
        if is_about(passage, inquiry):
            yield from (passage.given, passage.ends)
