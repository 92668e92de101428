"""mitmproxy's connection -> rules.Client: the one place that says all that is known of who asks."""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from pathlib import PurePath
from weakref import WeakKeyDictionary

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.proxy.mode_specs import DnsMode, RegularMode, WireGuardMode

from proxy.neighbours import Neighbours
from rules.request import Client

REMEMBERED_ADDRESSES = 20_000

_neighbours = Neighbours()
_macs: WeakKeyDictionary[ClientConnection, str] = WeakKeyDictionary()
"""What a connection was first seen with, empty for nothing: a quiet neighbour may leave the table, and stays who it is."""
_logins: WeakKeyDictionary[ClientConnection, str] = WeakKeyDictionary()


@lru_cache(maxsize=REMEMBERED_ADDRESSES)
def plain_address(text: str) -> str:
    """An IP address as the rule file writes it: IPv4-mapped as IPv4, without a zone."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def client_of(connection: ClientConnection, neighbours: Neighbours = _neighbours) -> Client:
    """Who asks, by all that the connection shows.

    Raises:
        ValueError: the connection has no IP address.
    """
    address, mode = plain_address(connection.peername[0]), connection.proxy_mode
    if isinstance(mode, WireGuardMode):
        # its addresses are those inside the tunnel
        return Client(address=address, wireguard=PurePath(mode.data).stem)
    has_own_port = isinstance(mode, (RegularMode, DnsMode))  # else it is the site's
    return Client(
        address=address,
        mac=_mac(connection, address, neighbours),
        login=_logins.get(connection),
        port=connection.sockname[1] if has_own_port else None,
    )


def is_explicit(connection: ClientConnection) -> bool:
    """Whether the device knows that it speaks to a proxy."""
    return isinstance(connection.proxy_mode, RegularMode)


def sign_in(connection: ClientConnection, login: str | None) -> None:
    """Note who has shown a right password on this connection; None: nobody any more."""
    if login is None:
        _logins.pop(connection, None)
    else:
        _logins[connection] = login


def _mac(connection: ClientConnection, address: str, neighbours: Neighbours) -> str | None:
    known = _macs.get(connection)
    found = known or neighbours.mac(address, is_new=known is None)
    _macs[connection] = found or ""
    return found
