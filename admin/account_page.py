"""The parent's own account: a new password, after the old one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.attempts import SIGN_IN
from admin.auth import open_session, parent
from admin.first import password_words
from admin.house import house
from admin.texts import gettext as _
from admin.texts import span_words
from store import accounts, audit

pages = Blueprint("account_page", __name__)


@pages.get("/account")
def page() -> str:
    """Show who is signed in and the form for a new password."""
    return render_template("account.html", problem="")


@pages.post("/account")
def change() -> Response | tuple[str, int]:
    """Set a new password; the old one is asked for first."""
    here, account = house(), parent()
    who = (accounts.name_key(account.name), request.remote_addr or "")
    wait = here.attempts.wait(SIGN_IN, *who)
    if wait is not None:
        words = _("Too many tries. Please wait %(span)s, then try again.", span=span_words(wait))
        return render_template("account.html", problem=words), 429
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if accounts.sign_in(here.engine, account.name, old, here.clock()) is None:
        audit.write(here.engine, here.clock(), account.name, "password refused", "")
        words = _("The old password is not right.")
        return render_template("account.html", problem=words), 403
    problem = password_words(new, account.name)
    if problem:
        return render_template("account.html", problem=problem), 400
    here.attempts.forget(SIGN_IN, *who)
    accounts.set_password(here.engine, account.name, new)
    audit.write(here.engine, here.clock(), account.name, "password", "")
    answer = redirect(url_for("account_page.page"))
    open_session(answer, account)
    flash(_("The new password is set."))
    return answer
