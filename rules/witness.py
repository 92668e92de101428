"""What `check` suspects is tried on the engine: it is told only with a request that shows it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, product, takewhile
from typing import assert_never
from zoneinfo import ZoneInfo

from rules.catalog import Catalog
from rules.compile import Ruleset
from rules.decision import Decision
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED
from rules.hosts import Url, is_address, parents, parse_url
from rules.match import Rule
from rules.narrowed import Case
from rules.policy import FileType, Mime, Network, Pattern, Scope, Search, Site, Target, Word
from rules.problems import Problem, Witness
from rules.questions import BARE_ADDRESS
from rules.request import Client, Request

MOST_PLACES = 3
"""Addresses of one entry that are tried."""
MOST_EFFORT = 1_000
"""What may be tried for one file: so many requests, less where each meets very many rules or windows."""
A_NUMBER = "https://1.1.1.1/"
ANY_SITE = tuple(parse_url(f"https://example.{ending}/") for ending in ("com", "org", "net"))
"""Kept for examples (RFC 2606): what speaks of them speaks of nearly everything."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What is probably not meant, and where that would show."""

    problem: Problem
    shows: Callable[[Case], bool]
    """Whether the answers to a case bear it out."""
    urls: Sequence[Url] = ANY_SITE
    """Addresses to try. None: no request can be made up, and the problem stands without."""
    who: Collection[str]
    """Profiles or devices to try."""
    starts: datetime | None = None
    ends: datetime | None = None
    """When it would show. None: since ever, and for ever."""
    hours: Sequence[datetime] = ()
    """Moments to try in place of those."""


@dataclass(slots=True, kw_only=True)
class Prover:
    """Tries suspicions, so many requests and no more."""

    ruleset: Ruleset
    moment: datetime
    """Aware: now. Nothing shows before."""
    left: int = MOST_EFFORT
    """The effort that may still be made."""

    def prove(self, suspicions: Iterator[Suspicion]) -> Iterator[Problem]:
        """The problems that some request shows, each once and with that request."""
        shown: set[Problem] = set()
        for suspicion in suspicions:
            problem = suspicion.problem
            witness = None
            if problem not in shown and suspicion.urls:
                witness = next(self._witnesses(suspicion), None)
            if witness is not None or not suspicion.urls:
                shown.add(problem)
                yield replace(problem, witness=witness)
            elif self.left <= 0:
                return

    def _witnesses(self, suspicion: Suspicion) -> Iterator[Witness]:
        zone = ZoneInfo(self.ruleset.policy.timezone)
        for case in takewhile(lambda _: self.left > 0, self._cases(suspicion)):
            self.left -= self._effort(case)
            if suspicion.shows(case):
                yield Witness(
                    who=case.request.client.name or "",
                    url=case.request.url.text,
                    at=case.moment.astimezone(zone),
                )

    def _cases(self, suspicion: Suspicion) -> Iterator[Case]:
        for who in suspicion.who:
            for url in suspicion.urls:
                request = Request(id="check", url=url, client=Client(name=who))
                for moment in suspicion.hours or self._hours(suspicion, who):
                    yield Case.of(self.ruleset, request, NOTHING_HAPPENED, moment)

    def _effort(self, case: Case) -> int:
        rules, url = self.ruleset, case.request.url
        met = [rules.never, rules.anytime, rules.everyone, rules.own[case.profile]]
        hosts = parents(url.host)
        many = sum(len(one.candidates(hosts, is_address=url.is_address)) for one in met)
        calendar = rules.calendars.get(case.profile)
        windows = 0 if calendar is None else sum(map(len, calendar.windows.values()))
        return 1 + many // 100 + windows * windows // 1_000

    def _hours(self, suspicion: Suspicion, who: str) -> Iterator[datetime]:
        """The first minute at which it would show, and the first behind an open window."""
        zone = ZoneInfo(self.ruleset.policy.timezone)
        first = typed(max(filter(None, (self.moment, suspicion.starts))).astimezone(zone))
        calendar = self.ruleset.calendars.get(who)
        opening = None if calendar is None else calendar.at(first)
        found = [first]
        if opening is not None and not opening.is_open and opening.until is not None:
            found.append(opening.until)
        for moment in found:
            if suspicion.ends is None or moment < suspicion.ends:
                yield moment


def typed(local: datetime) -> datetime:
    """The moment, or the next one that can be typed behind `--at`."""
    begun = local.replace(second=0, microsecond=0)
    minute = begun if begun == local else begun + MINUTE
    # The second of two hours that look alike on the clock would be read as the first.
    return minute if minute.fold == 0 else minute.replace(fold=0, minute=0) + HOUR


def without_request(problem: Problem) -> Suspicion:
    """What stands as it is: no request could show it."""
    return Suspicion(problem=problem, urls=(), who=(), shows=lambda _: True)


def ask(case: Case) -> Decision:
    """The engine's answer to a case."""
    return decide(case.ruleset, case.request, case.facts, case.moment)


def is_idle(case: Case, rules: Collection[Rule]) -> bool:
    """Whether the answer is the same without some rules that speak of the request."""
    if not rules:
        return False
    given, left = ask(case), ask(case.without(rules))
    return (given.action, given.reason) == (left.action, left.reason)


def places(target: Target, catalog: Catalog, *, most: int = MOST_PLACES) -> tuple[Url, ...]:
    """Addresses that a target means, the plainest first.

    None for an expression, for a name that published lists alone fill, and for a type of answer.
    """
    found = []
    for text in islice(_texts(target, catalog), most):
        with suppress(ValueError):  # longer than a host's name may be
            found.append(parse_url(text))
    return tuple(found)


def _texts(target: Target, catalog: Catalog) -> Iterator[str]:
    match target:
        case Site():
            yield from _of_site(target)
        case Network(network=network):
            yield f"http://{_in_brackets(str(network.network_address))}/"
        case Word(name=name) if name == BARE_ADDRESS:
            yield A_NUMBER
        case Word(name=name) if name in catalog.topics:
            yield from (f"https://{host}/" for host in sorted(catalog.topics[name].hosts))
        case Search(words=words, text=text):
            yield from _of_search(text or " ".join(words), catalog)
        case FileType(endings=endings):
            yield from (f"{ANY_SITE[0].text}name.{_encoded(ending)}" for ending in endings)
        case Word() | Pattern() | Mime():
            return
        case unreachable:
            assert_never(unreachable)


def _of_search(words: str, catalog: Catalog) -> Iterator[str]:
    for host, engine in catalog.search_engines.items():
        name = host.replace("*", "com")
        for path, parameter in product(engine.paths, sorted(engine.parameters)):
            yield f"https://{name}{path}?{parameter}={_encoded(words)}"


def _of_site(site: Site) -> list[str]:
    behind = site.path or "/"
    if site.parameters:
        sent = (f"{_encoded(name)}={_encoded(value)}" for name, value in site.parameters)
        behind += f"?{'&'.join(sent)}"
    if is_address(site.host):
        return [f"http://{_in_brackets(site.host)}{behind}"]
    below = f"{'www' if '.' in site.host else 'example'}.{site.host}"
    hosts = {
        Scope.TREE: (site.host, below),
        Scope.ALONE: (site.host,),
        Scope.BELOW: (below,),
    }[site.scope]
    return [f"https://{host}{behind}" for host in hosts]


def _in_brackets(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _encoded(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in data)
