"""The parent's own account."""

from flask import Flask
from sqlalchemy import Engine

from store import audit
from tests.admin.family import NAME, PASSWORD, Parent

NEW = "ba con vịt bơi ngược dòng sông"


def test_a_new_password_replaces_the_old_one(
    app: Flask, parent: Parent, sqlite_engine: Engine
) -> None:
    parent.get("/account")
    page = parent.see("/account", old=PASSWORD, new=NEW).text
    assert "The new password is set." in page
    assert audit.read(sqlite_engine, 1)[0].what == "password"
    other = Parent(app.test_client())
    assert other.sign_in(password=PASSWORD).status_code == 403
    assert other.sign_in(password=NEW).status_code == 302


def test_the_old_password_is_asked_for(parent: Parent) -> None:
    parent.get("/account")
    answer = parent.post("/account", old="wrong", new=NEW)
    assert answer.status_code == 403
    assert "The old password is not right." in answer.text


def test_guessing_the_old_password_has_to_wait(parent: Parent) -> None:
    parent.get("/account")
    for _ in range(5):
        parent.post("/account", old="wrong", new=NEW)
    assert parent.post("/account", old=PASSWORD, new=NEW).status_code == 429


def test_a_weak_new_password_is_refused_in_words(parent: Parent) -> None:
    parent.get("/account")
    answer = parent.post("/account", old=PASSWORD, new=NAME)
    assert answer.status_code == 400
    assert "too short" in answer.text
