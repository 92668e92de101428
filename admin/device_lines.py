"""The house's devices in words: what each is known by, when it was here last, and who is here that nobody has named."""

from dataclasses import dataclass

from admin.house import House, Standing
from admin.rows import line_link, profile_name
from admin.texts import gettext as _
from admin.texts import near_words
from rules.identity import identify
from rules.policy import Device
from rules.request import Client
from rules.sighting import Sighting, Way
from store import logins, sightings

_MADE_UP = 0x02
"""Bit of a MAC address's first octet: given by the device itself, not by its maker (IEEE 802)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A device that has a name."""

    key: str
    profile: str
    """The name of the profile whose rules it follows."""
    marks: tuple[tuple[str, str], ...]
    """What it is known by: kind and value."""
    last: str
    """When it was here last; empty: it never was."""
    where: str
    """Its address then, and how it came."""
    is_silent: bool
    """It was here on most days, and is longer gone than one."""
    unset_login: str
    """The login with which it cannot sign in, since nobody has set its password. Empty: all is well."""
    link: str
    """To its line in the rule file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangerLine:
    """A device that nobody has named."""

    thing: str
    """What it is called in the database."""
    mac: str
    """Empty if this machine could not see it."""
    address: str
    first: str
    last: str
    profile: str
    is_made_up: bool
    """Its MAC address is a private one."""


def device_lines(here: House, standing: Standing) -> list[DeviceLine]:
    """The devices of the rule file, in its order."""
    seen = {one.thing: one for one in sightings.read(here.engine) if one.device is not None}
    passwords, moment = logins.read(here.engine), here.clock()
    roll = standing.ruleset.roll
    return [
        DeviceLine(
            key=key,
            profile=identify(roll, Client(name=key)).profile.name,
            marks=_marks(device),
            last=near_words(seen[key].last) if key in seen else "",
            where=_where(seen[key]) if key in seen else "",
            is_silent=key in seen and seen[key].is_silent(moment),
            unset_login="" if device.login in passwords else device.login or "",
            link=line_link(device.line),
        )
        for key, device in standing.policy.devices.items()
    ]


def strangers(here: House, standing: Standing) -> list[Sighting]:
    """Who was seen, and is still nobody's device by the rules; who was here last first."""
    roll, seen = standing.ruleset.roll, sightings.read(here.engine)
    signs_in = {key for key, device in standing.policy.devices.items() if device.login is not None}
    # before it signed in, it was a stranger
    signed_in = {one.mac or one.address for one in seen if one.device in signs_in}
    return [
        one
        for one in seen
        if one.device is None
        and one.thing not in signed_in
        and roll.device(Client(address=one.address, mac=one.mac)) is None
    ]


def stranger_line(seen: Sighting, standing: Standing) -> StrangerLine:
    """A stranger in words."""
    mac = seen.mac or ""
    return StrangerLine(
        thing=seen.thing,
        mac=mac,
        address=seen.address,
        first=near_words(seen.first),
        last=near_words(seen.last),
        profile=profile_name(standing, seen.profile),
        is_made_up=bool(mac) and bool(int(mac[:2], 16) & _MADE_UP),
    )


def _marks(device: Device) -> tuple[tuple[str, str], ...]:
    marks = (
        (_("WireGuard key"), device.wireguard),
        (_("user name"), device.login),
        (_("MAC address"), device.mac),
        (_("IP address"), device.address),
        (_("port"), device.port),
    )
    return tuple((kind, str(mark)) for kind, mark in marks if mark is not None)


def _where(seen: Sighting) -> str:
    ways = {
        Way.EXPLICIT: _("through the proxy"),
        Way.PORT: _("through a port of its own"),
        Way.WIREGUARD: _("through WireGuard"),
        Way.TRANSPARENT: _("through the router"),
        Way.DNS: _("asks for names only"),
    }
    return " · ".join(filter(None, (seen.address, ways[seen.way])))
