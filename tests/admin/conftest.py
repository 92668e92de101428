"""A house for the pages: a folder with rules, a database, and a parent who has signed in."""

from pathlib import Path

import pytest
import trustme
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from admin import create_app
from admin.family_app import create_family_app
from store import accounts, device_setup, policies
from store.settings import Settings
from tests.admin.family import NAME, NOW, PASSWORD, RULES, Clock, Parent


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    found = Settings(home=home)
    found.rules_path.write_text(RULES, encoding="utf-8")
    return found


@pytest.fixture
def app(settings: Settings, sqlite_engine: Engine, clock: Clock) -> Flask:
    found = create_app(settings, engine=sqlite_engine, clock=clock)
    policies.remember(
        sqlite_engine,
        policies.read(settings.rules_path),
        who="file",
        why="edited outside the pages",
    )
    return found


@pytest.fixture
def visitor(app: Flask) -> Parent:
    """Somebody without an account; nobody has one yet."""
    return Parent(app.test_client())


@pytest.fixture
def account(app: Flask, sqlite_engine: Engine) -> accounts.Account:
    code = accounts.new_setup_code(sqlite_engine, NOW)
    assert code
    return accounts.claim(sqlite_engine, code, NAME, PASSWORD, NOW)


@pytest.fixture
def parent(app: Flask, account: accounts.Account) -> Parent:
    """A parent who has signed in."""
    found = Parent(app.test_client())
    assert found.sign_in().status_code == 302
    return found


@pytest.fixture
def family(settings: Settings, sqlite_engine: Engine, clock: Clock) -> FlaskClient:
    """A device that looks at the family's pages."""
    return create_family_app(settings, engine=sqlite_engine, clock=clock).test_client()


@pytest.fixture
def certificate(settings: Settings) -> bytes:
    """The home's certificate, in PEM."""
    settings.ca_dir.mkdir()
    trustme.CA().cert_pem.write_to_path(settings.ca_certificate)
    return settings.ca_certificate.read_bytes()


@pytest.fixture
def code(sqlite_engine: Engine) -> str:
    """With which the tablet is being set up."""
    return device_setup.new_code(sqlite_engine, NOW, device="tablet", profile="younger", by=NAME)
