"""Signing in and out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from store import accounts, audit
from tests.admin.family import NAME, NOW, PASSWORD, Clock, Parent

CLOSED = ("/", "/activity", "/activity/x", "/explain", "/rules", "/rules/history", "/account")


@pytest.fixture
def stranger(app: Flask, account: object) -> Parent:
    return Parent(app.test_client())


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_is_asked_to_sign_in(stranger: Parent, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def test_signing_in_leads_to_the_page_that_was_asked_for(stranger: Parent) -> None:
    stranger.get("/sign-in?next=/rules")
    answer = stranger.post("/sign-in", name=NAME, password=PASSWORD, next="/rules")
    assert answer.location == "/rules"
    assert stranger.get("/rules").status_code == 200


def test_signing_in_never_leads_elsewhere(stranger: Parent) -> None:
    stranger.get("/sign-in?next=//evil.example")
    assert 'name="next" value="/"' in stranger.page
    answer = stranger.post("/sign-in", name=NAME, password=PASSWORD, next="//evil.example")
    assert answer.location == "/"


@pytest.mark.parametrize(("name", "password"), [(NAME, "wrong"), ("Nobody", PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_name_read_alike(
    stranger: Parent, name: str, password: str
) -> None:
    answer = stranger.sign_in(name, password)
    assert answer.status_code == 403
    assert "Name and password do not go together." in answer.text
    assert not any("porchlight_session" in one for one in answer.headers.getlist("Set-Cookie"))


def test_the_sixth_guess_waits_even_with_the_right_password(stranger: Parent) -> None:
    for _ in range(5):
        stranger.sign_in(password="wrong")
    answer = stranger.sign_in()
    assert answer.status_code == 429
    assert "15 minutes" in answer.text


def test_another_spelling_of_the_name_is_no_new_guess(app: Flask, sqlite_engine: Engine) -> None:
    code = accounts.new_setup_code(sqlite_engine, NOW)
    assert code
    accounts.claim(sqlite_engine, code, "Mẹ Lan", PASSWORD, NOW)
    stranger = Parent(app.test_client())
    for spelling in ("Mẹ Lan", "MẸ LAN", "Me\u0323 Lan", "Mẹ  Lan", "Mẹ\u2003Lan"):
        assert stranger.sign_in(spelling, "wrong").status_code == 403
    assert stranger.sign_in("mẹ   lan", "wrong").status_code == 429


def test_many_names_from_one_address_wait_too(stranger: Parent) -> None:
    answers = [stranger.sign_in(f"nobody {n}", "wrong").status_code for n in range(31)]
    assert answers == [403] * 30 + [429]


def test_a_session_is_new_at_each_sign_in_and_the_old_one_ends(app: Flask, parent: Parent) -> None:
    old = parent.client.get_cookie("porchlight_session")
    assert old
    other = Parent(app.test_client())
    other.client.set_cookie("porchlight_session", old.value)
    assert other.get("/").status_code == 200
    parent.get("/account")
    parent.post("/sign-in", name=NAME, password=PASSWORD)
    new = parent.client.get_cookie("porchlight_session")
    assert new
    assert new.value != old.value
    assert other.get("/").status_code == 302


def test_signing_out_ends_the_session_on_the_server(app: Flask, parent: Parent) -> None:
    token = parent.client.get_cookie("porchlight_session")
    assert token
    parent.get("/account")
    assert parent.post("/sign-out").location == "/sign-in"
    thief = Parent(app.test_client())
    thief.client.set_cookie("porchlight_session", token.value)
    assert thief.get("/").status_code == 302


def test_a_session_ends_after_long_silence(parent: Parent, clock: Clock) -> None:
    clock.wind(timedelta(days=15))
    assert parent.get("/").status_code == 302


def test_what_was_written_while_the_session_ended_is_not_lost(parent: Parent) -> None:
    parent.get("/rules")
    parent.client.delete_cookie("porchlight_session")
    answer = parent.post("/rules", text="my long text", base="x", do="save")
    assert answer.status_code == 403
    assert "my long text" in answer.text
    assert "signed out" in answer.text


def test_comings_and_goings_are_in_the_audit_log(stranger: Parent, sqlite_engine: Engine) -> None:
    stranger.sign_in(password="wrong")
    stranger.sign_in()
    stranger.get("/account")
    stranger.post("/sign-out")
    lines = [(line.who, line.what) for line in audit.read(sqlite_engine, 10)]
    assert lines == [(NAME, "sign-out"), (NAME, "sign-in"), (NAME, "sign-in failed")]
