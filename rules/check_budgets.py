"""What in the family's budgets is probably not meant: time that is never used up, or that nothing uses."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from rules.budget import NONE, precedence
from rules.check_times import kinds_of_day, open_time
from rules.compile import Ruleset
from rules.cover import Cover
from rules.entries import counted, spell_out
from rules.hosts import Url
from rules.narrowed import Case
from rules.policy import (
    EVERYTHING,
    Action,
    Budget,
    EntryList,
    Policy,
    Profile,
    Target,
    Weekday,
)
from rules.problems import Sentence, warning
from rules.schedule import DAY, EVERY_DAY
from rules.spans import span_text
from rules.turns import BY_THE_CLOCK
from rules.witness import Suspicion, ask, places, typed, without_request

MOST_HOSTS = 30
"""Addresses of a name that are tried."""
WEEK_DAYS = 7


def budget_suspicions(ruleset: Ruleset, moment: datetime) -> Iterator[Suspicion]:
    """What deserves a second look in budgets. Most of it is about time, which no request shows."""
    policy = ruleset.policy
    days = [kinds_of_day(policy, day) for day in Weekday]
    days += [{holiday.use, EVERY_DAY} for holiday in policy.holidays.values()]
    for profile in policy.profiles.values():
        yield from _unmeasured(policy, profile)
        for budget in profile.budgets.values():
            path = f"profiles.{profile.key}.time.budgets.{budget.key}"
            yield from _unused(ruleset, profile, budget, path=path, moment=moment)
            for kind, time in budget.allowances.items():
                line = policy.lines.get(f"{path}.{kind}", budget.line)
                such = [names for names in days if _chosen(budget, names) == kind]
                for message, hint in _of_kind(profile, kind, time, such):
                    yield without_request(warning(policy.file, line, path, message, hint))


def _unmeasured(policy: Policy, profile: Profile) -> Iterator[Suspicion]:
    """The proxy counts no minutes yet, and a parent should not believe that it does."""
    if any(time for budget in profile.budgets.values() for time in budget.allowances.values()):
        path = f"profiles.{profile.key}.time.budgets"
        line = min(budget.line for budget in profile.budgets.values())
        message = Sentence(
            "this version does not measure time yet: of these budgets only 0m closes"
        )
        hint = Sentence("until then, use windows")
        yield without_request(warning(policy.file, line, path, message, hint))


def _of_kind(
    profile: Profile, kind: str, time: timedelta | None, such: list[set[str]]
) -> Iterator[tuple[Sentence, Sentence]]:
    """What is odd about a budget's time on the days, by their names, on which it counts."""
    if not such:
        yield (
            Sentence("{day} never counts in this budget", day=kind),
            Sentence("your own kinds of day go before a weekday, and a weekday before every_day"),
        )
    elif profile.windows is not None and time:
        longest = max(open_time(profile.windows, names) for names in such)
        if NONE < longest < time:
            yield (
                Sentence(
                    "{time} on {day} is never used up: the internet is open for {open} then",
                    time=span_text(time),
                    day=kind,
                    open=span_text(longest),
                ),
                Sentence("write less time, or remove it"),
            )


def _chosen(budget: Budget, names: set[str]) -> str:
    return min((kind for kind in budget.allowances if kind in names), key=precedence, default="")


def _unused(
    ruleset: Ruleset, profile: Profile, budget: Budget, *, path: str, moment: datetime
) -> Iterator[Suspicion]:
    policy = ruleset.policy
    if budget.key == EVERYTHING:
        return
    counts = tuple(spell_out(policy, counted(policy, budget)))
    targets = {one.target for one in counts}
    if not targets:
        message = Sentence("nothing is in {name}, so nothing uses this budget", name=budget.key)
        hint = Sentence("fill the group, or remove the budget")
        yield without_request(warning(policy.file, budget.line, path, message, hint))
        return
    blocked = _blocked(policy, profile)
    if targets <= blocked.keys():
        message = Sentence(
            "{name} is blocked in line {line} anyway, so nothing uses this budget",
            name=budget.key,
            line=min(blocked[target] for target in targets),
        )
        hint = Sentence("remove the budget, or the block")
        # Those that are counted, and those that an entry may open all the same.
        opened = spell_out(policy, (*profile.allow, *policy.everyone_allow))
        inside = Cover.of(counts, ruleset.catalog)
        tried = {*targets, *(one.target for one in opened if any(inside.over(one.target)))}
        urls = [url for one in tried for url in places(one, ruleset.catalog, most=MOST_HOSTS)]
        yield Suspicion(
            problem=warning(policy.file, budget.line, path, message, hint),
            urls=sorted(urls, key=lambda url: url.text)[:MOST_HOSTS],
            who=(profile.key,),
            hours=_week(ruleset, profile, moment),
            shows=partial(_are_closed, ruleset=replace(ruleset, budgets={}), urls=urls),
        )


def _are_closed(case: Case, ruleset: Ruleset, urls: Iterable[Url]) -> bool:
    """Whether addresses stay closed if time does not matter, by what holds at all hours, and the case shows it."""
    requests = (replace(case.request, url=url) for url in urls)
    cases = (Case.of(ruleset, one, case.facts, case.moment) for one in requests)
    said = [ask(case), *(ask(one) for one in cases)]
    return all(one.action is Action.BLOCK and one.reason not in BY_THE_CLOCK for one in said)


def _week(ruleset: Ruleset, profile: Profile, moment: datetime) -> list[datetime]:
    """Hours of the days ahead at which the internet is open: not on all of them need there be time."""
    first = typed(moment.astimezone(ZoneInfo(ruleset.policy.timezone)))
    days = [first + ahead * DAY for ahead in range(WEEK_DAYS)]
    calendar = ruleset.calendars.get(profile.key)
    if calendar is None:
        return days
    openings = ((day, calendar.at(day)) for day in days)
    return [day if one.is_open else one.until or day for day, one in openings]


def _blocked(policy: Policy, profile: Profile) -> dict[Target, int]:
    """What stays blocked for the profile at all times, with the line."""
    found = _lasting(policy, policy.everyone_block)
    for one in spell_out(policy, profile.allow):
        found.pop(one.target, None)
    return found | _lasting(policy, profile.block) | _lasting(policy, policy.never)


def _lasting(policy: Policy, entries: EntryList) -> dict[Target, int]:
    return {
        one.target: one.line
        for one in spell_out(policy, entries)
        if one.starts is None and one.ends is None
    }
