"""The page of a device that is being set up, and the check that needs no script: it loads itself anew until all lights are on."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import NotFound

from admin.device_lights import Lights, lights_of
from admin.family_files import certificate, host, proxy_port
from admin.family_systems import System, detect
from admin.house import house
from admin.rows import profile_name
from admin.texts import gettext as _
from store import device_setup
from store.certificate import Certificate
from store.device_setup import DeviceCode
from store.own_address import NUMBER, shown
from store.tables import Light

pages = Blueprint("family_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How this device finds the proxy."""

    host: str
    port: int
    pac: str
    """The address of the file that says so."""
    has_tunnel: bool
    """It has a WireGuard key, and needs no proxy."""


@pages.get("/")
def start() -> str:
    """Say what this is, to children too."""
    return render_template("family_start.html", certificate=_certificate())


@pages.get("/d/<code>")
def device(code: str) -> str:
    """Show how this device is set up."""
    found = _found(code)
    system = System.named(request.args.get("system", "")) or detect(request.user_agent.string)
    standing = house().standing()
    return render_template(
        "family_device.html",
        code=code,
        system=system,
        systems=list(System),
        is_firefox="Firefox/" in request.user_agent.string,
        name=found.device,
        who=profile_name(standing, found.profile),
        way=_way(found),
        certificate=_certificate(),
        lights=_lights(found),
    )


@pages.get("/d/<code>/check")
def check(code: str) -> str:
    """Look whether it works, again and again until it does."""
    found = _found(code)
    lights = _lights(found)
    scheme = "https" if lights.is_on(Light.TRUST) else "http"
    moment = f"{house().clock().timestamp():.0f}"
    return render_template(
        "family_check.html",
        code=code,
        name=found.device,
        who=profile_name(house().standing(), found.profile),
        lights=lights,
        pictures=[f"{one}://{NUMBER}/check/{code}.gif?{moment}" for one in ("http", "https")],
        frame=f"{scheme}://{NUMBER}/check/{code}/block",
    )


def _found(code: str) -> DeviceCode:
    found = device_setup.find_code(house().engine, code, house().clock())
    if found is None:
        raise NotFound(_("This address is not good any more. Please ask a parent for a new one."))
    return found


def _way(found: DeviceCode) -> Way:
    known = house().standing().policy.devices.get(found.device)
    own = str(known.port) if known and known.port else ""
    pac = url_for("family_files.pac", port=own or None)
    port = house().settings.family_port
    return Way(
        host=host(),
        port=proxy_port(own),
        pac=f"http://{shown(host())}:{port}{pac}",
        has_tunnel=known is not None and known.wireguard is not None,
    )


def _lights(found: DeviceCode) -> Lights:
    return lights_of(house(), found)


def _certificate() -> Certificate | None:
    try:
        return certificate()
    except NotFound:
        return None
