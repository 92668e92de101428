"""Who asks: what a door knows of a client -> device -> profile."""

from dataclasses import dataclass

from rules.policy import UNKNOWN, Policy, Profile
from rules.request import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The family's devices and profiles, by what a door may know of them."""

    profiles: dict[str, Profile]
    """By key."""
    owners: dict[str, str]
    """Device's key -> profile's key; `unknown` for a device that is in no profile."""
    by_wireguard: dict[str, str]
    """Name of a WireGuard key -> device's key."""
    by_login: dict[str, str]
    """User name -> device's key."""
    by_mac: dict[str, str]
    """MAC address -> device's key."""
    by_address: dict[str, str]
    """IP address in text -> device's key."""
    by_port: dict[int, str]
    """Port of ours -> device's key."""

    def device(self, client: Client) -> str | None:
        """Key of the device that a door's client is, by what is hardest to pretend; None for a stranger.

        A port is asked for last: whoever uses it is somebody else, if anything else says so.
        """
        return (
            self.by_wireguard.get(client.wireguard or "")
            or self.by_login.get(client.login or "")
            or self.by_mac.get(client.mac or "")
            or self.by_address.get(client.address or "")
            or self.by_port.get(client.port or 0)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A profile, and the device if it has a name."""

    profile: Profile
    device: str | None


def roll_of(policy: Policy) -> Roll:
    """The policy's devices and profiles, ready to be asked."""
    owners = dict.fromkeys(policy.devices, UNKNOWN)
    for profile in policy.profiles.values():
        owners |= dict.fromkeys(profile.devices, profile.key)
    devices = policy.devices.items()
    return Roll(
        profiles=dict(policy.profiles),
        owners=owners,
        by_wireguard={one.wireguard: key for key, one in devices if one.wireguard is not None},
        by_login={one.login: key for key, one in devices if one.login is not None},
        by_mac={one.mac: key for key, one in devices if one.mac is not None},
        by_address={str(one.address): key for key, one in devices if one.address is not None},
        by_port={one.port: key for key, one in devices if one.port is not None},
    )


def identify(roll: Roll, client: Client) -> Asker:
    """The profile that this client's requests are held to; `unknown` for a stranger.

    Raises:
        LookupError: the client gives a name that is neither a profile's nor a device's.
    """
    if client.name is not None and client.name in roll.profiles:
        return Asker(profile=roll.profiles[client.name], device=None)
    device = client.name or roll.device(client)
    if client.name is not None and device not in roll.owners:
        raise LookupError(client.name)
    owner = roll.owners.get(device or "", UNKNOWN)
    return Asker(profile=roll.profiles[owner], device=device)
