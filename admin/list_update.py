"""The button "Update now": a wish that the keeper of the lists takes up within a second."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin.auth import parent
from admin.house import house
from admin.texts import gettext as _
from store import audit
from store.list_wishes import wish

pages = Blueprint("list_update", __name__)


@pages.post("/lists/update")
def update() -> Response:
    """Ask for all lists that are on, or one, now; `may_shrink` takes one that has lost more than half."""
    here, key = house(), request.form.get("key", "")
    if key and key not in here.standing().policy.lists:
        raise BadRequest(_("This list is not on."))
    may_shrink = bool(key) and request.form.get("may_shrink") == "yes"
    try:
        wish(here.settings.lists_dir, (key,) if key else (), may_shrink=may_shrink)
    except OSError as error:
        reason = error.strerror or error
        flash(_("The file could not be written: %(reason)s", reason=reason), "problem")
    else:
        audit.write(here.engine, here.clock(), parent().name, "update lists", key)
    return redirect(url_for("lists_page.page"))
