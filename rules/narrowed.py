"""One request, and the rules that speak of it: so few that rules with a line less or more are tried in microseconds."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from rules.compile import Ruleset
from rules.facts import Facts, Grant
from rules.identity import identify
from rules.inside import with_inner
from rules.match import Index, Rule, index
from rules.policy import Action
from rules.questions import inquire, speaking
from rules.request import Request
from rules.schedule import Calendar

A_WHILE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request at one moment, with the rules that speak of it and no others."""

    ruleset: Ruleset
    request: Request
    facts: Facts
    moment: datetime
    profile: str
    """Whose rules are asked, by key."""

    @classmethod
    def of(cls, ruleset: Ruleset, request: Request, facts: Facts, moment: datetime) -> Self:
        """The case of a request.

        Raises:
            LookupError: the client gives a name that nobody has.
        """
        asker = identify(ruleset.roll, request.client)
        inquiry = inquire(ruleset, request, facts, moment, asker)
        inquiry.request = request  # a rule that a seal silences speaks of the request all the same
        asked = tuple(with_inner(inquiry))
        key = asker.profile.key

        def narrow(entries: Index) -> Index:
            return index(dict.fromkeys(rule for one in asked for rule in speaking(one, entries)))

        return cls(
            ruleset=replace(
                ruleset,
                never=narrow(ruleset.never),
                anytime=narrow(ruleset.anytime),
                everyone=narrow(ruleset.everyone),
                own={key: narrow(ruleset.own[key])},
            ),
            request=request,
            facts=facts,
            moment=moment,
            profile=key,
        )

    def rules(self) -> Iterator[Rule]:
        """What the file's own entries say of the request, the preset's not among them."""
        rules = self.ruleset
        for entries in (rules.never, rules.anytime, rules.own[self.profile], rules.everyone):
            yield from entries.rules()

    def without(self, gone: Collection[Rule]) -> Self:
        """The same request where some rules are no more."""

        def left(entries: Index) -> Index:
            return index(rule for rule in entries.rules() if rule not in gone)

        rules = self.ruleset
        return replace(
            self,
            ruleset=replace(
                rules,
                never=left(rules.never),
                anytime=left(rules.anytime),
                everyone=left(rules.everyone),
                own={self.profile: left(rules.own[self.profile])},
            ),
        )

    def with_rule(self, rule: Rule) -> Self:
        """The same request where the profile has one rule more."""
        own = index((*self.ruleset.own[self.profile].rules(), rule))
        return replace(self, ruleset=replace(self.ruleset, own={self.profile: own}))

    def with_calendar(self, calendar: Calendar | None) -> Self:
        """The same request where the profile has other windows. None: the internet at all hours."""
        calendars = {} if calendar is None else {self.profile: calendar}
        return replace(self, ruleset=replace(self.ruleset, calendars=calendars))

    def without_budget(self, budget: str) -> Self:
        """The same request where one of the profile's budgets has no limit."""
        rations = self.ruleset.budgets[self.profile]
        left = tuple(ration for ration in rations if ration.budget.key != budget)
        return replace(self, ruleset=replace(self.ruleset, budgets={self.profile: left}))

    def with_answer(self, action: Action, site: str) -> Self:
        """The same request where a parent has just opened or closed a site for a while."""
        grant = Grant(
            id="tried",
            action=action,
            site=site,
            profile=self.profile,
            given=self.moment,
            ends=self.moment + A_WHILE,
            by="",
        )
        return replace(self, facts=replace(self.facts, grants=(*self.facts.grants, grant)))
