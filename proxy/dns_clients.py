"""Who may ask for names, and what of it was written down lately."""

import socket
import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Network, ip_address

from rules.decision import DecisionRecord
from rules.reach import is_outside

NETWORK_BITS = 64
"""RFC 4291 section 2.5.4: of an IPv6 address, what all machines of one network share."""
REPEATED_SECONDS = 60.0
"""A device asks for A, AAAA and HTTPS in one breath, and a television once a second: one row a minute says it."""
REMEMBERED = 20_000
_REMEMBERED_CLIENTS = 1_000


def is_at_home(address: str) -> bool:
    """Whether a client's IP address is one of this house: a private one, or one of our own IPv6 network.

    To strangers a name server is a megaphone: a question with a forged sender is answered with more than it cost.
    """
    return not is_outside(address) or (":" in address and _is_neighbour(address))


@lru_cache(maxsize=_REMEMBERED_CLIENTS)
def _is_neighbour(address: str) -> bool:
    """Whether our own address towards this one is of the same network. Sends nothing."""
    with closing(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect((address, 9))  # a datagram socket only picks a route
        except OSError:
            return False
        ours = probe.getsockname()[0].partition("%")[0]
    return ip_address(address) in IPv6Network(f"{ours}/{NETWORK_BITS}", strict=False)


@dataclass(slots=True)
class Lately:
    """Which rows the log has had within a minute."""

    _until: dict[tuple[object, ...], float] = field(default_factory=dict)
    """Monotonic seconds."""

    def is_news(self, line: DecisionRecord) -> bool:
        """Whether the log has no such row yet."""
        now = time.monotonic()
        decision = line.decision
        key = (line.client, line.host, decision.action, decision.reason, decision.line)
        if self._until.get(key, 0.0) > now:
            return False
        if len(self._until) >= REMEMBERED:
            self._until.clear()
        self._until[key] = now + REPEATED_SECONDS
        return True
