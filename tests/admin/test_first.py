"""Claiming the box, and the first device."""

import pytest
from sqlalchemy import Engine

from store import accounts
from store.settings import Settings
from tests.admin.family import NAME, NOW, PASSWORD, Parent


@pytest.fixture
def code(app: object, sqlite_engine: Engine) -> str:
    found = accounts.new_setup_code(sqlite_engine, NOW)
    assert found
    return found


def test_every_page_leads_to_the_set_up_while_nobody_has_an_account(visitor: Parent) -> None:
    assert visitor.get("/").location == "/setup"
    assert visitor.get("/sign-in").location == "/setup"


def test_the_code_makes_an_account_and_signs_in(visitor: Parent, code: str) -> None:
    assert code in visitor.get(f"/setup?code={code}").text
    answer = visitor.post("/setup", code=code, name=NAME, password=PASSWORD)
    assert answer.location == "/next-steps"
    assert "8080" in visitor.get("/next-steps").text
    assert visitor.get("/").status_code == 200


def test_the_code_is_good_once(visitor: Parent, code: str) -> None:
    visitor.get("/setup")
    visitor.post("/setup", code=code, name=NAME, password=PASSWORD)
    visitor.client.delete_cookie("porchlight_session")
    assert visitor.get(f"/setup?code={code}").location == "/sign-in"
    visitor.get("/sign-in")
    assert visitor.post("/setup", code=code, name="Child", password=PASSWORD).location == "/sign-in"


def test_a_wrong_code_makes_nothing(visitor: Parent, code: str, sqlite_engine: Engine) -> None:
    visitor.get("/setup")
    answer = visitor.post("/setup", code="0000-0000", name=NAME, password=PASSWORD)
    assert answer.status_code == 403
    assert "not the right one" in answer.text
    assert not accounts.has_account(sqlite_engine)


def test_the_sixth_code_waits_even_if_it_is_right(visitor: Parent, code: str) -> None:
    visitor.get("/setup")
    for _ in range(5):
        visitor.post("/setup", code="0000-0000", name=NAME, password=PASSWORD)
    answer = visitor.post("/setup", code=code, name=NAME, password=PASSWORD)
    assert answer.status_code == 429
    assert "10 minutes" in answer.text


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        (NAME, "short", "too short"),
        (NAME, "passwordpassword", "guessers try first"),
        ("Nguyễn Thị Lan", "nguyễn thị lan 2026", "holds the name"),
        ("  ", PASSWORD, "give your name"),
        ("L\x07n", PASSWORD, "cannot be shown"),
        ("L" * 61, PASSWORD, "too long"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_costs_no_try(
    visitor: Parent, code: str, name: str, password: str, words: str
) -> None:
    visitor.get("/setup")
    for _ in range(6):
        answer = visitor.post("/setup", code=code, name=name, password=password)
    assert answer.status_code == 400
    assert words in answer.text
    assert f'value="{password}"' not in answer.text


def test_the_certificate_is_for_everybody_once_it_is_there(
    visitor: Parent, settings: Settings
) -> None:
    assert visitor.get("/porchlight-ca-cert.pem").status_code == 404
    settings.ca_dir.mkdir()
    settings.ca_certificate.write_text("-----BEGIN CERTIFICATE-----")
    with visitor.client.get("/porchlight-ca-cert.pem") as answer:
        assert answer.data == b"-----BEGIN CERTIFICATE-----"


def test_the_next_steps_are_for_parents_only(visitor: Parent) -> None:
    assert visitor.get("/next-steps").status_code == 302
