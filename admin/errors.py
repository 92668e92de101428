"""Pages for what goes wrong, in our own words: what happened, that nothing was lost, where to go."""

import logging

from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError

from admin.texts import gettext as _

logger = logging.getLogger(__name__)

type Page = tuple[str, int]


def explain_errors(app: Flask, template: str = "error.html") -> None:
    """Answer every error with a page of our own."""
    app.config["ERROR_PAGE"] = template
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(SQLAlchemyError, _no_database)
    app.register_error_handler(Exception, _unknown)


def _stale_form(_error: CSRFError) -> Page:
    words = _("This page had been open too long. Nothing was changed. Open it anew and try again.")
    return _page(400, _("That form is out of date"), words)


def _known(error: HTTPException) -> Page:
    code = error.code or InternalServerError.code
    title, words = _words(code)
    if error.description and error.description != type(error).description:
        words = error.description  # ours: the places that raise it say why
    return _page(code, title, words)


def _no_database(error: SQLAlchemyError) -> Page:
    logger.error("the database does not answer: %s", error)
    words = _(
        "Porchlight cannot reach its database just now. The filter goes on with the rules "
        "it has. Try again in a moment; the reason is in Porchlight's log."
    )
    return _page(503, _("The log cannot be read"), words)


def _unknown(error: Exception) -> Page:
    logger.error("a page failed: %s %r", request.method, request.path, exc_info=error)
    return _page(500, *_words(500))


def _page(code: int, title: str, words: str) -> Page:
    if code >= InternalServerError.code:
        g.account = None  # the frame then asks nothing of what has just failed
    template = current_app.config["ERROR_PAGE"]
    has_form = template == "error.html" and code != 413  # noqa: PLR2004
    text = request.form.get("text", "") if has_form else ""
    return render_template(template, title=title, words=words, kept=text), code


def _words(code: int) -> tuple[str, str]:
    nothing = _("Nothing was changed.")
    known = {
        400: (_("That did not work"), _("This request could not be understood.") + " " + nothing),
        403: (_("This is not allowed"), nothing),
        404: (_("There is nothing here"), _("This page does not exist, or no longer.")),
        405: (_("That did not work"), _("This page cannot be used in this way.") + " " + nothing),
        413: (_("That is too much"), _("A rule file can have at most 1 MiB.") + " " + nothing),
    }
    ours = (
        _("Something broke here"),
        _(
            "That was Porchlight's fault, not yours. The filter goes on working. "
            "The reason is in Porchlight's log."
        ),
    )
    return known.get(code, ours)
