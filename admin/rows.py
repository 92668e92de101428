"""A line of the log as a parent reads it, with the answers that would do something about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import url_for

from admin.house import Standing, house
from admin.proposal import Answer, Span, as_grant, asked, sites, with_grant
from admin.texts import day_words, exact_words, hour_words, language
from admin.texts import gettext as _
from rules.compile import Ruleset
from rules.decision import BUILT_IN, Decision, DecisionRecord
from rules.facts import Facts
from rules.hosts import typed_url
from rules.policy import Action
from rules.wording import reason_line
from store.facts import read_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The sentence buttons for one address and one profile."""

    action: Action
    """What the buttons do: the opposite of what happens now."""
    address: str
    """Normal form; the answer is tried on it first."""
    sites: tuple[str, ...]
    """What the answer can mean, the widest first."""
    profile: str
    name: str
    """The profile's, for people."""
    refusal: str
    """Why no answer would do anything. Empty: it would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the log."""

    id: str
    hour: str
    exact: str
    who: str
    host: str
    path: str
    blocked: bool
    why: str
    rule: str
    """`family.yaml:31`, empty if no line decided."""
    rule_link: str
    menu: Menu | None
    """None: the profile or the address is gone."""


def days(records: Sequence[DecisionRecord]) -> Iterator[tuple[str, list[Row]]]:
    """The lines of the log under the days on which they happened, in the order given."""
    here = house()
    standing, moment = here.standing(), here.clock()
    facts = read_facts(here.engine, moment)
    for day, group in groupby(records, key=lambda record: day_words(record.at, moment)):
        yield day, [_row(record, standing, facts, moment) for record in group]


def _row(record: DecisionRecord, standing: Standing, facts: Facts, moment: datetime) -> Row:
    decision = record.decision
    return Row(
        id=decision.id,
        hour=hour_words(record.at),
        exact=exact_words(record.at),
        who=profile_name(standing, decision.profile),
        host=record.host,
        path=record.path,
        blocked=decision.action is Action.BLOCK,
        why=why(decision),
        rule="" if decision.line is None else f"{decision.file}:{decision.line}",
        rule_link=rule_link(decision),
        menu=menu(
            standing.ruleset,
            facts,
            moment,
            address=address_of(record),
            decision=decision,
        ),
    )


def why(decision: Decision) -> str:
    """One plain line on what decided."""
    return reason_line(decision, language=language(), catalog=house().catalog)


def rule_link(decision: Decision) -> str:
    """Where the deciding line can be changed, empty if no line decided."""
    return "" if decision.file == BUILT_IN else line_link(decision.line)


def line_link(line: int | None) -> str:
    """The editor at a line of the rule file, empty if there is no such line."""
    return "" if line is None else url_for("rules_page.page", _anchor=f"line-{line}")


def profile_name(standing: Standing, key: str) -> str:
    """The profile's name for people; its key if it has left the rules."""
    profile = standing.policy.profiles.get(key)
    return profile.name if profile else key


def menu(
    ruleset: Ruleset,
    facts: Facts,
    moment: datetime,
    *,
    address: str,
    decision: Decision,
) -> Menu | None:
    """The answers to what happened to an address; tried out on the engine before they are offered."""
    profile = decision.profile
    person = ruleset.policy.profiles.get(profile)
    try:
        url = typed_url(address)
    except ValueError:
        return None
    if person is None:
        return None
    opposite = Action.ALLOW if decision.action is Action.BLOCK else Action.BLOCK
    choices = sites(url.host)
    answer = Answer(action=opposite, site=choices[0], profile=profile, span=Span.HALF_HOUR)
    grant = as_grant(answer, by="", moment=moment, policy=ruleset.policy)
    tried = with_grant(ruleset, asked(url, profile), facts, grant)
    return Menu(
        action=opposite,
        address=url.text,
        sites=choices,
        profile=profile,
        name=person.name,
        refusal="" if tried.action is opposite else refusal(tried, said=why(decision)),
    )


def refusal(tried: Decision, said: str = "") -> str:
    """Why an answer would change nothing; without the reason where it is what was `said` before."""
    if why(tried) == said:
        return _("A parent's answer does not change this.")
    if tried.action is Action.BLOCK:
        return _("This will not open it: %(reason)s", reason=why(tried))
    return _("This will not close it: %(reason)s", reason=why(tried))


def address_of(record: DecisionRecord) -> str:
    """The address that was asked for, as far as the log keeps it."""
    host = f"[{record.host}]" if ":" in record.host else record.host
    return f"{record.scheme}://{host}{record.path}"
