"""Lists compiled into one table over a buffer: host -> which list blocks it, by which of its domains, as what.

The bytes are laid out as docs/domain-table.md says; a file of them is mapped by every process, and
an extension can read the same. A name is found by 64 bits of its hash: false positives, see there.
"""

import json
from array import array
from bisect import bisect_left
from collections.abc import Buffer, Iterable
from dataclasses import asdict, dataclass
from hashlib import blake2s
from itertools import groupby
from operator import itemgetter
from struct import Struct

from rules.hosts import Url, parents
from rules.list_entry import Claim, Entry, Source, bare, speaks_of, weight

MAGIC = b"PORCHTBL"
VERSION = 1
CHECKSUM_BYTES = 16
KEY_BYTES = 8
NUMBER_BYTES = 4
CLAIM_BITS = 8
"""Of a posting; the bits above are the list's number."""
MOST_LISTS = 1 << 16
_BUCKETS = 256
"""By a key's first byte: one is sorted at a time, so that the sorting needs little memory."""
_HEAD = Struct(f"<8sIIQ{CHECKSUM_BYTES}s{CHECKSUM_BYTES}s")
"""Magic, version, bytes of the legend, number of domains, checksum of the body, of head and legend."""
_HEAD_CHECKED = _HEAD.size - CHECKSUM_BYTES
"""Bytes before the head's own checksum."""

_HOST, _PAGES = int(Claim.HOST), int(Claim.PAGES)

type Posting = tuple[int, int]
"""A list's number and its claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A list that blocks a host."""

    source: Source
    domain: str
    """The host or the domain above it that the list names."""
    claim: Claim


class DomainTable:
    """A compiled table. Opening costs the same whatever its size; nothing of the body is read."""

    __slots__ = ("_has_pages", "_keys", "_meanings", "_numbers", "made_of", "sources")

    def __init__(self, buffer: Buffer) -> None:
        """A view of the buffer, which is kept and never copied.

        Raises:
            ValueError: the buffer holds no table, one of another version, or a damaged head.
        """
        view = memoryview(buffer).cast("B").toreadonly()
        count, legend, body = _open(view)
        said = json.loads(bytes(legend))
        self.sources: tuple[Source, ...] = tuple(
            Source(name=source["name"], categories=tuple(source["categories"]))
            for source in said["lists"]
        )
        self.made_of: str = said["made_of"]
        """What its maker says of the lists it was made of; a table of other lists has another."""
        self._meanings: tuple[tuple[Posting, ...], ...] = tuple(
            tuple((number, claim) for number, claim in one) for one in said["meanings"]
        )
        self._has_pages = any(claim & _PAGES for one in self._meanings for _, claim in one)
        self._keys = body[: count * KEY_BYTES].cast("Q")
        self._numbers = body[count * KEY_BYTES :].cast("I")

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, host: str) -> tuple[Hit, ...]:
        """Each list that blocks a host in normal form, by the most exact domain that says so. Costs microseconds.

        Raises:
            ValueError: the body is damaged.
        """
        heaviest: dict[int, tuple[int, str, int]] = {}
        itself = {host, bare(host)}
        # the last of a host's parents has no dot, and no list may speak of such a name
        for name in parents(host)[:-1]:
            for number, claim in self._postings(name):
                if speaks_of(claim, is_itself=name in itself) and (
                    number not in heaviest or weight(claim) > heaviest[number][0]
                ):
                    heaviest[number] = weight(claim), name, claim
        return tuple(
            Hit(source=self.sources[number], domain=name, claim=Claim(claim))
            for number, (found, name, claim) in sorted(heaviest.items())
            if found % 2 == 0
        )

    def find_pages(self, host: str) -> tuple[Source, ...]:
        """The lists that have pages at a host in normal form: whether one is meant needs its path."""
        if not self._has_pages:
            return ()
        return tuple(
            self.sources[number] for number, claim in self._postings(host) if claim & _PAGES
        )

    def find_page(self, url: Url) -> tuple[Hit, ...]:
        """Each list that blocks a page, by the page as the list names it: with its query, or without."""
        found: dict[int, Hit] = {}
        path = f":{url.port}{url.path}" if url.port else url.path
        for name in {_page(url.host, f"{path}?{url.query}"): None, _page(url.host, path): None}:
            for number, claim in self._postings(name) if name != url.host else ():
                hit = Hit(source=self.sources[number], domain=name, claim=Claim(claim))
                found.setdefault(number, hit)
        return tuple(found.values())

    def _postings(self, name: str) -> tuple[Posting, ...]:
        key = int.from_bytes(_hash(name))
        place = bisect_left(self._keys, key)
        if place == len(self._keys) or self._keys[place] != key:
            return ()
        number = self._numbers[place]
        if number >= len(self._meanings):
            raise ValueError("the table is damaged: an entry has no meaning")
        return self._meanings[number]


def verify(buffer: Buffer) -> None:
    """Read a table whole and compare its checksum. Costs about 20 ms for a million domains.

    Raises:
        ValueError: it is damaged.
    """
    view = memoryview(buffer).cast("B").toreadonly()
    _, _, body = _open(view)
    if blake2s(body, digest_size=CHECKSUM_BYTES).digest() != _HEAD.unpack_from(view)[4]:
        raise ValueError("the table is damaged: its checksum is wrong")


class TableBuilder:
    """Gathers lists, then gives the bytes of their table. A million domains need about 40 MB for a moment."""

    __slots__ = ("_keys", "_made_of", "_postings", "_sources")

    def __init__(self, *, made_of: str = "") -> None:
        self._made_of = made_of
        self._sources: list[Source] = []
        self._keys = [array("Q") for _ in range(_BUCKETS)]
        self._postings = [array("I") for _ in range(_BUCKETS)]

    def add(self, source: Source, entries: Iterable[Entry]) -> None:
        """Take in a list's entries of names and pages.

        Raises:
            ValueError: there are more lists than a table can tell apart.
        """
        if len(self._sources) == MOST_LISTS:
            raise ValueError(f"a table holds at most {MOST_LISTS} lists")
        base = len(self._sources) << CLAIM_BITS
        self._sources.append(source)
        keys, postings = self._keys, self._postings
        for _, name, claim, path in entries:
            said = claim
            if path:
                digest = _hash(_page(name, path))
                keys[digest[0]].append(int.from_bytes(digest))
                postings[digest[0]].append(base + _HOST)
                said = Claim.PAGES
            digest = _hash(name)
            keys[digest[0]].append(int.from_bytes(digest))
            postings[digest[0]].append(base + said)

    def finish(self) -> bytes:
        """The table's bytes. The builder is empty after that."""
        keys, numbers = array("Q"), array("I")
        meanings: dict[tuple[Posting, ...], int] = {}
        known: dict[tuple[int, ...], int] = {}
        for bucket in range(_BUCKETS):
            # a set first: what stands a million times costs no more than once
            pairs = sorted(set(zip(self._keys[bucket], self._postings[bucket], strict=True)))
            self._keys[bucket], self._postings[bucket] = array("Q"), array("I")
            for key, same in groupby(pairs, key=itemgetter(0)):
                postings = tuple([posting for _, posting in same])
                if postings not in known:
                    known[postings] = meanings.setdefault(_merged(postings), len(meanings))
                keys.append(key)
                numbers.append(known[postings])
        said = {
            "made_of": self._made_of,
            "lists": [asdict(source) for source in self._sources],
            "meanings": tuple(meanings),
        }
        table = _assemble(said, keys, numbers)
        self._sources = []
        return table


def _merged(postings: Iterable[int]) -> tuple[Posting, ...]:
    """One posting for each list and verdict, their reaches joined."""
    reaches: dict[tuple[int, int], int] = {}
    for posting in postings:
        number, claim = posting >> CLAIM_BITS, posting & ((1 << CLAIM_BITS) - 1)
        verdict = number, claim & ~int(Claim.TREE)
        reaches[verdict] = reaches.get(verdict, 0) | claim
    return tuple((number, claim) for (number, _), claim in sorted(reaches.items()))


def _hash(name: str) -> bytes:
    return blake2s(name.encode("utf-8", "replace"), digest_size=KEY_BYTES).digest()


def _page(host: str, path: str) -> str:
    """A page under one name, however its last slash is written. No host has a slash, so none is taken for a page."""
    plain, _, query = path.partition("?")
    return f"{host}{plain.rstrip('/')}{f'?{query}' if query else ''}"


def _assemble(said: object, keys: "array[int]", numbers: "array[int]") -> bytes:
    legend = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    legend += b" " * (-len(legend) % KEY_BYTES)  # the keys begin where a 64-bit number may
    body = blake2s(keys, digest_size=CHECKSUM_BYTES)
    body.update(numbers)
    fields = MAGIC, VERSION, len(legend), len(keys), body.digest()
    head = _HEAD.pack(*fields, b"")
    checksum = blake2s(head[:_HEAD_CHECKED] + legend, digest_size=CHECKSUM_BYTES).digest()
    return b"".join((_HEAD.pack(*fields, checksum), legend, keys, numbers))


def _open(view: memoryview) -> tuple[int, memoryview, memoryview]:
    """The number of domains, the legend, the body."""
    if len(view) < _HEAD.size or view[: len(MAGIC)] != MAGIC:
        raise ValueError("this is no table of domains")
    _, version, legend_bytes, count, _, checksum = _HEAD.unpack_from(view)
    if version != VERSION:
        raise ValueError(f"the table is of version {version}, which is not known")
    start = _HEAD.size + legend_bytes
    if len(view) != start + count * (KEY_BYTES + NUMBER_BYTES):
        raise ValueError("the table is damaged: its length is wrong")
    checked = blake2s(view[:_HEAD_CHECKED], digest_size=CHECKSUM_BYTES)
    checked.update(view[_HEAD.size : start])
    if checked.digest() != checksum:
        raise ValueError("the table is damaged: the checksum of its head is wrong")
    return count, view[_HEAD.size : start], view[start:]
