"""Which entries of a list hold all that an address means."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Self

from rules.catalog import Catalog
from rules.entries import Spoken
from rules.hosts import parents
from rules.policy import Network, Scope, Site, Target, Word

MOST_AT_ONE_PLACE = 20
"""Entries for one host and path that are looked at, and steps of a path: a file cannot make this endless."""

type Block = tuple[int, int, int]
"""A network: version, length of the prefix, and the prefix as a number."""
type Place = tuple[str, str | None]
"""Host and path."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A list's entries by what they look at, to be asked which of them hold all of an address."""

    by_target: dict[Target, list[Spoken]] = field(default_factory=dict)
    by_place: dict[Place, list[Spoken]] = field(default_factory=dict)
    by_network: dict[Block, list[Spoken]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Spoken], catalog: Catalog) -> Self:
        """The entries of a list, its groups spelled out."""
        made = cls()
        for spoken in entries:
            made.by_target.setdefault(spoken.target, []).append(spoken)
            if isinstance(spoken.target, Network):
                made.by_network.setdefault(block_of(spoken.target), []).append(spoken)
            for place in _places(spoken.target, catalog):
                made.by_place.setdefault(place, []).append(spoken)
        return made

    def over(self, target: Target) -> Iterator[Spoken]:
        """The entries that hold all of a target, those that are the same first."""
        yield from islice(self.by_target.get(target, ()), MOST_AT_ONE_PLACE)
        for found in self._at_or_above(target):
            for one in islice(found, MOST_AT_ONE_PLACE):
                if one.target != target and _covers(one.target, target):
                    yield one

    def _at_or_above(self, target: Target) -> Iterator[list[Spoken]]:
        if isinstance(target, Site):
            yield from (self.by_place.get(place, []) for place in _above(target))
        elif isinstance(target, Network) and self.by_network:
            yield from (self.by_network.get(block, []) for block in blocks_above(target))


def block_of(network: Network) -> Block:
    """The network as a key."""
    return next(blocks_above(network))


def blocks_above(network: Network) -> Iterator[Block]:
    """The keys of all networks that hold this one, itself first."""
    within = network.network
    number = int(within.network_address) >> (within.max_prefixlen - within.prefixlen)
    for bits in range(within.prefixlen, -1, -1):
        yield within.version, bits, number
        number >>= 1


def _covers(outer: Target, inner: Target) -> bool:
    """Whether all of a target is in another that stands at its place or above."""
    if not isinstance(outer, Site) or not isinstance(inner, Site):
        return True
    if outer.parameters:
        return False
    match outer.scope:
        case Scope.TREE:
            return True
        case Scope.ALONE:
            return inner.scope is Scope.ALONE and inner.host == outer.host
        case Scope.BELOW:
            return inner.scope is Scope.BELOW or inner.host != outer.host


def _places(target: Target, catalog: Catalog) -> Iterable[Place]:
    match target:
        case Site(host=host, path=path):
            return ((host, path),)
        case Word(name=name) if name in catalog.topics:
            return ((host, None) for host in catalog.topics[name].hosts)
        case _:
            return ()


def _above(site: Site) -> Iterator[Place]:
    """The site's own place, and all that hold it."""
    steps = () if site.path is None else site.path.split("/")[:MOST_AT_ONE_PLACE]
    paths = (None, *accumulate(steps, lambda above, step: f"{above}/{step}"))
    return ((host, path) for host in parents(site.host) for path in paths)
