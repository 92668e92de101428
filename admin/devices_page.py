"""The house's devices: those with a name, and those that are new, to be named as lines of the rule file."""

from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from admin import rule_edit
from admin.auth import parent
from admin.device_lines import device_lines, stranger_line, strangers
from admin.house import House, Standing, house
from admin.paths import own_path
from admin.refused_lines import refusals
from admin.rows import profile_name
from admin.texts import gettext as _
from rules.policy_enrol import put_device, typed_key
from rules.sighting import Sighting
from store import audit, sightings

_LONGEST = 60
"""Characters of a name."""

pages = Blueprint("devices_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What the form says that gives a stranger a name, good or not."""

    thing: str
    device: str = ""
    """The key of a device that is there already and has changed. Empty: a new one."""
    name: str = ""
    """Of a new one."""
    profile: str = ""
    by: str = ""
    """`mac` or `ip`: what it is to be known by."""


@pages.get("/devices")
def page() -> str:
    """Show who is there."""
    return _page(Naming(thing=""))


@pages.post("/devices/name")
def name() -> Response | tuple[str, int]:
    """Write a stranger into the rule file as a device, or as what a device is known by from now on."""
    here = house()
    standing = here.standing()
    naming = _naming()
    seen = _stranger(here, standing, naming.thing)
    key = naming.device or naming.name
    if not key:
        flash(_("Give the device a name first."), "problem")
        return _page(naming), 400
    if not naming.device and key in standing.policy.devices:
        words = _("There is a device called %(name)s already. Choose another name.", name=key)
        flash(words, "problem")
        return _page(naming), 400
    marks: dict[str, str | int | None] = (
        {"mac": seen.mac} if naming.by == "mac" and seen.mac else {"ip": seen.address}
    )
    profile = None if naming.device else naming.profile
    new = rule_edit.draft(here, standing, lambda text: put_device(text, key, marks, profile))
    if new is None:
        return _page(naming), 400
    done, more = _done(standing, naming, key)
    if not rule_edit.save(here, standing, new.text, done=done, more=more):
        return _page(naming), 409
    sightings.forget(here.engine, seen.thing)
    return redirect(url_for("devices_page.page"))


@pages.post("/devices/leave")
def leave() -> Response:
    """Note that a stranger may stay unknown, so that nobody is told of it again."""
    here, thing = house(), request.form.get("thing", "")
    if sightings.leave_alone(here.engine, thing, here.clock()):
        audit.write(here.engine, here.clock(), parent().name, "device left unknown", thing)
        flash(_("It stays unknown. You find it under Devices."))
    return redirect(own_path(request.form.get("back")))


def _naming() -> Naming:
    fields = {key: request.form.get(key, "").strip()[:_LONGEST] for key in Naming.__slots__}
    found = Naming(**fields)
    return replace(found, name=typed_key(found.name))


def _stranger(here: House, standing: Standing, thing: str) -> Sighting:
    found = next((one for one in strangers(here, standing) if one.thing == thing), None)
    if found is None:
        raise NotFound(_("This device has a name by now, or has not been here for long."))
    return found


def _done(standing: Standing, naming: Naming, key: str) -> tuple[str, str]:
    """What was done, and what comes of it."""
    if naming.device:
        return _("%(name)s is known by what it has now.", name=key), ""
    done = _("Named a device: %(name)s.", name=key)
    whose = profile_name(standing, naming.profile)
    return done, _("It follows the rules of %(profile)s.", profile=whose)


def _page(naming: Naming) -> str:
    here = house()
    standing = here.standing()
    found = strangers(here, standing)
    profiles = standing.policy.profiles.values()
    return render_template(
        "devices.html",
        devices=device_lines(here, standing),
        new=[stranger_line(one, standing) for one in found if one.left_alone is None],
        left=[stranger_line(one, standing) for one in found if one.left_alone is not None],
        profiles=[(profile.key, profile.name) for profile in profiles],
        naming=naming,
        refusals=len(refusals(here, standing)),
    )
