"""The parents' pages: what Porchlight did, why, and how to change it. Flask stays in here."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, g
from sqlalchemy import Engine

from admin import (
    account_page,
    activity,
    answers,
    auth,
    corrections_page,
    devices_page,
    errors,
    explain,
    find_page,
    first,
    health,
    history,
    list_page,
    list_update,
    lists_page,
    offers_page,
    rules_page,
    schema,
    security,
    setup_page,
    texts,
    today,
)
from admin.house import NAME, House, house
from admin.paths import this_path
from store.database import open_database
from store.lists import load_catalog
from store.settings import Settings

_MODULES = (
    *(first, today, activity, answers, explain, rules_page, history, account_page, schema),
    *(lists_page, list_page, offers_page, list_update, find_page, corrections_page),
    *(devices_page, setup_page),
)
"""Those with pages, beside what `create_app` names."""


def create_app(
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
    security.protect(app, settings.home)
    texts.speak(app)
    auth.guard(app)
    errors.explain_errors(app)
    for module in _MODULES:
        app.register_blueprint(module.pages)
    app.context_processor(_for_every_page)
    return app


def _for_every_page() -> dict[str, object]:
    """What the frame around each page shows. Nothing of the house before somebody has signed in."""
    common: dict[str, object] = {"language": texts.language().value, "here": this_path()}
    if g.get("account") is None:
        return common
    standing = house().standing()
    seen = health.look(house(), standing, house().clock())
    return common | {
        "standing": standing,
        "health": seen,
        "in_force_since": texts.near_words(seen.since) if seen.since else "",
        "last_seen": texts.near_words(seen.last_seen) if seen.last_seen else "",
    }
