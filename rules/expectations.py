"""Do the rules do what the family expects of them? The engine answers; nothing is decided here.

Law: settings and grants are not looked at, so that a file passes or fails alike in every house.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from rules.compile import Ruleset
from rules.decision import Decision
from rules.engine import decide
from rules.entries import turns
from rules.facts import NOTHING_HAPPENED
from rules.identity import identify
from rules.policy import Action, Expectation, Policy, Reason, Weekday, WeekMoment
from rules.problems import Problem, Sentence
from rules.request import Client, Request
from rules.schedule import DAY, turns_within

MOST_TURNING_DAYS = 50
"""Days beyond the week on which an entry begins or ends; the nearest are tried."""
WEEK = timedelta(days=7)
SEARCHED_WEEKS = 53
"""How far ahead a day without a holiday is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A moment at which an expectation is tried."""

    name: str
    """As the rule file would write it: `mon 23:00`, or `2027-02-03 08:00` on a day that is not normal."""
    moment: datetime


def unmet(ruleset: Ruleset, moment: datetime) -> tuple[Problem, ...]:
    """Each expectation that the rules do not meet, with the first moment at which they do not.

    `at: any` is tried in a normal week from `moment` on, around the coming holidays and on the days
    on which entries begin or end: wherever a window or an entry turns, and once in between. Some
    0.5 ms each. While a list that is on has not come yet, nothing is expected to be blocked.
    """
    # Not at home in one house only: `reach` is a setting, and no part of the file.
    ruleset = replace(ruleset, reach=frozenset())
    days = _days(ruleset.policy, moment)

    @cache
    def at_any(profile: str) -> tuple[Trial, ...]:
        return tuple(_at_any(ruleset, profile, days))

    waits = bool(ruleset.listings.missing)
    found = (
        _problem(ruleset, position, expected, days, at_any)
        for position, expected in enumerate(ruleset.policy.expect, start=1)
        # else a list could never come in by the edit that expects something of it
        if not (waits and expected.action is Action.BLOCK)
    )
    return tuple(problem for problem in found if problem is not None)


def _problem(
    ruleset: Ruleset,
    position: int,
    expected: Expectation,
    days: dict[date, str],
    at_any: Callable[[str], tuple[Trial, ...]],
) -> Problem | None:
    client = Client(name=expected.who)
    request = Request(id="expect", url=expected.url, client=client)
    if expected.at is None:
        trials = at_any(identify(ruleset.roll, client).profile.key)
    else:
        trials = (_trial(ruleset.policy, expected.at, days),)
    for trial in trials:
        decision = decide(ruleset, request, NOTHING_HAPPENED, trial.moment)
        if decision.action is not expected.action or (
            expected.because not in {None, decision.reason}
        ):
            return Problem(
                file=ruleset.policy.file,
                line=expected.line,
                column=1,
                path=f"expect #{position}",
                message=Sentence(
                    "{address} should be {wanted} for {who}; at {moment} it is {found}",
                    address=expected.url.text,
                    wanted=_answer(expected.action, expected.because),
                    who=expected.who,
                    moment=trial.name,
                    found=_found(decision),
                ),
                hint=Sentence("change the rules, or what you expect of them"),
            )
    return None


def _found(decision: Decision) -> Sentence:
    answer = _answer(decision.action, decision.reason)
    if decision.line is None:
        return answer
    return Sentence("{answer}, line {line}", answer=answer, line=decision.line)


def _answer(action: Action, reason: Reason | None) -> Sentence:
    said = Sentence("allowed") if action is Action.ALLOW else Sentence("blocked")
    if reason is None:
        return said
    return Sentence("{answer} because of “{reason}”", answer=said, reason=reason.value)


def _days(policy: Policy, moment: datetime) -> dict[date, str]:
    """The days to try, each as the rule file names it: a normal week, and what is not like it."""
    zone = ZoneInfo(policy.timezone)
    today = moment.astimezone(zone).date()
    found = {_normal(policy, today + ahead * DAY) for ahead in range(WEEK.days)}
    named = {day: Weekday(day.weekday()).name.lower() for day in found}
    for holiday in policy.holidays.values():
        # The evening before may reach into the first day, and the last evening into the day after.
        for day in (holiday.first, holiday.first + DAY, holiday.last, holiday.last + DAY):
            if day >= today:
                named.setdefault(day, day.isoformat())
    turning = {turn.astimezone(zone).date() for turn in turns(policy) if turn > moment}
    for day in sorted(turning)[:MOST_TURNING_DAYS]:
        named.setdefault(day, day.isoformat())
    return dict(sorted(named.items()))


def _normal(policy: Policy, day: date) -> date:
    """The first such day of the week that is no holiday, and does not follow one."""
    holidays = policy.holidays.values()
    for ahead in range(SEARCHED_WEEKS):
        later = day + ahead * WEEK
        if not any(one.first <= later <= one.last + DAY for one in holidays):
            return later
    return day


def _trial(policy: Policy, at: WeekMoment | datetime, days: dict[date, str]) -> Trial:
    if isinstance(at, datetime):
        return Trial(name=f"{at:%Y-%m-%d %H:%M}", moment=at)
    name = at.day.name.lower()
    day = next(day for day, kind in days.items() if kind == name)
    moment = datetime.combine(day, at.hour, ZoneInfo(policy.timezone))
    return Trial(name=f"{name} {at.hour:%H:%M}", moment=moment)


def _at_any(ruleset: Ruleset, profile: str, days: dict[date, str]) -> Iterator[Trial]:
    zone = ZoneInfo(ruleset.policy.timezone)
    calendar = ruleset.calendars.get(profile)
    dated = [turn.astimezone(UTC) for turn in turns(ruleset.policy)]
    for day, name in days.items():
        begins, ends = (
            datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + DAY)
        )
        points = {begins, ends, *(turn for turn in dated if begins < turn < ends)}
        points |= set(turns_within(calendar, day) if calendar else ())
        for start, end in pairwise(sorted(points)):
            for moment in (start, start + (end - start) / 2):
                local = moment.astimezone(zone)
                yield Trial(name=f"{name} {local:%H:%M}", moment=local)
