from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine

from store import accounts
from store.database import open_database
from store.upgrade import migrate

type Run = Callable[..., Result]

NOW = datetime.now(UTC)
OLD, NEW = "four old wooden boats", "four new wooden boats"


@pytest.fixture
def mai(home: Path) -> Iterator[Engine]:
    """The database of a home whose one parent is Mai."""
    engine = open_database(f"sqlite:///{home}/porchlight.db")
    migrate(engine)
    code = accounts.new_setup_code(engine, NOW)
    assert code is not None
    accounts.claim(engine, code, "Mai", OLD, NOW)
    yield engine
    engine.dispose()


def test_the_only_parents_password_is_asked_twice(run: Run, mai: Engine) -> None:
    result = run("password", given=f"{NEW}\n{NEW}\n")
    assert (result.exit_code, result.stdout) == (
        *(0, "The password of Mai is changed; every device must sign in again.\n"),
    )
    assert NEW not in result.output
    assert accounts.sign_in(mai, "Mai", OLD, NOW) is None
    assert accounts.sign_in(mai, "Mai", NEW, NOW) is not None


def test_it_can_come_from_standard_input(run: Run, mai: Engine) -> None:
    assert run("password", "mai", "--stdin", given=f"{NEW}\n").exit_code == 0
    assert accounts.sign_in(mai, "Mai", NEW, NOW) is not None


@pytest.mark.parametrize(
    ("new", "why"),
    [("short", "too short"), ("password1234", "tried first"), ("mai and four boats", "name")],
)
def test_a_weak_password_changes_nothing_and_says_why(
    run: Run, mai: Engine, new: str, why: str
) -> None:
    result = run("password", "--stdin", given=f"{new}\n")
    assert result.exit_code == 1
    assert why in result.stderr
    assert accounts.sign_in(mai, "Mai", OLD, NOW) is not None


def test_an_unknown_parent_is_refused(run: Run, mai: Engine) -> None:
    result = run("password", "Ba", "--stdin", given=f"{NEW}\n")
    assert (result.exit_code, result.stderr) == (1, "Error: There is no parent named 'Ba'.\n")


def test_without_an_account_it_says_how_to_make_one(run: Run, home: Path) -> None:
    result = run("password", "--stdin", given=f"{NEW}\n")
    assert result.exit_code == 1
    assert "porchlight up prints a link" in result.stderr
    assert not (home / "porchlight.db").exists()
