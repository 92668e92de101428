"""Which entries speak of an address, and which of them is the most exact.

Exactness, from most to least: regular expression, path with parameters, longer path, host alone,
longer host, ending. Among searches: the more words. Among kinds of files: a whole type or an ending
before every kind of video. Between equals a block wins.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Any, assert_never

import re2

from rules.address import parameters_of
from rules.hosts import Url
from rules.policy import (
    Action,
    FileType,
    Mime,
    Network,
    Pattern,
    Scope,
    Search,
    Site,
    Target,
    Word,
)

type Rank = tuple[int, int, int]
"""Greater is more exact."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """An entry where it stands: an address or a name, and what to do with it."""

    action: Action
    target: Target
    entry: str
    """As written in the allow or block list: an address, or the group through which it came."""
    member: str | None
    """The address inside that group, as written. None where the entry is no group."""
    line: int
    starts: datetime | None
    ends: datetime | None
    note: str
    rank: Rank
    expression: Any = None
    """The compiled RE2 expression of a Pattern. (google-re2 has no types.)"""

    def is_live(self, moment: datetime) -> bool:
        """Whether the entry counts at this moment."""
        return (self.starts is None or self.starts <= moment) and (
            self.ends is None or moment < self.ends
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Index:
    """Rules by what they look at, so that a request meets few of them."""

    by_host: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    """Rules on sites, by the host they name."""
    networks: tuple[Rule, ...] = ()
    patterns: tuple[Rule, ...] = ()
    words: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    """Rules on categories and services, by key."""
    searches: tuple[Rule, ...] = ()
    """Rules on words that are searched for."""
    files: tuple[Rule, ...] = ()
    """Rules on kinds of files."""

    def candidates(self, hosts: Iterable[str], *, is_address: bool) -> list[Rule]:
        """The rules that may speak of an address: its host and the domains above it."""
        by_host = self.by_host
        found = [rule for host in hosts if host in by_host for rule in by_host[host]]
        if is_address:
            found += self.networks
        found += self.patterns
        return found

    def rules(self) -> Iterator[Rule]:
        """All rules."""
        yield from (rule for found in self.by_host.values() for rule in found)
        yield from (*self.networks, *self.patterns)
        yield from (rule for found in self.words.values() for rule in found)
        yield from (*self.searches, *self.files)


def index(rules: Iterable[Rule]) -> Index:
    """The rules, sorted by what they look at."""
    by_host: dict[str, list[Rule]] = {}
    words: dict[str, list[Rule]] = {}
    networks: list[Rule] = []
    patterns: list[Rule] = []
    searches: list[Rule] = []
    files: list[Rule] = []
    for rule in rules:
        match rule.target:
            case Site(host=host):
                by_host.setdefault(host, []).append(rule)
            case Word(name=name):
                words.setdefault(name, []).append(rule)
            case Network():
                networks.append(rule)
            case Pattern():
                patterns.append(rule)
            case Search():
                searches.append(rule)
            case FileType() | Mime():
                files.append(rule)
            case unreachable:
                assert_never(unreachable)
    return Index(
        by_host={host: tuple(found) for host, found in by_host.items()},
        networks=tuple(networks),
        patterns=tuple(patterns),
        words={name: tuple(found) for name, found in words.items()},
        searches=tuple(searches),
        files=tuple(files),
    )


def strength(rule: Rule) -> tuple[Rank, bool]:
    """What the strongest of several rules has the most of: exactness, then blocking."""
    return rule.rank, rule.action is Action.BLOCK


def best(rules: Iterable[Rule], moment: datetime) -> Rule | None:
    """The strongest of the rules that are live."""
    return max((rule for rule in rules if rule.is_live(moment)), key=strength, default=None)


def needs_path(rule: Rule) -> bool:
    """Whether the host's name is not enough to tell if the rule speaks."""
    return rule.expression is not None or (
        isinstance(rule.target, Site) and rule.target.path is not None
    )


def speaks_of(rule: Rule, url: Url) -> bool:
    """Whether the rule means this place. Linear in the address's length."""
    match rule.target:
        case Site() as site:
            return _is_host(site, url.host) and _is_path(site, url)
        case Network(network=network):
            return url.is_address and ip_address(url.host) in network
        case Pattern():
            return rule.expression.search(url.text) is not None
        case Word() | Search() | FileType() | Mime():
            return False
        case unreachable:
            assert_never(unreachable)


def rank(target: Target) -> Rank:
    """How exact an address is; compare with `>`."""
    match target:
        case Pattern():
            return 5, 0, 0
        case Site(host=host, path=str(path), parameters=parameters):
            return (4 if parameters else 3), len(parameters) or len(path), len(host)
        case Site(host=host, scope=scope):
            return {Scope.ALONE: 2, Scope.TREE: 1, Scope.BELOW: 0}[scope], len(host), 0
        case Network(network=network):
            whole = network.prefixlen == network.max_prefixlen
            return (2 if whole else 0), network.prefixlen, 0
        case Search() | FileType() | Mime() | Word():
            return 0, _narrowness(target), 0
        case unreachable:
            assert_never(unreachable)


def _narrowness(target: Search | FileType | Mime | Word) -> int:
    match target:
        case Search(words=words):
            return len(words)
        case Mime(type=kind) if kind.endswith("/*"):
            return 0
        case Mime() | FileType():
            return 1
        case Word():
            return 0
        case unreachable:
            assert_never(unreachable)


def expression(target: Target) -> Any:
    """The compiled form of a Pattern, None for other targets."""
    if not isinstance(target, Pattern):
        return None
    options = re2.Options()
    options.log_errors = False
    return re2.compile(target.expression, options)


def _is_host(site: Site, host: str) -> bool:
    match site.scope:
        case Scope.TREE:
            return True  # the index found the rule under the host or one of its parents
        case Scope.ALONE:
            return host == site.host
        case Scope.BELOW:
            return host != site.host
        case unreachable:
            assert_never(unreachable)


def _is_path(site: Site, url: Url) -> bool:
    if site.path is None:
        return True
    if site.parameters:
        sent = set(parameters_of(url.query))
        return url.path.rstrip("/") == site.path and sent.issuperset(site.parameters)
    return url.path.startswith(site.path) and url.path[len(site.path) :][:1] in {"", "/"}
