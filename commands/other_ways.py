"""The ways in beside the proxy's own port and the door for names, as `porchlight up` tells them."""

from collections.abc import Iterator

from rules.policy import Policy
from store.own_address import own_address, shown
from store.settings import Settings
from store.wireguard import all_keys


def other_ways(settings: Settings, policy: Policy | None) -> Iterator[str]:
    """One line for each that is on, with its address; none where the proxy's port is all."""
    here = shown(own_address(settings))
    if settings.transparent_port:
        yield f"Transparent         {here}:{settings.transparent_port}  (porchlight gateway)"
    devices = {} if policy is None else policy.devices
    ports = {key.name: key.port for key in all_keys(settings)}
    for name, device in devices.items():
        if device.port is not None:
            yield f"Port of {name:<11} {here}:{device.port}"
        if device.wireguard is not None:
            port = ports.get(device.wireguard)
            where = f"{here}:{port}" if port else "soon"
            yield f"WireGuard           {where}  {name}  (porchlight wireguard {name})"
