"""What other rules would have done with the visits in the log. The engine answers; nothing is decided here.

Law: the same rules change nothing, and a help site is never shown.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from rules.budget import NONE, Ration
from rules.compile import Ruleset
from rules.decision import Decision
from rules.engine import decide
from rules.entries import turns
from rules.facts import NOTHING_HAPPENED, Facts, Grant
from rules.hosts import Url, parse_url, registrable_domain
from rules.identity import identify
from rules.match import Index
from rules.policy import Action, Reason
from rules.request import Client, Request, Stage
from rules.schedule import Calendar

MOST_EXAMPLES = 5
"""Hosts of one profile, for each direction."""
MOMENT = timedelta(seconds=1)

type Pair = tuple[Decision, Decision]
"""What the old rules say of a visit, and the new."""


type Clocks = tuple[tuple[Calendar, ...], tuple[Ration, ...]]
"""Windows and budgets."""


class Visit(NamedTuple):
    """What replay asks of a line of the log. A tuple, since a hundred thousand are read at once."""

    at: datetime
    client: str
    device: str | None
    scheme: str
    host: str
    path: str
    """Empty where the log keeps only the site's name."""
    action: Action
    reason: Reason
    entry: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A host of which the answer changes."""

    visit: Visit
    """One of its visits."""
    times: int
    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What would have changed for one profile, in one direction."""

    profile: str
    """Its key in the new rules."""
    action: Action
    """What the answers would have become."""
    requests: int
    sites: int
    examples: tuple[Example, ...]
    """The most visited first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What an edit would have changed."""

    asked: int
    """Visits that both rules were asked about."""
    unsure: int
    """Visits whose answer hangs on a path that the log does not keep, or on what a site has answered."""
    shifts: tuple[Shift, ...]
    """In the order of the new file's profiles; what would have been blocked before what opened."""
    has_budgets: bool = False
    """Either of the rules gives time that can be used up. How much was, the log does not hold: all counts as unused."""


def replay(old: Ruleset, new: Ruleset, visits: Iterable[Visit]) -> Replay:
    """What the new rules would have answered otherwise than the old, to whom.

    Both are asked with what each device follows today, so the difference is the edit's alone. What a
    parent had opened or closed for a while counts as it did. Some 5 microseconds a visit.
    """
    dated = {*turns(old.policy), *turns(new.policy)}
    has_same_files = _files(old) == _files(new)
    judge = _Judge(
        old=old,
        new=new,
        dated=sorted(moment.timestamp() for moment in dated),
        # What no log holds, the kind of the answer, leaves nothing open where both say the same of it.
        telling=(_without_files(old), _without_files(new)) if has_same_files else (old, new),
        deepest=Stage.REPLY if has_same_files else Stage.REQUEST,
    )
    asked = unsure = 0
    first: dict[tuple[str, Action, str], Visit] = {}
    times: Counter[tuple[str, Action, str]] = Counter()
    for visit in visits:
        pair, is_sure = judge.ask(visit)
        if pair is None or Reason.HELP in {pair[0].reason, pair[1].reason}:
            continue
        asked += 1
        before, after = pair
        if before.action is not after.action:
            key = after.profile, after.action, visit.host
            first.setdefault(key, visit)
            times[key] += 1
        elif not is_sure:
            unsure += 1
    return Replay(
        asked=asked,
        unsure=0 if old.revision == new.revision else unsure,
        shifts=tuple(_shifts(judge, first, times)),
        has_budgets=old.revision != new.revision and (_has_budgets(old) or _has_budgets(new)),
    )


def _has_budgets(rules: Ruleset) -> bool:
    rations = (ration for rations in rules.budgets.values() for ration in rations)
    return any(time for ration in rations for time in ration.budget.allowances.values())


def _shifts(
    judge: "_Judge",
    first: dict[tuple[str, Action, str], Visit],
    times: Counter[tuple[str, Action, str]],
) -> Iterator[Shift]:
    for profile in judge.new.policy.profiles:
        for action in (Action.BLOCK, Action.ALLOW):
            hosts = Counter(
                {key[2]: count for key, count in times.items() if key[:2] == (profile, action)}
            )
            if hosts:
                examples = (
                    _example(judge, first[profile, action, host], count)
                    for host, count in hosts.most_common(MOST_EXAMPLES)
                )
                yield Shift(
                    profile=profile,
                    action=action,
                    requests=hosts.total(),
                    sites=len({registrable_domain(host) or host for host in hosts}),
                    examples=tuple(examples),
                )


def _example(judge: "_Judge", visit: Visit, times: int) -> Example:
    before, after = judge.decide(visit, judge.request(visit))
    return Example(visit=visit, times=times, before=before, after=after)


@dataclass(slots=True, kw_only=True)
class _Judge:
    """Asks both rules, once for each device and host while no entry turns, and windows and budgets say the same."""

    old: Ruleset
    new: Ruleset
    dated: list[float]
    """Seconds since 1970 at which an entry begins or ends, in order."""
    telling: tuple[Ruleset, Ruleset]
    """The rules that say whether a site's name is enough."""
    deepest: Stage
    """Up to this look a visit is told, where the log keeps its path."""
    _known: dict[tuple[object, ...], tuple[Pair, bool]] = field(default_factory=dict)
    _urls: dict[tuple[str, str], Url | None] = field(default_factory=dict)
    _clocks: dict[tuple[str | None, str], Clocks] = field(default_factory=dict)

    def ask(self, visit: Visit) -> tuple[Pair | None, bool]:
        """Both answers, and whether they are sure. None: the log's line is no address."""
        if self._url(visit) is None:
            return None, False
        if visit.reason is Reason.GRANT:
            return self.decide(visit, self.request(visit)), True
        # All that an answer takes from the clock; what else comes to depend on it belongs here too.
        epoch = bisect_right(self.dated, visit.at.timestamp()) if self.dated else 0
        calendars, rations = self._clocks_of(visit)
        openings = [calendar.at(visit.at).is_open for calendar in calendars]
        openings += [one.share(one.day_at(visit.at)).time != NONE for one in rations]
        key = (visit.device, visit.client, visit.scheme, visit.host, epoch, *openings)
        known = self._known.get(key)
        if known is None:
            request = self.request(visit._replace(path=""))
            known = self.decide(visit, request), self._is_told_by_name(visit, request)
            self._known[key] = known
        pair, is_sure = known
        if is_sure or not visit.path:
            return pair, is_sure
        pair = self.decide(visit, self.request(visit))
        return pair, all(decision.look <= self.deepest for decision in pair)

    def request(self, visit: Visit) -> Request:
        """The visit as the engine is asked about it."""
        url = self._url(visit)
        if url is None:
            raise AssertionError("a visit without an address is not asked about")
        return Request(
            id="replay",
            url=parse_url(url.text.removesuffix("/") + visit.path) if visit.path else url,
            client=self._client(visit),
            stage=Stage.REQUEST if visit.path else Stage.NAME,
        )

    def decide(self, visit: Visit, request: Request) -> Pair:
        """Both answers, at the visit's moment."""
        facts = _facts(visit) if visit.reason is Reason.GRANT else NOTHING_HAPPENED
        return (
            decide(self.old, request, facts, visit.at),
            decide(self.new, request, facts, visit.at),
        )

    def _is_told_by_name(self, visit: Visit, request: Request) -> bool:
        return all(
            decide(rules, request, NOTHING_HAPPENED, visit.at).look is Stage.NAME
            for rules in self.telling
        )

    def _client(self, visit: Visit) -> Client:
        named, owners = visit.device, (self.old.roll.owners, self.new.roll.owners)
        is_known = all(named in known for known in owners)
        return Client(name=named) if is_known else Client(address=visit.client)

    def _clocks_of(self, visit: Visit) -> Clocks:
        """The windows and budgets that both rules hold this device to."""
        key = visit.device, visit.client
        found = self._clocks.get(key)
        if found is None:
            client = self._client(visit)
            owners = [
                (rules, identify(rules.roll, client).profile.key) for rules in (self.old, self.new)
            ]
            found = self._clocks[key] = (
                tuple(rules.calendars[one] for rules, one in owners if one in rules.calendars),
                tuple(ration for rules, one in owners for ration in rules.budgets.get(one, ())),
            )
        return found

    def _url(self, visit: Visit) -> Url | None:
        key = visit.scheme, visit.host
        if key not in self._urls:
            host = f"[{visit.host}]" if ":" in visit.host else visit.host
            try:
                self._urls[key] = parse_url(f"{visit.scheme}://{host}/")
            except ValueError:
                self._urls[key] = None
        return self._urls[key]


def _files(rules: Ruleset) -> set[tuple[object, ...]]:
    """What the rules say of kinds of files, and where."""
    lists = {"": rules.everyone, "never": rules.never}
    lists |= {f"profiles.{key}": entries for key, entries in rules.own.items()}
    return {
        (name, rule.action, rule.target, rule.starts, rule.ends)
        for name, entries in lists.items()
        for rule in entries.files
    }


def _without_files(rules: Ruleset) -> Ruleset:
    def bare(entries: Index) -> Index:
        return replace(entries, files=())

    return replace(
        rules,
        never=bare(rules.never),
        everyone=bare(rules.everyone),
        own={key: bare(entries) for key, entries in rules.own.items()},
    )


def _facts(visit: Visit) -> Facts:
    """The parent's answer that decided then."""
    grant = Grant(
        id="replay",
        action=visit.action,
        site=visit.entry,
        profile=None,
        given=visit.at,
        ends=max(visit.until or visit.at, visit.at + MOMENT),
        by="",
    )
    return Facts(grants=(grant,))
