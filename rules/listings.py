"""What is said of a host: by our own catalog, by the published lists that are on, and against them by corrections."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rules.catalog import Catalog
from rules.domain_table import DomainTable
from rules.hosts import Url
from rules.policy import Policy

OUR_OWN = None
"""The `source` of what our own catalog says."""


class Listing(NamedTuple):
    """That a host is in a category or service, or in a list."""

    topic: str
    """The key that entries name."""
    listed: str
    """The host or page that says so: the one that was asked for, or one above it."""
    source: str | None
    """The key of the published list. None: our own catalog."""


class Listings:
    """All that is said of hosts, as one policy takes it. Never changed once made."""

    __slots__ = ("_corrected", "_mistaken", "_ours", "_topics_of", "table")

    def __init__(self, policy: Policy, catalog: Catalog, table: DomainTable | None) -> None:
        """Ready to be asked. `table` may hold lists that the policy does not use, or lack some: only what is on speaks."""
        self.table = table
        self._ours = _by_host(catalog)
        self._topics_of: Mapping[str, tuple[str, ...]] = {
            key: (key,) if one.category is None else (one.category, key)
            for key, one in policy.lists.items()
        }
        self._corrected = {host: one.topics for host, one in policy.corrections.items()}
        self._mistaken = {host: one.topics for host, one in catalog.mistakes.items()}

    def with_table(self, table: DomainTable | None) -> "Listings":
        """The same, with another table."""
        made = object.__new__(Listings)
        for name in ("_corrected", "_mistaken", "_ours", "_topics_of"):
            setattr(made, name, getattr(self, name))
        made.table = table
        return made

    def of(self, hosts: tuple[str, ...]) -> list[Listing]:
        """What is said of a host's name, given with the domains above it; our own catalog first."""
        ours = self._ours
        found = [
            Listing(topic, host, OUR_OWN) for host in hosts if host in ours for topic in ours[host]
        ]
        if self.table is not None and self._topics_of:
            found += self._from_lists(self.table, hosts)
        return self.corrected(found, hosts)

    def of_pages(self, host: str) -> frozenset[str]:
        """Topics of which some pages of the host are, so that its name alone does not tell."""
        if self.table is None:
            return frozenset()
        sources = self.table.find_pages(host)
        return frozenset(topic for one in sources for topic in self._topics_of.get(one.name, ()))

    def of_page(self, url: Url, hosts: tuple[str, ...]) -> list[Listing]:
        """What is said of one page, beside what is said of its host."""
        hits = () if self.table is None else self.table.find_page(url)
        found = [
            Listing(topic, hit.domain, hit.source.name)
            for hit in hits
            for topic in self._topics_of.get(hit.source.name, ())
        ]
        return self.corrected(found, hosts)

    def corrected(self, listings: list[Listing], hosts: tuple[str, ...]) -> list[Listing]:
        """The listings without those that a correction contradicts: the family's, and ours of published lists.

        A list that is wrong about one of its names is wrong under all of them.
        """
        if not listings:
            return listings
        wrong = _topics(self._corrected, hosts)
        mistaken = wrong | _topics(self._mistaken, hosts)
        if not mistaken:
            return listings
        return [
            one
            for one in listings
            if (wrong if one.source is OUR_OWN else mistaken).isdisjoint(self._all_names(one))
        ]

    def _all_names(self, listing: Listing) -> tuple[str, ...]:
        return self._topics_of.get(listing.source or "", (listing.topic,))

    def _from_lists(self, table: DomainTable, hosts: tuple[str, ...]) -> list[Listing]:
        topics_of = self._topics_of
        return [
            Listing(topic, hit.domain, hit.source.name)
            for hit in table.find(hosts[0])
            for topic in topics_of.get(hit.source.name, ())
        ]


def _topics(by_host: Mapping[str, frozenset[str]], hosts: Iterable[str]) -> frozenset[str]:
    if not by_host:
        return frozenset()
    return frozenset().union(*(by_host[host] for host in hosts if host in by_host))


def _by_host(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, topic in catalog.topics.items():
        for host in topic.hosts:
            found.setdefault(host, []).append(key)
    return {host: tuple(sorted(keys)) for host, keys in found.items()}
