"""The family's pages as a whole: who may see them, and that nothing is changed by them."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from admin.family_app import create_family_app
from store.settings import Settings


def test_they_need_no_account(family: FlaskClient) -> None:
    answer = family.get("/")
    assert answer.status_code == 200
    assert "porchlight_session" not in str(answer.headers)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/", "/d/ABCDE12345", "/language", "/nothing"])
def test_nothing_can_be_sent_to_them(family: FlaskClient, method: str, path: str) -> None:
    answer = getattr(family, method)(path, data={"language": "vi"})
    assert answer.status_code == 405
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/rules", "/activity", "/sign-in", "/setup", "/devices/setup", "/account"]
)
def test_none_of_the_parents_pages_is_among_them(family: FlaskClient, path: str) -> None:
    assert family.get(path).status_code == 404


def test_a_strange_name_is_refused(family: FlaskClient) -> None:
    assert family.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert family.get("/", headers={"Host": "127.0.0.1:8001"}).status_code == 200


def test_the_name_in_the_settings_is_ours(settings: Settings, sqlite_engine: Engine) -> None:
    named = replace(settings, address="lamp.lan")
    device = create_family_app(named, engine=sqlite_engine).test_client()
    assert device.get("/", headers={"Host": "lamp.lan"}).status_code == 200
    assert device.get("/", headers={"Host": "evil.lan"}).status_code == 400


def test_they_may_be_asked_through_the_proxy(family: FlaskClient) -> None:
    assert family.get("/", headers={"Via": "1.1 porchlight"}).status_code == 200


def test_they_load_nothing_but_from_here_and_the_proxy(family: FlaskClient) -> None:
    headers = family.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "img-src 'self' data: http://192.0.2.1 https://192.0.2.1" in policy
    assert "script-src" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_language_is_chosen_by_a_link(family: FlaskClient) -> None:
    page = family.get("/?language=vi")
    assert '<html lang="vi">' in page.text
    assert 'href="/?language=en"' in page.text
    assert '<html lang="vi">' in family.get("/").text, "it is remembered"
    assert '<html lang="vi">' in family.get("/?language=tlh").text
