"""The first page: is it working, what happened today, what can be answered or ended now."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template

from admin.activity import reason_names
from admin.device_notice import device_notice
from admin.first import device_steps
from admin.house import House, Standing, house
from admin.list_notice import list_notice
from admin.proposal import next_midnight
from admin.rows import days, profile_name
from admin.texts import gettext as _
from admin.texts import near_words
from rules.decision import Reason
from rules.facts import Grant
from rules.policy import Action, LogLevel
from store import decisions, facts
from store.decisions import LogQuery

LATEST = 6
"""Blocks shown on the page."""
_DAY = timedelta(days=1)

pages = Blueprint("today", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLine:
    """A live answer in words."""

    id: str
    text: str
    ends: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One profile's line of the day's numbers."""

    key: str
    name: str
    allowed: int
    blocked: int


@pages.get("/")
def page() -> str:
    """Show how the house is doing."""
    here, moment = house(), house().clock()
    standing = here.standing()
    by_action, by_reason = _numbers(here, standing, moment)
    blocks = LogQuery(action=Action.BLOCK, limit=LATEST)
    was_ever_used = by_action or decisions.read(here.engine, LogQuery(limit=1))
    return render_template(
        "today.html",
        people=_people(by_action, standing),
        reasons=_reasons(by_reason),
        latest=list(days(decisions.read(here.engine, blocks))),
        grants=[_line(one, standing) for one in facts.live_grants(here.engine, moment)],
        lists=list_notice(here, standing),
        devices=device_notice(here, standing),
        device=None if was_ever_used else device_steps(),
    )


def _numbers(
    here: House, standing: Standing, moment: datetime
) -> tuple[Counter[tuple[str, Action]], Counter[Reason]]:
    """How often today by profile and action, and why something was blocked.

    From the log, which knows the family's midnight; for who is only counted, from the counts.
    """
    midnight = next_midnight(moment - _DAY, standing.policy)
    logged = decisions.summary(here.engine, midnight)
    by_action, by_reason = Counter[tuple[str, Action]](), Counter(logged.by_reason)
    for key, (allowed, blocked) in logged.by_profile.items():
        by_action[key, Action.ALLOW] += allowed
        by_action[key, Action.BLOCK] += blocked
    for one in decisions.read_counts(here.engine, midnight.date()):
        profile = standing.policy.profiles.get(one.profile)
        if profile is not None and profile.log is LogLevel.COUNTS:
            by_action[one.profile, one.action] += one.n
            by_reason[one.reason] += one.n if one.action is Action.BLOCK else 0
    return by_action, by_reason


def _people(by_action: Counter[tuple[str, Action]], standing: Standing) -> list[Person]:
    """Everybody in the rules, in the file's order, then who was seen and has left them."""
    keys = dict.fromkeys([*standing.policy.profiles, *(key for key, _action in by_action)])
    return [
        Person(
            key=key,
            name=profile_name(standing, key),
            allowed=by_action[key, Action.ALLOW],
            blocked=by_action[key, Action.BLOCK],
        )
        for key in keys
    ]


def _reasons(by_reason: Counter[Reason]) -> list[tuple[str, str, int]]:
    """What blocked today, the most frequent first: name in the query, words, number."""
    names = reason_names()
    return [
        (reason.value, names[reason], n)
        for reason, n in by_reason.most_common()
        if n and reason in names
    ]


def _line(grant: Grant, standing: Standing) -> GrantLine:
    whom = _("everyone") if grant.profile is None else profile_name(standing, grant.profile)
    what = _("the internet") if grant.site is None else grant.site
    if grant.action is Action.ALLOW:
        text = _("%(what)s is open for %(whom)s", what=what, whom=whom)
    else:
        text = _("%(what)s is closed for %(whom)s", what=what, whom=whom)
    return GrantLine(id=grant.id, text=text, ends=near_words(grant.ends), by=grant.by)
