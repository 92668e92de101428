"""Where devices find this machine, and the host that is the proxy itself."""

import socket
from ipaddress import ip_address

from rules.hosts import is_address
from store.settings import Settings

NAME = "porchlight.home.arpa"
"""RFC 8375: home.arpa is for names in homes, so that nobody else's site is hidden."""
NUMBER = "192.0.2.1"
"""RFC 5737: an address that nobody has. Every way in leads it to the proxy, with no name server asked."""

_ELSEWHERE = (NUMBER, 9)
"""No packet is sent; it only names the way out."""


def own_address(settings: Settings) -> str:
    """The IP address or name under which devices reach this machine: as the settings say, else as the network does."""
    if settings.address:
        return settings.address
    if not ip_address(settings.bind).is_unspecified:
        return settings.bind
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return socket.gethostname()
        address: str = probe.getsockname()[0]
        return address


def family_address(settings: Settings) -> str:
    """The address of the pages that devices and children may see, without a slash at its end."""
    return f"http://{shown(own_address(settings))}:{settings.family_port}"


def shown(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and is_address(host) else host
