"""What is said of a host: by our own catalog, by the published lists that are on, and against them by corrections."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rules.catalog import Catalog
from rules.domain_table import DomainTable, Hit
from rules.hosts import Url, is_address, parents
from rules.list_entry import Source
from rules.name_score import read_name
from rules.policy import Policy

OUR_OWN = None
"""The `source` of what our own catalog says."""
ITS_NAME = "=name"
"""The `source` of what the host's own name says. No list can be called so."""
REMEMBERED_HOSTS = 20_000
"""Of which it is kept what is said; a house asks for a few hundred a day."""


class Listing(NamedTuple):
    """That a host is in a category or service, or in a list."""

    topic: str
    """The key that entries name."""
    listed: str
    """The host or page that says so: the one that was asked for, or one above it."""
    source: str | None
    """The key of the published list. None: our own catalog. `=name`: the words in the host's own name."""


class Said(NamedTuple):
    """All that is said of one host."""

    topics: tuple[Listing, ...]
    """Our own catalog's first."""
    pages: frozenset[str]
    """Topics of which some of its pages are, so that its name alone does not tell."""
    read: Listing | None
    """What its name says, to profiles for which names are read."""


class Listings:
    """All that is said of hosts, as one policy takes it. Never changed once made."""

    __slots__ = ("_corrected", "_known", "_mistaken", "_ours", "_topics_of", "_words", "table")

    def __init__(self, policy: Policy, catalog: Catalog, table: DomainTable | None) -> None:
        """Ready to be asked. `table` may hold lists that the policy does not use, or lack some: only what is on speaks."""
        self.table = table
        self._known: dict[str, Said] = {}
        self._words = catalog.name_words
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
        for name in ("_corrected", "_mistaken", "_ours", "_topics_of", "_words"):
            setattr(made, name, getattr(self, name))
        made.table, made._known = table, {}
        return made

    @property
    def missing(self) -> frozenset[str]:
        """The lists that are on and not in the table yet."""
        there = () if self.table is None else self.table.sources
        return frozenset(self._topics_of) - {one.name for one in there}

    def said_of(self, host: str) -> Said:
        """What is said of a host in normal form, by its name alone. Costs little when it was asked before."""
        said = self._known.get(host)
        if said is None:
            if len(self._known) >= REMEMBERED_HOSTS:
                self._known.clear()
            said = self._known[host] = self._say(host)
        return said

    def uncorrected(self, host: str) -> list[Listing]:
        """What our own catalog and the lists say of a host in normal form, also where a correction contradicts."""
        ours = self._ours
        found = [
            Listing(topic, name, OUR_OWN)
            for name in parents(host)
            if name in ours
            for topic in ours[name]
        ]
        if self.table is not None and self._topics_of:
            found += self._as_listings(self.table.find(host))
        return found

    def of_page(self, url: Url) -> tuple[Listing, ...]:
        """What is said of one page, beside what is said of its host."""
        hits = () if self.table is None else self.table.find_page(url)
        return self._corrected_of(self._as_listings(hits), parents(url.host))

    def _say(self, host: str) -> Said:
        hosts = parents(host)
        pages: tuple[Source, ...] = ()
        if self.table is not None and self._topics_of:
            pages = self.table.find_pages(host)
        return Said(
            topics=self._corrected_of(self.uncorrected(host), hosts),
            pages=frozenset(topic for one in pages for topic in self._topics_of.get(one.name, ())),
            read=next(iter(self._corrected_of(self._read(host), hosts)), None),
        )

    def _read(self, host: str) -> list[Listing]:
        if self._words is None or is_address(host):
            return []
        reading = read_name(self._words, host)
        if reading is None:
            return []
        return [Listing(reading.category, ", ".join(reading.words), ITS_NAME)]

    def _corrected_of(self, listings: list[Listing], hosts: tuple[str, ...]) -> tuple[Listing, ...]:
        """The listings without those that a correction contradicts: the family's, and ours of published lists.

        A list that is wrong about one of its names is wrong under all of them.
        """
        if not listings:
            return ()
        wrong = _topics(self._corrected, hosts)
        mistaken = wrong | _topics(self._mistaken, hosts)
        if not mistaken:
            return tuple(listings)
        return tuple(
            one
            for one in listings
            if (wrong if one.source is OUR_OWN else mistaken).isdisjoint(self._all_names(one))
        )

    def _all_names(self, listing: Listing) -> tuple[str, ...]:
        return self._topics_of.get(listing.source or "", (listing.topic,))

    def _as_listings(self, hits: Iterable[Hit]) -> list[Listing]:
        topics_of = self._topics_of
        return [
            Listing(topic, hit.domain, hit.source.name)
            for hit in hits
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
