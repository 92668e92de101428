"""Which lists name a host, by which of their entries, and what corrections say against them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rules.catalog import ListMistake
from rules.compile import Ruleset
from rules.hosts import parents
from rules.listings import OUR_OWN
from rules.subscription import Correction


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """That a list which is on, or our own catalog, names a host."""

    source: str | None
    """The list's key. None: our own catalog."""
    listed: str
    """Its entry: the host, or one above it."""
    topics: tuple[str, ...]
    """What it says the host is: a category, a service, the list itself."""
    is_pages: bool
    """It names single pages at the host, not the host."""
    correction: Correction | None
    """The family's, because of which it is not obeyed."""
    mistake: ListMistake | None
    """Ours, because of which it is not obeyed."""

    @property
    def is_obeyed(self) -> bool:
        """Whether no correction contradicts it."""
        return self.correction is None and self.mistake is None


type _Said = tuple[str | None, str, tuple[str, ...]]
"""A list, its entry, what it says the host is."""


def look_up(ruleset: Ruleset, host: str) -> tuple[Finding, ...]:
    """All that is said of a host in normal form, obeyed or not; our own catalog first, single pages last."""
    hosts = parents(host)
    topics: dict[tuple[str | None, str], list[str]] = {}
    for one in ruleset.listings.uncorrected(host):
        topics.setdefault((one.source, one.listed), []).append(one.topic)
    said = [
        (source, listed, names)
        for (source, listed), found in topics.items()
        # what we say a host is, we say one by one; a list says all its names at once
        for names in ([tuple(found)] if source else [(topic,) for topic in found])
    ]
    return (
        *(_finding(ruleset, one, hosts) for one in said),
        *(_finding(ruleset, one, hosts, is_pages=True) for one in _of_pages(ruleset, host)),
    )


def _of_pages(ruleset: Ruleset, host: str) -> Iterator[_Said]:
    lists, table = ruleset.policy.lists, ruleset.listings.table
    for source in table.find_pages(host) if table else ():
        if source.name in lists:
            category = lists[source.name].category
            yield source.name, host, (category, source.name) if category else (source.name,)


def _finding(
    ruleset: Ruleset, said: _Said, hosts: tuple[str, ...], *, is_pages: bool = False
) -> Finding:
    source, listed, topics = said
    mistakes = {} if source is OUR_OWN else ruleset.catalog.mistakes
    return Finding(
        source=source,
        listed=listed,
        topics=topics,
        is_pages=is_pages,
        correction=_against(topics, ruleset.policy.corrections, hosts),
        mistake=_against(topics, mistakes, hosts),
    )


def _against[C: (Correction, ListMistake)](
    names: tuple[str, ...], by_host: Mapping[str, C], hosts: tuple[str, ...]
) -> C | None:
    """The nearest correction that contradicts one of the names."""
    return next(
        (
            by_host[host]
            for host in hosts
            if host in by_host and not by_host[host].topics.isdisjoint(names)
        ),
        None,
    )
