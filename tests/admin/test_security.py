"""The guards before every page."""

import stat
from pathlib import Path

import pytest
from flask import Flask

from admin import create_app
from store.settings import Settings
from tests.admin.family import Parent

PAGES = (
    "/",
    "/activity",
    "/explain",
    "/rules",
    "/rules/history",
    "/rules/saved/0123456789ab",
    "/account",
    "/next-steps",
    "/sign-in",
    "/nothing-here",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_scripts_frames_sniffing_and_caching(parent: Parent, path: str) -> None:
    headers = parent.get(path).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    assert not any("script" in part or "unsafe" in part for part in policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_a_script_or_inline_style(parent: Parent, path: str) -> None:
    text = parent.get(path).text
    assert "<script" not in text
    assert "style=" not in text
    assert "javascript:" not in text


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST", "127.0.0.1:8000", "[::1]:8000"]
)
def test_names_of_this_machine_are_answered(parent: Parent, host: str) -> None:
    assert parent.get("/sign-in", headers={"Host": host}).status_code in {200, 302}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "8.8.8.8", "0.0.0.0", "[::]", "[bad", "2130706433x"],
)
def test_a_rebound_name_is_refused(parent: Parent, host: str) -> None:
    answer = parent.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "admin_hosts" in answer.text


def test_a_name_from_the_settings_is_answered(settings: Settings, app: Flask) -> None:
    named = Settings(home=settings.home, admin_hosts=("porch.home.arpa",))
    client = create_app(named, engine=app.extensions["porchlight"].engine).test_client()
    assert client.get("/setup", headers={"Host": "porch.home.arpa:8000"}).status_code == 200
    assert client.get("/setup", headers={"Host": "other.home.arpa"}).status_code == 400


@pytest.mark.parametrize("header", ["Via", "X-Forwarded-For", "Forwarded", "X-Forwarded-Host"])
def test_a_request_through_a_proxy_is_refused(parent: Parent, header: str) -> None:
    assert parent.get("/", headers={header: "192.168.1.20"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:1234"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {},
    ],
)
def test_a_form_from_another_site_is_refused_even_with_the_token(
    parent: Parent, headers: dict[str, str]
) -> None:
    parent.get("/rules")
    form = {"csrf_token": parent.token, "do": "check", "text": "x", "base": "y"}
    assert parent.client.post("/rules", data=form, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/rules",
        "/answer",
        "/grants/x/end",
        "/rules/history/x/restore",
        "/account",
        "/sign-out",
        "/language",
        "/sign-in",
    ],
)
def test_a_form_without_the_token_is_refused(parent: Parent, path: str) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    answer = parent.client.post(path, data={"text": "my words"}, headers=headers)
    assert answer.status_code == 400
    assert "out of date" in answer.text
    assert "my words" in answer.text


@pytest.mark.parametrize(
    "path", ["/answer", "/grants/x/end", "/rules/history/x/restore", "/sign-out"]
)
def test_nothing_is_done_by_get(parent: Parent, path: str) -> None:
    assert parent.get(path).status_code == 405


def test_the_key_is_made_once_and_closed_to_others(settings: Settings, app: Flask) -> None:
    path: Path = settings.home / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = create_app(settings, engine=app.extensions["porchlight"].engine)
    assert again.secret_key == app.secret_key
    assert len(str(app.secret_key)) == 64


def test_the_cookies_are_closed_to_scripts_and_other_sites(app: Flask, account: object) -> None:
    visitor = Parent(app.test_client())
    cookies = [*visitor.get("/sign-in").headers.getlist("Set-Cookie")]
    cookies += visitor.sign_in().headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        "porchlight_form",
        "porchlight_session",
    }
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_a_form_of_several_megabytes_is_refused(parent: Parent) -> None:
    parent.get("/rules")
    answer = parent.post("/rules", text="x" * 5_000_000, do="check", base="")
    assert answer.status_code == 413
