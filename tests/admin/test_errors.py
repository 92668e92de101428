"""Pages for what goes wrong."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from store.database import writing
from tests.admin.family import Parent


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There is nothing here"), ("vi", "Ở đây không có gì")],
)
def test_a_missing_page_is_said_in_the_reader_s_language(
    parent: Parent, language: str, words: str
) -> None:
    answer = parent.get("/nothing", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert words in answer.text


def test_a_wrong_method_is_said_in_our_words(parent: Parent) -> None:
    answer = parent.get("/answer")
    assert answer.status_code == 405
    assert "This page cannot be used in this way." in answer.text


def test_our_own_fault_shows_no_trace_and_is_logged(
    app: Flask, parent: Parent, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise RuntimeError("the secret detail")

    app.view_functions["explain.page"] = broken
    answer = parent.get("/explain")
    assert answer.status_code == 500
    assert "Porchlight&#39;s fault" in answer.text
    assert "secret detail" not in answer.text
    assert "the secret detail" in caplog.text


def test_an_address_writes_no_line_of_its_own_into_the_log(
    app: Flask, parent: Parent, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(decision: str) -> str:
        raise RuntimeError(decision.upper())

    app.view_functions["explain.recorded"] = broken
    assert parent.get("/activity/x%0Aporchlight: all is well").status_code == 500
    assert not any("\nporchlight: all is well" in record.getMessage() for record in caplog.records)


def test_a_database_that_fails_is_said(parent: Parent, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as connection:
        connection.execute(text("DROP TABLE decisions"))
    answer = parent.get("/activity")
    assert answer.status_code == 503
    assert "cannot reach its database" in answer.text


def test_a_database_that_is_gone_altogether_is_said(parent: Parent, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as connection:
        connection.execute(text("DROP TABLE sessions"))
        connection.execute(text("DROP TABLE workers"))
    answer = parent.get("/")
    assert answer.status_code == 503
    assert "cannot reach its database" in answer.text
