"""Who asks: an address or a name -> device -> profile."""

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
    by_address: dict[str, str]
    """IP address in text -> device's key."""


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
    return Roll(
        profiles=dict(policy.profiles),
        owners=owners,
        by_address={
            str(device.address): key
            for key, device in policy.devices.items()
            if device.address is not None
        },
    )


def identify(roll: Roll, client: Client) -> Asker:
    """The profile that this client's requests are held to; `unknown` for a stranger.

    Raises:
        LookupError: the client gives a name that is neither a profile's nor a device's.
    """
    if client.name is not None and client.name in roll.profiles:
        return Asker(profile=roll.profiles[client.name], device=None)
    device = client.name or roll.by_address.get(client.address or "")
    if client.name is not None and device not in roll.owners:
        raise LookupError(client.name)
    owner = roll.owners.get(device or "", UNKNOWN)
    return Asker(profile=roll.profiles[owner], device=device)
