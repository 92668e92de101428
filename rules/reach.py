"""Which addresses lie outside the house: the proxy opens no others.

Source: the IANA special-purpose registries as Python's ipaddress knows them, and RFC 6052 (NAT64),
RFC 3056 (6to4), RFC 4380 (Teredo), which carry an IPv4 address inside an IPv6 one.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")
"""RFC 4291 section 2.4: all that is given out. The rest is old, kept for later, or for translators at home."""
LOOPBACK_NAMES = frozenset({"localhost", "ip6-localhost", "ip6-loopback", "localhost.localdomain"})
REMEMBERED_ADDRESSES = 20_000


@lru_cache(maxsize=REMEMBERED_ADDRESSES)
def is_outside(address: str) -> bool:
    """Whether an IP address in text, zone identifier or not, is one of the public internet."""
    return _is_public(ip_address(address.partition("%")[0]))


def is_loopback_name(host: str) -> bool:
    """Whether a name in normal form means this machine by definition (RFC 6761 section 6.3)."""
    return host in LOOPBACK_NAMES or host.endswith(".localhost")


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return True
    if address not in GLOBAL_UNICAST and address not in NAT64:
        return False
    return all(_is_public(inner) for inner in _carried(address))


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    inner = [address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(found for found in inner if found is not None)
