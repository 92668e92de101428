"""The family's own tests in the rule file, `expect:`. Whether they hold is judged by expectations.py."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from rules.hosts import typed_url
from rules.policy import UNKNOWN, Action, Expectation, Reason, Weekday, WeekMoment
from rules.policy_draft import Draft, Path
from rules.policy_forms import DATE_AND_HOUR, WEEK_MOMENT
from rules.policy_shape import ExpectShape
from rules.problems import Sentence, closest, meant, nearest

ANY = "any"
MOST_EXPECTATIONS = 1000
"""A second's work at most, each at any time of a week that has windows."""
NOT_OF_THE_RULES = {Reason.GRANT, Reason.UNREADABLE, Reason.FAILED}
REASONS = {one.value: one for one in Reason if one not in NOT_OF_THE_RULES}
"""What the rules alone can answer with: no test knows what a parent will open, or what will break."""

_ACTIONS = {"allowed": Action.ALLOW, "blocked": Action.BLOCK}


def read_expectations(
    draft: Draft, zone: ZoneInfo, items: list[ExpectShape | None] | None
) -> tuple[Expectation, ...]:
    """The expectations; what is wrong is refused and left out."""
    if len(items or ()) > MOST_EXPECTATIONS:
        message = Sentence("there are more than {most} entries here", most=MOST_EXPECTATIONS)
        draft.refuse(("expect",), message, Sentence("keep those that matter most"), at_key=True)
        return ()
    found = (
        _expectation(draft, zone, item, ("expect", position))
        for position, item in enumerate(items or ())
        if item is not None
    )
    return tuple(one for one in found if one is not None)


def _expectation(draft: Draft, zone: ZoneInfo, item: ExpectShape, path: Path) -> Expectation | None:
    before = len(draft.problems)
    _refuse_stranger(draft, item["who"], (*path, "who"))
    at = _moment(draft, zone, item.get("at", ANY), (*path, "at"))
    because = _reason(draft, item.get("because"), (*path, "because"))
    try:
        url = typed_url(item["url"])
    except ValueError:
        message = Sentence("no browser would open {address}", address=item["url"][:80])
        example = Sentence("write {example}", example="url: https://example.com/")
        draft.refuse((*path, "url"), message, example)
        return None
    if len(draft.problems) > before:
        return None
    return Expectation(
        who=item["who"],
        url=url,
        action=_ACTIONS[item["is"]],
        line=draft.line(path),
        at=at,
        because=because,
        note=item.get("note", ""),
    )


def _refuse_stranger(draft: Draft, who: str, path: Path) -> None:
    known = [*draft.keys("profiles"), *draft.keys("devices")]
    if who not in (*known, UNKNOWN):
        message = Sentence("no profile or device is called {name}", name=who)
        draft.refuse(path, message, nearest(who, [*known, UNKNOWN]))


def _moment(draft: Draft, zone: ZoneInfo, text: str, path: Path) -> WeekMoment | datetime | None:
    if text == ANY:
        return None
    weekly = WEEK_MOMENT.fullmatch(text)
    try:
        if weekly:
            return WeekMoment(day=Weekday[weekly[1].upper()], hour=time.fromisoformat(weekly[2]))
        if DATE_AND_HOUR.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        pass
    message = Sentence("{written} is no moment", written=text)
    draft.refuse(path, message, Sentence("write any, mon 23:00 or 2026-12-20 18:00"))
    return None


def _reason(draft: Draft, text: str | None, path: Path) -> Reason | None:
    if text is not None and text not in REASONS:
        message = Sentence(
            "{written} is not one of {choices}", written=text, choices=", ".join(REASONS)
        )
        close = closest(text, list(REASONS))
        draft.refuse(path, message, meant(close) if close else Sentence("write one of them"))
    return REASONS.get(text or "")
