"""IP address -> MAC address, by the kernel's neighbour table: what ARP and NDP found in this network.

Read over rtnetlink (man 7 rtnetlink), which any user may; a table of 200 takes 0.2 ms. Linux only:
elsewhere nobody has a MAC address.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

FRESH_SECONDS = 1.0
"""How long the table that was read is good for."""
PATIENCE_SECONDS = 0.05
"""For an answer that the kernel gives at once."""
LARGEST_ANSWER = 1 << 16

_HEADER = struct.Struct("=LHHLL")
"""nlmsghdr: length, type, flags, sequence, port."""
_NEIGHBOUR = struct.Struct("=BxxxiHBB")
"""ndmsg: family, interface, state, flags, type."""
_ATTRIBUTE = struct.Struct("=HH")
"""rtattr: length, type."""
_CACHE = struct.Struct("=LLLL")
"""nda_cacheinfo: ticks since it was confirmed, used and updated; references."""
_GET, _NEW, _DONE, _ERROR = 30, 28, 3, 2
"""RTM_GETNEIGH, RTM_NEWNEIGH, NLMSG_DONE, NLMSG_ERROR."""
_REQUEST_DUMP = 0x301
_DESTINATION, _LINK_ADDRESS, _CACHE_INFO = 1, 2, 3
_UNSURE = 0x01 | 0x20 | 0x40
"""NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP: no neighbour answered, or none was asked."""
_MAC_BYTES = 6
_ALIGNED = 4
"""Bytes, NLMSG_ALIGNTO and RTA_ALIGNTO."""

type Table = Mapping[str, str]
"""MAC address in small letters by IP address in text."""


@dataclass(slots=True)
class Neighbours:
    """The table as it was a moment ago."""

    read: Callable[[], Table] = field(default_factory=lambda: read_table)
    clock: Callable[[], float] = time.monotonic
    _table: Table = field(default_factory=dict)
    _read_at: float | None = None

    def mac(self, address: str, *, is_new: bool = False) -> str | None:
        """The MAC address behind an IP address; None if this machine has not found one.

        For one that has just connected, a table that does not know it tells only that it is old.
        """
        now = self.clock()
        is_old = self._read_at is None or now - self._read_at >= FRESH_SECONDS
        if is_old or (is_new and address not in self._table):
            self._read_at = now
            self._table = self.read()
        return self._table.get(address)


def read_table() -> Table:
    """The kernel's table now; empty where there is none to be had."""
    family = getattr(socket, "AF_NETLINK", None)
    if family is None:
        return {}
    try:
        with socket.socket(family, socket.SOCK_RAW, getattr(socket, "NETLINK_ROUTE", 0)) as link:
            link.settimeout(PATIENCE_SECONDS)
            return _newest(_ask(link))
    except OSError:
        return {}


def _ask(link: socket.socket) -> Iterator[bytes]:
    """The kernel's messages about neighbours, without their headers."""
    body = _NEIGHBOUR.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
    link.send(_HEADER.pack(_HEADER.size + len(body), _GET, _REQUEST_DUMP, 1, 0) + body)
    while True:
        for kind, message in _messages(link.recv(LARGEST_ANSWER)):
            if kind in {_DONE, _ERROR}:
                return
            if kind == _NEW:
                yield message


def _messages(answer: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    while start + _HEADER.size <= len(answer):
        length, kind, *_ = _HEADER.unpack_from(answer, start)
        yield kind, answer[start + _HEADER.size : start + length]
        start += _aligned(max(length, _HEADER.size))


def _newest(messages: Iterator[bytes]) -> Table:
    """The table; of an address that stands there twice, what was learnt last."""
    found: dict[str, tuple[int, str]] = {}
    for message in messages:
        _, _, state, _, _ = _NEIGHBOUR.unpack_from(message)
        said = dict(_attributes(message))
        link, destination = said.get(_LINK_ADDRESS, b""), said.get(_DESTINATION, b"")
        if state & _UNSURE or len(link) != _MAC_BYTES or len(destination) not in {4, 16}:
            continue
        _, _, age, _ = _CACHE.unpack(said[_CACHE_INFO]) if _CACHE_INFO in said else (0,) * 4
        address = str(ip_address(destination))
        known = found.get(address)
        if known is None or age < known[0]:
            found[address] = age, link.hex(":")
    return {address: mac for address, (_, mac) in found.items()}


def _attributes(message: bytes) -> Iterator[tuple[int, bytes]]:
    start = _NEIGHBOUR.size
    while start + _ATTRIBUTE.size <= len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, start)
        if length < _ATTRIBUTE.size:
            return
        yield kind, message[start + _ATTRIBUTE.size : start + length]
        start += _aligned(length)


def _aligned(length: int) -> int:
    return (length + _ALIGNED - 1) // _ALIGNED * _ALIGNED
