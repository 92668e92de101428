"""The family's pages: what devices and children may see. Law: nobody signs in here, and nothing is changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Flask, g, request
from sqlalchemy import Engine
from werkzeug.wrappers import Response

from admin import errors, family_files, family_page, security, texts
from admin.house import NAME, House
from rules.policy import Language
from store.database import open_database
from store.lists import load_catalog
from store.settings import Settings


def create_family_app(
    settings: Settings,
    *,
    engine: Engine | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """The pages as a WSGI application. The home folder and the tables must be there."""
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[NAME] = House(
        settings=settings,
        engine=engine or open_database(settings.database_url),
        catalog=load_catalog(),
        clock=clock,
    )
    security.protect_family(app)
    texts.give_words(app)
    app.before_request(_take_language)
    app.after_request(_keep_language)
    errors.explain_errors(app, "family_error.html")
    for module in (family_page, family_files):
        app.register_blueprint(module.pages)
    app.context_processor(_for_every_page)
    return app


def _for_every_page() -> dict[str, object]:
    other = Language.ENGLISH if texts.language() is Language.VIETNAMESE else Language.VIETNAMESE
    kept = [(key, value) for key, value in request.args.items() if key != "language"]
    query = urlencode([*kept, ("language", other.value)])
    return {
        "language": texts.language().value,
        "other_language": other.value,
        "other_link": f"{request.path}?{query}",
    }


def _take_language() -> None:
    wanted = request.args.get("language", "")
    if wanted in {one.value for one in Language}:
        g.language = g.chosen_language = Language(wanted)


def _keep_language(response: Response) -> Response:
    if "chosen_language" in g:
        texts.remember(response, g.chosen_language)
    return response
