"""The log: what was asked for, what happened to it, why, and what to answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from flask import Blueprint, render_template, request

from admin.house import house
from admin.proposal import next_midnight
from admin.rows import days
from admin.texts import gettext as _
from rules.decision import Reason
from rules.policy import Action, Policy
from store import decisions
from store.decisions import LogQuery

PAGE = 50
"""Lines shown at once."""
_LONGEST_SEARCH = 255

pages = Blueprint("activity", __name__)


class Since(Enum):
    """The stretches of time that the filter offers."""

    HOUR = "hour"
    TODAY = "today"
    WEEK = "week"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the filter at the top of the page says."""

    profile: str
    action: Action | None
    reason: Reason | None
    since: Since
    search: str
    before: str

    @property
    def is_everything(self) -> bool:
        """True if nothing is filtered away."""
        narrowed = (self.profile, self.action, self.reason, self.search, self.before)
        return self.since is Since.ALL and not any(narrowed)

    def older(self, before: str) -> dict[str, str]:
        """The query of the next page."""
        asked = {
            "profile": self.profile,
            "action": self.action.value if self.action else "",
            "reason": self.reason.value if self.reason else "",
            "since": self.since.value,
            "search": self.search,
            "before": before,
        }
        return {key: value for key, value in asked.items() if value}


@pages.get("/activity")
def page() -> str:
    """Show the log's newest lines that match the filter."""
    here = house()
    policy, wanted = here.standing().policy, _wanted()
    query = LogQuery(
        profile=wanted.profile or None,
        action=wanted.action,
        reason=wanted.reason,
        since=_start(wanted.since, here.clock(), policy),
        search=wanted.search,
        limit=PAGE + 1,
        before=wanted.before or None,
    )
    found = decisions.read(here.engine, query)
    shown = found[:PAGE]
    return render_template(
        "activity.html",
        wanted=wanted,
        days=list(days(shown)),
        older=wanted.older(shown[-1].decision.id) if len(found) > PAGE else None,
        profiles=policy.profiles.values(),
        reasons=reason_names(),
        spans=_span_names(),
    )


def reason_names() -> dict[Reason, str]:
    """The reasons that the log can hold, as a parent would name them. Help is never logged."""
    return {
        Reason.NEVER: _("On the family's never list"),
        Reason.GRANT: _("A parent's answer"),
        Reason.SITE: _("A site in the rules"),
        Reason.SEARCH: _("Words that were searched for"),
        Reason.FILE: _("A kind of file"),
        Reason.WINDOW: _("Internet time is over"),
        Reason.BUDGET: _("No time left today"),
        Reason.CATEGORY: _("A kind of site"),
        Reason.DEFAULT: _("No rule names it"),
        Reason.ASK: _("Nobody has decided yet"),
        Reason.LOCAL: _("An address inside the house"),
        Reason.UNREADABLE: _("A request that no browser would send"),
        Reason.FAILED: _("Porchlight's own fault"),
    }


def _span_names() -> dict[Since, str]:
    return {
        Since.ALL: _("All that is kept"),
        Since.HOUR: _("The last hour"),
        Since.TODAY: _("Today"),
        Since.WEEK: _("The last 7 days"),
    }


def _wanted() -> Wanted:
    return Wanted(
        profile=request.args.get("profile", "")[:_LONGEST_SEARCH],
        action=_one(Action, "action"),
        reason=_one(Reason, "reason"),
        since=_one(Since, "since") or Since.ALL,
        search=request.args.get("search", "").strip()[:_LONGEST_SEARCH],
        before=request.args.get("before", "")[:_LONGEST_SEARCH],
    )


def _one[E: Enum](kind: type[E], name: str) -> E | None:
    """The choice that the query names; None for an unknown one, as from an old bookmark."""
    value = request.args.get(name, "")
    return next((one for one in kind if one.value == value), None)


def _start(since: Since, moment: datetime, policy: Policy) -> datetime | None:
    starts = {
        Since.HOUR: moment - timedelta(hours=1),
        Since.TODAY: next_midnight(moment - timedelta(days=1), policy),
        Since.WEEK: moment - timedelta(days=7),
    }
    return starts.get(since)
