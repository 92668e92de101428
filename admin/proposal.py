"""What a parent is about to answer, and what the engine would make of it. Nothing is written here."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import Enum
from secrets import token_urlsafe
from zoneinfo import ZoneInfo

from rules.compile import Ruleset
from rules.decision import Decision
from rules.engine import decide
from rules.facts import Facts, Grant
from rules.hosts import Url, registrable_domain
from rules.policy import Action, Policy
from rules.request import Client, Request

HALF_HOUR = timedelta(minutes=30)


class Span(Enum):
    """For how long an answer holds."""

    HALF_HOUR = "30m"
    TONIGHT = "tonight"
    """Until the next midnight of the family's time zone."""
    ALWAYS = "always"
    """As a line of the rule file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One sentence button: who, what, how long."""

    action: Action
    site: str
    profile: str | None
    """None means everyone."""
    span: Span


def sites(host: str) -> tuple[str, ...]:
    """What an answer about `host` can mean, the widest first: its domain, the host itself."""
    domain = registrable_domain(host)
    return (host,) if domain in {None, host} else (str(domain), host)


def asked(url: Url, profile: str) -> Request:
    """A request that a profile would make."""
    return Request(id="proposal", url=url, client=Client(name=profile))


def as_grant(answer: Answer, *, by: str, moment: datetime, policy: Policy) -> Grant:
    """The answer as a grant. One for always is a grant here only to be tried out."""
    ends = moment + HALF_HOUR
    if answer.span is not Span.HALF_HOUR:
        ends = next_midnight(moment, policy)
    return Grant(
        id=token_urlsafe(9),
        action=answer.action,
        site=answer.site,
        profile=answer.profile,
        given=moment,
        ends=ends,
        by=by,
    )


def next_midnight(moment: datetime, policy: Policy) -> datetime:
    """The end of the family's day."""
    zone = ZoneInfo(policy.timezone)
    tomorrow = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone)


def with_grant(ruleset: Ruleset, request: Request, facts: Facts, grant: Grant) -> Decision:
    """What would happen to the request at the moment at which the grant is given."""
    return decide(ruleset, request, replace(facts, grants=(*facts.grants, grant)), grant.given)
