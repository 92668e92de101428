from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine

from store import accounts, logins

type Run = Callable[..., Result]

PASSWORD = "four old wooden boats"


@pytest.fixture(autouse=True)
def desk(home: Path) -> None:
    rules = home / "family.yaml"
    rules.write_text(rules.read_text() + "  desk: {login: teen}\n")


def test_a_password_is_set_and_kept_as_a_hash(run: Run, database: Engine) -> None:
    result = run("login", "Teen", given=f"{PASSWORD}\n")
    assert (result.exit_code, result.stdout) == (0, "The password of teen is set.\n")
    assert PASSWORD not in result.output
    assert accounts.matches(logins.read(database)["teen"], PASSWORD)


def test_a_home_without_a_database_gets_one(run: Run, home: Path) -> None:
    assert run("login", "teen", given=f"{PASSWORD}\n").exit_code == 0
    assert (home / "porchlight.db").exists()


def test_a_login_that_no_device_has_is_told(run: Run, database: Engine) -> None:
    result = run("login", "mai", given=f"{PASSWORD}\n")
    assert result.exit_code == 0
    assert result.stderr == "No device in the rule file has it yet: login: mai\n"
    assert list(logins.read(database)) == ["mai"]


@pytest.mark.parametrize(
    ("new", "why"),
    [("short", "too short"), ("password1234", "tried first"), ("teen and four boats", "name")],
)
def test_a_weak_password_changes_nothing_and_says_why(
    run: Run, database: Engine, new: str, why: str
) -> None:
    result = run("login", "teen", given=f"{new}\n")
    assert result.exit_code == 1
    assert why in result.stderr
    assert logins.read(database) == {}


def test_a_password_is_taken_away_once(run: Run, database: Engine) -> None:
    logins.set_password(database, "teen", PASSWORD)
    assert run("login", "teen", "--remove").exit_code == 0
    result = run("login", "teen", "--remove")
    assert (result.exit_code, result.stderr) == (1, "Error: teen has no password.\n")
    assert logins.read(database) == {}


def test_it_lists_who_signs_in_and_who_cannot_yet(run: Run, database: Engine) -> None:
    assert run("login").stdout == "teen: desk, its password is not set\n"
    logins.set_password(database, "teen", PASSWORD)
    logins.set_password(database, "mai", PASSWORD)
    assert run("login").stdout == "mai: no device has it\nteen: desk\n"


def test_what_is_no_user_name_is_wrong_use(run: Run) -> None:
    assert run("login", "mai anh").exit_code == 2
    assert run("login", "--remove").exit_code == 2
