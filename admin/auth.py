"""Who is signed in: the door before every page, and the pages sign-in and sign-out."""

from flask import Blueprint, Flask, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from admin.attempts import SIGN_IN, SIGN_IN_FROM
from admin.house import house
from admin.paths import own_path, this_path
from admin.texts import gettext as _
from admin.texts import span_words
from store import accounts, audit
from store.accounts import Account

COOKIE = "porchlight_session"

_COOKIE_SECONDS = 90 * 24 * 60 * 60
"""The longest that a session can live (store/accounts.py)."""
_OPEN = frozenset(
    {
        "static",
        "texts.choose",
        "auth.sign_in",
        "auth.try_sign_in",
        "first.setup",
        "first.claim",
        "first.certificate",
        "schema.schema",
    }
)
"""Pages for everybody; those of the set-up close themselves once there is an account."""
_LONGEST_NAME = 100

pages = Blueprint("auth", __name__)


def guard(app: Flask) -> None:
    """Let only parents past, and register the pages of this file."""
    app.before_request(_ask_who)
    app.register_blueprint(pages)
    app.context_processor(lambda: {"account": g.get("account")})


def parent() -> Account:
    """The parent who reads this page."""
    account: Account = g.account
    return account


def _ask_who() -> Response | tuple[str, int] | None:
    here = house()
    token = request.cookies.get(COOKIE, "")
    g.account = accounts.read_session(here.engine, token, here.clock()) if token else None
    is_open = request.endpoint in _OPEN
    if g.account is not None or is_open:
        return None
    if not accounts.has_account(here.engine):
        return redirect(url_for("first.setup"))
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("auth.sign_in", next=this_path()))
    words = _("You have been signed out. Nothing was changed.")
    return _form(words, kept=request.form.get("text", "")), 403


@pages.get("/sign-in")
def sign_in() -> str | Response:
    """Ask for name and password."""
    if g.account is not None:
        return redirect(own_path(request.args.get("next")))
    if not accounts.has_account(house().engine):
        return redirect(url_for("first.setup"))
    return _form()


@pages.post("/sign-in")
def try_sign_in() -> Response | tuple[str, int]:
    """Compare name and password, and open a session."""
    here, name = house(), request.form.get("name", "").strip()[:_LONGEST_NAME]
    address = request.remote_addr or ""
    who = (accounts.name_key(name), address)
    wait = here.attempts.wait(SIGN_IN, *who) or here.attempts.wait(SIGN_IN_FROM, address)
    if wait is not None:
        words = _("Too many tries. Please wait %(span)s, then try again.", span=span_words(wait))
        return _form(words), 429
    account = accounts.sign_in(here.engine, name, request.form.get("password", ""), here.clock())
    if account is None:
        audit.write(here.engine, here.clock(), name, "sign-in failed", request.remote_addr or "")
        return _form(_("Name and password do not go together.")), 403
    here.attempts.forget(SIGN_IN, *who)
    answer = redirect(own_path(request.form.get("next")))
    open_session(answer, account)
    audit.write(here.engine, here.clock(), account.name, "sign-in", request.remote_addr or "")
    return answer


@pages.post("/sign-out")
def sign_out() -> Response:
    """End this session."""
    here = house()
    accounts.close_session(here.engine, request.cookies.get(COOKIE, ""))
    audit.write(here.engine, here.clock(), parent().name, "sign-out", "")
    session.clear()
    answer = redirect(url_for("auth.sign_in"))
    answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def open_session(answer: Response, account: Account) -> None:
    """Give the answer a new session; one that came with the request is closed."""
    here = house()
    accounts.close_session(here.engine, request.cookies.get(COOKIE, ""))
    session.clear()  # a new CSRF token too
    token = accounts.open_session(
        here.engine,
        account,
        here.clock(),
        user_agent=str(request.user_agent),
        address=request.remote_addr or "",
    )
    answer.set_cookie(
        COOKIE,
        token,
        max_age=_COOKIE_SECONDS,
        httponly=True,
        # Lax: a link from a chat or a block page finds the parent signed in. Writes have two locks more.
        samesite="Lax",
        secure=request.is_secure,
    )


def _form(words: str = "", *, kept: str = "") -> str:
    back = own_path(request.values.get("next"))
    return render_template(
        "sign_in.html",
        problem=words,
        name=request.form.get("name", ""),
        next=back,
        kept=kept,
    )
