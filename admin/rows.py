"""A line of the log as a parent reads it, with the answers that would do something about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import url_for

from admin.house import Standing, house
from admin.menu import Menu, menu
from admin.texts import day_words, exact_words, hour_words, why
from rules.decision import BUILT_IN, Decision, DecisionRecord
from rules.facts import Facts
from rules.policy import Action
from rules.questions import BARE_ADDRESS
from rules.shapes import ITS_SHAPE
from store.facts import read_facts


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
    wrong_link: str
    """To contradict the list that decided, empty if none did."""
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
        wrong_link=wrong_link(decision, address_of(record)),
        menu=menu(
            standing.ruleset,
            facts,
            moment,
            address=address_of(record),
            decision=decision,
        ),
    )


def rule_link(decision: Decision) -> str:
    """Where the deciding line can be changed, empty if no line decided."""
    return "" if decision.file == BUILT_IN else line_link(decision.line)


def wrong_link(decision: Decision, address: str) -> str:
    """Where to say that the category which decided is the wrong one. Empty: none did, an address has no name, or no list had a say."""
    if decision.category in {None, BARE_ADDRESS} or decision.source == ITS_SHAPE:
        return ""
    about = decision.inside or address
    return url_for("corrections_page.page", address=about, profile=decision.profile)


def line_link(line: int | None) -> str:
    """The editor at a line of the rule file, empty if there is no such line."""
    return "" if line is None else url_for("rules_page.page", _anchor=f"line-{line}")


def profile_name(standing: Standing, key: str) -> str:
    """The profile's name for people; its key if it has left the rules."""
    profile = standing.policy.profiles.get(key)
    return profile.name if profile else key


def address_of(record: DecisionRecord) -> str:
    """The address that was asked for, as far as the log keeps it."""
    host = f"[{record.host}]" if ":" in record.host else record.host
    scheme = "https" if record.scheme == "tcp" else record.scheme
    return f"{scheme}://{host}{record.path}"
