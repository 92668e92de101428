"""Passwords of devices that sign in."""

import pytest
from sqlalchemy import Engine

from store import accounts, logins

OLD, NEW = "four old wooden boats", "four new wooden boats"


def test_a_password_is_set_changed_and_taken_away(database: Engine) -> None:
    assert logins.read(database) == {}

    logins.set_password(database, "teen", OLD)
    logins.set_password(database, "mai", OLD)
    logins.set_password(database, "teen", NEW)

    known = logins.read(database)
    assert list(known) == ["mai", "teen"]
    assert accounts.matches(known["teen"], NEW)
    assert not accounts.matches(known["teen"], OLD)
    assert NEW not in str(known)
    assert logins.remove(database, "teen")
    assert not logins.remove(database, "teen")
    assert list(logins.read(database)) == ["mai"]


@pytest.mark.parametrize(
    ("password", "problem"),
    [("11 letters.", "short"), ("password1234", "common"), ("teen and four boats", "name")],
)
def test_a_weak_password_is_refused_with_its_reason(
    sqlite_engine: Engine, password: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        logins.set_password(sqlite_engine, "teen", password)
    assert logins.read(sqlite_engine) == {}
