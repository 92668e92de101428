"""The sentence buttons for one address: which there are, tried out on the engine before they are offered."""

from dataclasses import dataclass
from datetime import datetime

from admin.proposal import Answer, Span, as_grant, asked, sites, with_grant
from admin.texts import gettext as _
from admin.texts import why
from rules.compile import Ruleset
from rules.decision import Decision, Reason
from rules.engine import decide
from rules.facts import Facts
from rules.hosts import Url, typed_url
from rules.policy import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """What a parent can do about one address for one profile."""

    action: Action
    """What the buttons do: the opposite of what happened."""
    address: str
    """Normal form; the answer is tried on it once more before it is given."""
    sites: tuple[str, ...]
    """What the answer can mean, the widest first."""
    profile: str
    name: str
    """The profile's, for people."""
    words: str
    """What there is to know first: that no answer helps, or that one was given. May be empty."""
    works: bool
    """The buttons would do something; else they are not shown."""


def menu(
    ruleset: Ruleset, facts: Facts, moment: datetime, *, address: str, decision: Decision
) -> Menu | None:
    """The answers to what happened to an address. None: the profile or the address is no more."""
    person = ruleset.policy.profiles.get(decision.profile)
    if decision.inside is not None and decision.action is Action.BLOCK:
        address = decision.inside  # its carrier is open: an answer about that would change nothing
    try:
        url = typed_url(address)
    except ValueError:
        return None
    if person is None:
        return None
    opposite = Action.ALLOW if decision.action is Action.BLOCK else Action.BLOCK
    choices = sites(url.host)
    answer = Answer(action=opposite, site=choices[0], profile=decision.profile, span=Span.HALF_HOUR)
    words, works = _prospect(ruleset, facts, moment, answer=answer, url=url, decision=decision)
    return Menu(
        action=opposite,
        address=url.text,
        sites=choices,
        profile=decision.profile,
        name=person.name,
        words=words,
        works=works,
    )


def refusal(tried: Decision, said: str = "") -> str:
    """Why an answer would change nothing; without the reason where it is what was `said` before."""
    if why(tried) == said:
        return _("A parent's answer does not change this.")
    if tried.action is Action.BLOCK:
        return _("This will not open it: %(reason)s", reason=why(tried))
    return _("This will not close it: %(reason)s", reason=why(tried))


def _prospect(
    ruleset: Ruleset,
    facts: Facts,
    moment: datetime,
    *,
    answer: Answer,
    url: Url,
    decision: Decision,
) -> tuple[str, bool]:
    """What to say before the buttons, and whether they would do anything."""
    request = asked(url, decision.profile)
    now = decide(ruleset, request, facts, moment)
    if now.action is answer.action:
        return _already(now), now.reason is Reason.GRANT  # an answer for a while may be prolonged
    grant = as_grant(answer, by="", moment=moment, policy=ruleset.policy)
    tried = with_grant(ruleset, request, facts, grant)
    if tried.action is answer.action:
        return "", True
    return refusal(tried, said=why(decision)), False


def _already(now: Decision) -> str:
    if now.action is Action.ALLOW:
        return _("By now it is open: %(reason)s", reason=why(now))
    return _("By now it is closed: %(reason)s", reason=why(now))
