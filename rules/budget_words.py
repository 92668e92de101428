"""Budgets in words: how much time, for what, on which kind of day."""

from datetime import timedelta

from rules.budget import NONE, Balance
from rules.decision import Decision
from rules.policy import EVERYTHING, Language, Policy, Weekday
from rules.schedule import EVERY_DAY
from rules.sentences import nth, sentence

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def span_words(language: Language, span: timedelta) -> str:
    """A stretch of time, `1 hour 30 minutes`; what is less than a minute of it is left out."""
    hours, minutes = span // HOUR, span % HOUR // MINUTE
    parts = [
        sentence(language, f"span.{unit}.one" if n == 1 else f"span.{unit}", n=n)
        for unit, n in (("hours", hours), ("minutes", minutes))
        if n
    ]
    return " ".join(parts) or sentence(language, "span.short")


def is_without_time(decision: Decision, policy: Policy) -> bool:
    """Whether the kind of day that decided gives no time at all, rather than time that is used up."""
    return _allowance(decision, policy) == NONE


def why_words(decision: Decision, *, policy: Policy, language: Language, topic: str) -> str:
    """Why, to a child. `topic` is what the budget counts, for people."""
    counted = sentence(language, "counted", topic=topic)
    if decision.entry == EVERYTHING:
        counted = sentence(language, "counted.everything")
    allowance = _allowance(decision, policy)
    if allowance is None:
        return sentence(language, "why.budget", topic=counted)
    if allowance:
        amount = span_words(language, allowance)
        return sentence(language, "why.budget.some", topic=counted, amount=amount)
    if decision.listed == EVERY_DAY:
        return sentence(language, "why.budget.never", topic=counted)
    day = _day_words(language, decision.listed or "")
    return sentence(language, "why.budget.none", topic=counted, day=day)


def answer_words(standing: Balance | None, language: Language) -> str:
    """How the strictest budget stands, to a parent."""
    if standing is None:
        return sentence(language, "answer.budget.uncounted")
    if standing.left is None or standing.whole is None:
        return sentence(language, "answer.budget.unlimited")
    if standing.left:
        left, whole = (span_words(language, one) for one in (standing.left, standing.whole))
        return sentence(language, "answer.budget.left", left=left, whole=whole)
    if standing.whole:
        return sentence(language, "answer.budget.used", whole=span_words(language, standing.whole))
    day = _day_words(language, standing.kind)
    return sentence(language, "answer.budget.none", day=day)


def _allowance(decision: Decision, policy: Policy) -> timedelta | None:
    """What the day gave by the rules; None if they have been rewritten since."""
    profile = policy.profiles.get(decision.profile)
    budget = None if profile is None else profile.budgets.get(decision.entry or "")
    return None if budget is None else budget.allowances.get(decision.listed or "")


def _day_words(language: Language, kind: str) -> str:
    """A kind of day as people say it: `school night`, `Monday`."""
    if kind == EVERY_DAY:
        return sentence(language, "every_day")
    if kind.upper() in Weekday.__members__:
        return nth(language, "weekdays", Weekday[kind.upper()].value)
    return kind.replace("_", " ")
