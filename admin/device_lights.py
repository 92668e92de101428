"""What the proxy has seen of a device that is being set up, as both its own page and the parents' show it."""

from dataclasses import dataclass

from admin.house import House
from admin.rows import profile_name
from admin.texts import gettext as _
from rules.policy import UNKNOWN
from store import device_setup
from store.device_setup import Check, DeviceCode
from store.tables import Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """One of the three lights."""

    light: Light
    is_on: bool
    title: str
    words: str
    """What it means that it is on, or what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lights:
    """All lights of one device, and who the proxy takes it for."""

    lamps: tuple[Lamp, ...]
    latest: Check | None
    """None: nothing of the device has come through the proxy yet."""
    taken_for: str
    """The profile's name for people, or that it is unknown."""
    is_recognised: bool
    """The proxy takes the device for whom it is meant to be."""

    def is_on(self, light: Light) -> bool:
        """Whether one light is on."""
        return any(lamp.is_on for lamp in self.lamps if lamp.light is light)

    @property
    def are_all_on(self) -> bool:
        """Whether everything works."""
        return all(lamp.is_on for lamp in self.lamps)


def lights_of(here: House, code: DeviceCode) -> Lights:
    """The lights of the device that a code is for."""
    seen = device_setup.checks(here.engine, code.code)
    latest = max(seen.values(), key=lambda check: check.at, default=None)
    lamps = (
        _traffic(is_on=bool(seen)),
        _trust(is_on=Light.TRUST in seen, is_due=bool(seen)),
        _block(is_on=Light.BLOCK in seen, is_due=bool(seen)),
    )
    return Lights(
        lamps=lamps,
        latest=latest,
        taken_for=_taken_for(here, latest),
        is_recognised=latest is not None and latest.device == code.device,
    )


def _taken_for(here: House, latest: Check | None) -> str:
    if latest is None:
        return ""
    if latest.device is None and latest.profile == UNKNOWN:
        return _("an unknown device")
    name = profile_name(here.standing(), latest.profile)
    return f"{name} ({latest.device})" if latest.device else name


def _traffic(*, is_on: bool) -> Lamp:
    words = (
        _("What this device asks for comes through Porchlight.")
        if is_on
        else _("Nothing of this device has come through Porchlight yet. Step 1 does that.")
    )
    return Lamp(light=Light.TRAFFIC, is_on=is_on, title=_("Traffic seen"), words=words)


def _trust(*, is_on: bool, is_due: bool) -> Lamp:
    if is_on:
        words = _("This browser takes the home's certificate.")
    elif is_due:
        words = _(
            "This browser does not take the home's certificate yet. Until it does, Porchlight can "
            "go by a site's name only, and cannot show why a page is closed. Step 2 does that."
        )
    else:
        words = _("This can be seen once traffic is.")
    return Lamp(light=Light.TRUST, is_on=is_on, title=_("Certificate trusted"), words=words)


def _block(*, is_on: bool, is_due: bool) -> Lamp:
    if is_on:
        words = _("This device showed the page that it shows where something is closed.")
    elif is_due:
        words = _("It has not shown the page of a block yet. Give it a moment.")
    else:
        words = _("This can be seen once traffic is.")
    return Lamp(light=Light.BLOCK, is_on=is_on, title=_("A block shown"), words=words)
