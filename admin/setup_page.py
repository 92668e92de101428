"""Setting up a device, the parents' side: a code for it, its lights as they come on, and a name for who it is."""

from dataclasses import replace

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from admin import rule_edit
from admin.auth import parent
from admin.device_lights import Lights, lights_of
from admin.family_files import key_of
from admin.house import House, Standing, house
from admin.rows import profile_name
from admin.security import host_name
from admin.texts import gettext as _
from admin.texts import near_words
from rules.address import is_word
from rules.policy import UNKNOWN
from rules.policy_enrol import put_device, typed_key
from rules.reach import is_loopback_name
from rules.request import Client
from store import audit, device_setup
from store.certificate import read_certificate
from store.device_setup import DeviceCode
from store.own_address import own_address, shown
from store.wireguard import profile_text

_LONGEST_NAME = 60
_QUIET_ZONE = 4
"""Modules around a QR code, ISO/IEC 18004."""

pages = Blueprint("setup_page", __name__)


@pages.get("/devices/setup")
def page() -> str:
    """Ask which device it is, and show the codes that live."""
    return _page("")


@pages.post("/devices/setup")
def start() -> Response | tuple[str, int]:
    """Make a code."""
    here = house()
    standing = here.standing()
    device = request.form.get("device", "") or typed_key(request.form.get("name", ""))
    profile = request.form.get("profile", "")
    if device in standing.policy.devices:
        profile = _owner(standing, device)
    elif problem := _problem(standing, device, profile):
        return _page(problem), 400
    code = device_setup.new_code(
        here.engine, here.clock(), device=device, profile=profile, by=parent().name
    )
    audit.write(here.engine, here.clock(), parent().name, "device code", f"{device} for {profile}")
    return redirect(url_for("setup_page.device", code=code), 303)


@pages.get("/devices/setup/<code>")
def device(code: str) -> str:
    """Show the code's address as a picture, and what has been seen of the device."""
    here, found = house(), _found(code)
    standing, lights = here.standing(), lights_of(here, found)
    address = f"http://{shown(_address(here))}:{here.settings.family_port}/d/{code}"
    return render_template(
        "setup_device.html",
        code=code,
        name=found.device,
        who=profile_name(standing, found.profile),
        ends=near_words(found.ends),
        address=address,
        picture=_picture(address),
        lights=lights,
        only_here=_is_only_here(here),
        certificate=read_certificate(here.settings.ca_certificate),
        tunnel=_tunnel(here, found),
        is_written=_is_written(standing, found, lights),
    )


@pages.post("/devices/setup/<code>/recognise")
def recognise(code: str) -> Response:
    """Write into the rules how the device is known."""
    here, found = house(), _found(code)
    key, value = request.form.get("by", ""), request.form.get("value", "")
    if _marks(lights_of(here, found)).get(key, "") != value or not value:
        raise BadRequest(_("The device has been seen with another address since. Look again."))
    done = _("“%(name)s” is now recognised by %(value)s.", name=found.device, value=value)
    _write_down(here, found, key, value, done)
    return redirect(url_for("setup_page.device", code=code), 303)


@pages.post("/devices/setup/<code>/tunnel")
def give_tunnel(code: str) -> Response:
    """Give the device a WireGuard key, by which it is known from then on."""
    here, found = house(), _found(code)
    if is_word(found.device):
        done = _("“%(name)s” has a WireGuard profile of its own now.", name=found.device)
        _write_down(here, found, "wireguard", found.device, done)
    return redirect(url_for("setup_page.device", code=code), 303)


@pages.post("/devices/setup/revoke")
def revoke() -> Response:
    """End a code now."""
    here = house()
    ended = device_setup.revoke(here.engine, request.form.get("code", ""))
    if ended is None:
        flash(_("That was over already."))
    else:
        audit.write(here.engine, here.clock(), parent().name, "device code ended", ended.device)
        flash(_("The address for “%(name)s” does not work any more.", name=ended.device))
    return redirect(url_for("setup_page.page"), 303)


@pages.errorhandler(NotFound)
def missing(error: NotFound) -> tuple[str, int]:
    """Say that a code is over, where the next one is made."""
    return _page(error.description or ""), 404


def _write_down(here: House, found: DeviceCode, key: str, value: str, done: str) -> None:
    standing = here.standing()
    is_new = found.device not in standing.policy.devices
    profile = found.profile if is_new else None
    new = rule_edit.draft(
        here, standing, lambda text: put_device(text, found.device, {key: value}, profile)
    )
    if new is None:
        return
    if new.text == standing.text:
        flash(_("The rules say so already."))
        return
    rule_edit.save(here, standing, new.text, done=done)


def _marks(lights: Lights) -> dict[str, str]:
    """By what a device could be recognised: key in the rule file, and its value."""
    latest = lights.latest
    if latest is None:
        return {}
    return {"ip": latest.client} | ({"mac": latest.mac} if latest.mac else {})


def _is_written(standing: Standing, found: DeviceCode, lights: Lights) -> bool:
    """Whether the rules know the device already by what has been seen of it, though the proxy has not said so yet."""
    seen = lights.latest
    if seen is None:
        return False
    client = Client(address=seen.client, mac=seen.mac)
    return standing.ruleset.roll.device(client) == found.device


def _found(code: str) -> DeviceCode:
    found = device_setup.find_code(house().engine, code, house().clock())
    if found is None:
        raise NotFound(_("This code is too old, or was ended. Make a new one."))
    return found


def _problem(standing: Standing, device: str, profile: str) -> str:
    if not is_word(device) or len(device) > _LONGEST_NAME or device == UNKNOWN:
        return _("Give the device a name of letters, digits, - and _.")
    if device in standing.policy.profiles:
        return _("“%(name)s” is a child's name in the rules already. Choose another.", name=device)
    if profile not in standing.policy.profiles:
        return _("Choose whose device it is.")
    return ""


def _owner(standing: Standing, device: str) -> str:
    profiles = standing.policy.profiles.values()
    return next((one.key for one in profiles if device in one.devices), UNKNOWN)


def _page(problem: str) -> str:
    here = house()
    standing = here.standing()
    profiles = [one for one in standing.policy.profiles.values() if one.key != UNKNOWN]
    return render_template(
        "setup_start.html",
        problem=problem,
        profiles=[(one.key, one.name) for one in profiles],
        devices=[
            (key, profile_name(standing, _owner(standing, key))) for key in standing.policy.devices
        ],
        codes=[
            (one, profile_name(standing, one.profile), near_words(one.ends))
            for one in device_setup.live_codes(here.engine, here.clock())
        ],
        wanted=request.values.get("device", ""),
        name=request.form.get("name", ""),
        profile=request.values.get("profile", ""),
        only_here=_is_only_here(here),
    )


def _address(here: House) -> str:
    """The address that a device can open: as the settings say, else the one that the parent has just used."""
    used = host_name(request.host)
    is_loopback = is_loopback_name(used) or used.startswith("127.") or used == "::1"
    if here.settings.address or is_loopback:
        return own_address(here.settings)
    return used


def _is_only_here(here: House) -> bool:
    return here.settings.bind in {"127.0.0.1", "::1"}


def _tunnel(here: House, found: DeviceCode) -> Markup | None:
    """The WireGuard profile as a picture for the app's camera; None if the device has none."""
    key = key_of(here, found.device)
    if key is None:
        return None
    return _picture(profile_text(replace(here.settings, address=_address(here)), key))


def _picture(text: str) -> Markup:
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(
        scale=5, border=_QUIET_ZONE, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(svg)  # noqa: S704 - segno draws modules, and writes no text into it
