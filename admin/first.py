"""The first minutes: claiming the box with the code from the console, then the first device."""

from pathlib import Path

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from admin.attempts import SETUP_CODE
from admin.auth import open_session
from admin.house import house
from admin.security import host_name
from admin.texts import gettext as _
from admin.texts import span_words
from store import accounts, audit
from store.accounts import SetupRefused

_LONGEST_NAME = 60

pages = Blueprint("first", __name__)


@pages.get("/setup")
def setup() -> str | Response:
    """Ask for the code, a name and a password."""
    if accounts.has_account(house().engine):
        return redirect(url_for("auth.sign_in"))
    return _form()


@pages.post("/setup")
def claim() -> Response | tuple[str, int]:
    """Make the first account."""
    here, name = house(), " ".join(request.form.get("name", "").split())
    if accounts.has_account(here.engine):
        return redirect(url_for("auth.sign_in"))
    password = request.form.get("password", "")
    problem = _name_problem(name) or password_words(password, name)
    if problem:
        return _form(problem), 400
    wait = here.attempts.wait(SETUP_CODE, "setup", request.remote_addr or "")
    if wait is not None:
        words = _("Too many tries. Please wait %(span)s, then try again.", span=span_words(wait))
        return _form(words), 429
    code = request.form.get("code", "")
    try:
        account = accounts.claim(here.engine, code, name, password, here.clock())
    except SetupRefused:
        words = _(
            "This code is not the right one, or is too old. The newest code stands in the "
            "window where Porchlight was started; starting Porchlight again prints a new one."
        )
        return _form(words), 403
    answer = redirect(url_for("first.steps"))
    open_session(answer, account)
    audit.write(here.engine, here.clock(), account.name, "set-up", request.remote_addr or "")
    return answer


@pages.get("/next-steps")
def steps() -> str:
    """Show how the first device gets behind the filter."""
    return render_template("steps.html", device=device_steps())


@pages.get("/porchlight-ca-cert.pem")
def certificate() -> Response:
    """Hand out the public certificate. For everybody: a child's device has no parent signed in."""
    path = house().settings.ca_certificate
    if not path.is_file():
        raise NotFound(_("The certificate is made when the filter starts for the first time."))
    return send_file(path, mimetype="application/x-x509-ca-cert", download_name=path.name)


def device_steps() -> dict[str, str | int | bool | Path]:
    """What a page needs to tell how a device is set up."""
    settings = house().settings
    name = host_name(request.host)
    return {
        "host": f"[{name}]" if ":" in name else name,
        "port": settings.proxy_port,
        "ca": settings.ca_certificate,
        "has_ca": settings.ca_certificate.is_file(),
        "only_here": settings.bind in {"127.0.0.1", "::1", "localhost"},
    }


def password_words(password: str, name: str) -> str:
    """What is wrong with a new password, empty if nothing is."""
    words = {
        "short": _("The password is too short. Three or four words in a row are long and easy."),
        "common": _("This password is on the lists that guessers try first. Choose another one."),
        "name": _("The password holds the name. Choose one that nobody can guess from it."),
    }
    problem = accounts.password_problem(password, name)
    return words[problem] if problem else ""


def _name_problem(name: str) -> str:
    if not name:
        return _("Please give your name. It stands beside what you change.")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        return _("This name is too long, or holds signs that cannot be shown.")
    return ""


def _form(words: str = "") -> str:
    return render_template(
        "setup.html",
        problem=words,
        code=request.values.get("code", ""),
        name=request.form.get("name", ""),
    )
