"""Apps that refuse to be opened: a parent lets one through on one device, or leaves it closed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin import rule_edit
from admin.auth import parent
from admin.house import House, house
from admin.refused_lines import Reach, Refusal, doubts, leaves, refusals
from admin.texts import gettext as _
from admin.texts import near_words
from rules.handshakes import KEPT
from rules.passages import LASTS, new_passage
from rules.policy_put import tunnel
from store import audit, handshakes, passages
from store.facts import read_facts

pages = Blueprint("refused_page", __name__)


@pages.get("/devices/refused")
def page() -> str:
    """Show what refuses, and what was let through."""
    here = house()
    return render_template(
        "refused.html",
        refusals=refusals(here, here.standing()),
        doubts=doubts(here),
        leaves=leaves(read_facts(here.engine, here.clock())),
    )


@pages.post("/devices/refused")
def answer() -> Response:
    """Do what a parent says of one app on one device."""
    here = house()
    device, host = request.form.get("device", ""), request.form.get("host", "")
    found = refusals(here, here.standing())
    refusal = next((one for one in found if (one.device, one.host) == (device, host)), None)
    if refusal is None:  # the second of two clicks, or the rules have come to close it
        flash(_("There is nothing to decide about %(host)s any more.", host=host))
        return _back()
    wanted = request.form.get("reach", "")
    reach = next((one for one in refusal.reaches if one.key == wanted), None)
    match request.form.get("answer"), reach:
        case "pass", Reach():
            _let_through(here, refusal, reach)
        case "always", Reach() if refusal.is_named:
            _write_down(here, refusal, reach)
        case "closed", _reach:
            _keep_closed(here, refusal)
        case _:
            raise BadRequest(_("The rules have changed since this page was opened. Open it anew."))
    return _back()


@pages.post("/devices/refused/end")
def end() -> Response:
    """End a leave now. The second of two clicks finds it ended."""
    here = house()
    device, hosts = request.form.get("device", ""), request.form.getlist("host")
    if passages.end(here.engine, device, hosts, here.clock()):
        _note(here, "passage ended", device, hosts)
        flash(_("Done. It is opened again where a rule needs it, or refuses and does not work."))
    else:
        flash(_("That was over already."))
    return _back()


def _let_through(here: House, refusal: Refusal, reach: Reach) -> None:
    moment, by = here.clock(), parent().name
    given = [new_passage(refusal.device, host, by=by, moment=moment) for host in reach.hosts]
    passages.give(here.engine, given)
    _note(here, "passage", refusal.device, reach.hosts)
    flash(
        _(
            "%(name)s passes unopened on %(device)s now. It ends %(when)s.",
            name=refusal.name,
            device=refusal.device,
            when=near_words(moment + LASTS),
        )
    )


def _write_down(here: House, refusal: Refusal, reach: Reach) -> None:
    standing = here.standing()
    new = rule_edit.draft(here, standing, lambda text: tunnel(text, refusal.device, reach.key))
    if new is None:
        return
    done = _("%(name)s passes unopened on %(device)s.", name=reach.key, device=refusal.device)
    rule_edit.save(here, standing, new.text, done=done, more=_("It is now a line of the rules."))


def _keep_closed(here: House, refusal: Refusal) -> None:
    until = here.clock() + KEPT
    handshakes.keep_quiet(here.engine, refusal.device, [refusal.host], until)
    _note(here, "passage refused", refusal.device, [refusal.host])
    flash(
        _(
            "Nothing changes. You may be asked about %(host)s on %(device)s again %(when)s.",
            host=refusal.host,
            device=refusal.device,
            when=near_words(until),
        )
    )


def _note(here: House, what: str, device: str, hosts: list[str] | tuple[str, ...]) -> None:
    detail = f"{device}: {', '.join(hosts)}"
    audit.write(here.engine, here.clock(), parent().name, what, detail)


def _back() -> Response:
    return redirect(url_for("refused_page.page"))
