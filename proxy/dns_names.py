"""A question's name -> what it names: a host that the rules are asked about, or one of the few that they are not."""

from dataclasses import dataclass
from enum import Enum

import dns.name

from proxy.translate import normal_name
from rules.hosts import is_address
from rules.reach import is_loopback_name
from store import own_address

HOUSE_ENDINGS = frozenset(
    {
        *("arpa", "corp", "home", "internal", "intranet", "lan", "local", "localdomain", "private"),
    }
)
"""Endings under which nobody on the internet has a name: RFC 6762 appendix G, RFC 8375, and `arpa`, where
addresses have their names (RFC 3172)."""

DISCOVERY = [b"resolver", b"arpa"]
"""RFC 9462: not of the house, though it looks so."""


class Kind(Enum):
    """What a name is to the door."""

    HOST = "host"
    """The rules are asked."""
    HOUSE = "house"
    """A machine of the house, an address read backwards, or the root: passed on, never asked about, never logged."""
    OWN = "own"
    """Porchlight itself."""
    LOOPBACK = "loopback"
    """The asking device itself, RFC 6761 section 6.3."""
    NOTHING = "nothing"
    """An address in the place of a name: no server knows it, and none is asked."""
    UNREADABLE = "unreadable"
    """No browser would ask for it, or it reads differently to the rules than to a name server."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks about."""

    kind: Kind
    host: str = ""
    """In normal form, without leading `_labels` (RFC 8552), which say what is asked of the host. Empty unless HOST."""


def read_name(name: dns.name.Name) -> Asked:
    """What a question's name means. Never raises."""
    labels = [label.lower() for label in name.labels if label]
    host = _host(labels)
    if host == own_address.NAME:
        return Asked(Kind.OWN)
    if _is_of_house(labels):
        return Asked(Kind.HOUSE)
    if host is None:
        return Asked(Kind.UNREADABLE)
    if is_address(host):
        return Asked(Kind.NOTHING)
    return Asked(Kind.LOOPBACK) if is_loopback_name(host) else Asked(Kind.HOST, host)


def _is_of_house(labels: list[bytes]) -> bool:
    if len(labels) <= 1:
        return labels != [b"localhost"] and not (labels and labels[0].isdigit())
    ending = labels[-1].decode("ascii", "replace")
    return ending in HOUSE_ENDINGS and labels[-2:] != DISCOVERY


def _host(labels: list[bytes]) -> str | None:
    """The host as the rules know it; None if what they would judge is not what a name server would be asked."""
    first = next((place for place, one in enumerate(labels) if not one.startswith(b"_")), 0)
    plain = labels[first:]
    if any(b"." in label or not label.isascii() for label in plain):
        return None
    text = b".".join(plain).decode("ascii")
    try:
        normal = normal_name(text)
    except ValueError:
        return None
    return normal if normal == text or is_address(normal) else None
