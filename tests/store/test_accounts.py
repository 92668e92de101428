"""Accounts: one claim, passwords that are worth having, sessions that end."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select, update

from store import accounts
from store.accounts import Account, SetupRefused
from store.database import writing
from store.tables import accounts as table
from store.tables import sessions, setup_codes

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PASSWORD = "ba con mèo trên mái nhà"
OTHER = "three cats on the roof"


def made(engine: Engine, name: str = "Mẹ") -> Account:
    code = accounts.new_setup_code(engine, NOON)
    assert code is not None
    return accounts.claim(engine, code, name, PASSWORD, NOON)


def opened(engine: Engine, account: Account, moment: datetime = NOON) -> str:
    return accounts.open_session(
        engine, account, moment, user_agent="Firefox", address="192.168.1.9"
    )


def refusal(engine: Engine, code: str, moment: datetime = NOON, password: str = PASSWORD) -> str:
    with pytest.raises(SetupRefused) as caught:
        accounts.claim(engine, code, "Mẹ", password, moment)
    return caught.value.reason


def test_the_code_on_the_console_makes_the_first_account(database: Engine) -> None:
    code = accounts.new_setup_code(database, NOON)

    assert code is not None
    assert not accounts.has_account(database)
    assert [len(half) for half in code.split("-")] == [4, 4]
    assert set(code) <= set(accounts.SETUP_CODE_ALPHABET + "-")
    account = accounts.claim(database, code, " Mẹ  Lan ", PASSWORD, NOON)
    assert account.name == "Mẹ Lan"
    assert accounts.has_account(database)
    assert accounts.sign_in(database, "mẹ lan", PASSWORD, NOON) == account


def test_a_code_may_be_typed_as_people_do(database: Engine) -> None:
    code = accounts.new_setup_code(database, NOON)
    assert code is not None
    sloppy = f" {code.lower().replace('-', ' ')} ".replace("0", "o").replace("1", "l")

    accounts.claim(database, sloppy, "Mẹ", PASSWORD, NOON)

    assert accounts.has_account(database)


def test_a_wrong_used_old_or_replaced_code_is_refused(database: Engine) -> None:
    first = accounts.new_setup_code(database, NOON)
    second = accounts.new_setup_code(database, NOON)
    assert first
    assert second

    assert refusal(database, "0000-0000") == "code"
    assert refusal(database, "") == "code"
    assert refusal(database, first) == "code"
    assert refusal(database, second, NOON + DAY) == "code"
    accounts.claim(database, second, "Mẹ", PASSWORD, NOON + DAY - timedelta.resolution)
    assert refusal(database, second) == "claimed"


def test_there_is_no_code_once_there_is_an_account(database: Engine) -> None:
    made(database)

    assert accounts.new_setup_code(database, NOON) is None
    with database.connect() as connection:
        assert connection.execute(select(setup_codes)).all() == []


def test_the_parents_are_known_by_name(database: Engine) -> None:
    assert accounts.names(database) == ()
    made(database)
    assert accounts.names(database) == ("Mẹ",)


def test_without_a_code_nothing_can_be_claimed(database: Engine) -> None:
    assert refusal(database, "") == "code"


def test_a_refused_name_or_password_leaves_the_code_good(database: Engine) -> None:
    code = accounts.new_setup_code(database, NOON)
    assert code is not None

    assert refusal(database, code, password="short") == "short"
    with pytest.raises(SetupRefused, match="unnamed"):
        accounts.claim(database, code, "  ", PASSWORD, NOON)

    accounts.claim(database, code, "Mẹ", PASSWORD, NOON)


def test_of_two_claims_at_once_one_wins(database: Engine) -> None:
    code = accounts.new_setup_code(database, NOON)
    assert code is not None

    def claim(name: str) -> str:
        try:
            return accounts.claim(database, code, name, PASSWORD, NOON).name
        except SetupRefused as refused:
            return refused.reason

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(claim, ["Mẹ", "Ba", "Ông", "Khách"]))

    assert results.count("claimed") == 3
    with database.connect() as connection:
        assert len(connection.execute(select(table)).all()) == 1


def test_codes_tokens_and_passwords_are_not_in_the_database(database: Engine) -> None:
    code = accounts.new_setup_code(database, NOON)
    assert code is not None
    with database.connect() as connection:
        stored_code = connection.scalar(select(setup_codes.c.code))
    account = accounts.claim(database, code, "Mẹ", PASSWORD, NOON)
    token = opened(database, account)

    with database.connect() as connection:
        stored = connection.scalar(select(table.c.password)) or ""
        assert stored.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
        assert (
            connection.scalar(select(sessions.c.token))
            == hashlib.sha256(token.encode()).hexdigest()
        )
    assert stored_code == hashlib.sha256(code.replace("-", "").encode()).hexdigest()


def test_sign_in_wants_both_name_and_password(database: Engine) -> None:
    account = made(database)

    assert accounts.sign_in(database, "Mẹ", PASSWORD, NOON) == account
    assert accounts.sign_in(database, "Mẹ", OTHER, NOON) is None
    assert accounts.sign_in(database, "Mẹ", "", NOON) is None
    assert accounts.sign_in(database, "Ba", PASSWORD, NOON) is None
    assert accounts.sign_in(database, "", "", NOON) is None


def test_names_and_passwords_typed_on_another_system_are_the_same(database: Engine) -> None:
    """macOS writes é as two code points."""
    account = made(database, "Me\N{COMBINING DOT BELOW}")
    apart = PASSWORD.replace("è", "e\N{COMBINING GRAVE ACCENT}")

    assert account.name == "Mẹ"
    assert apart != PASSWORD
    assert accounts.sign_in(database, "MẸ", apart, NOON) == account


def test_hostile_names_and_passwords_are_only_wrong(database: Engine) -> None:
    made(database)

    for text in ("\0", "\ud800", "' OR 1=1 --", "x" * 100_000):
        assert accounts.sign_in(database, text, text, NOON) is None


def test_an_unknown_name_takes_as_long_as_a_wrong_password(database: Engine) -> None:
    made(database)

    known = min(_seconds(database, "Mẹ") for _ in range(5))
    unknown = min(_seconds(database, "Ba") for _ in range(5))

    assert 0.5 < unknown / known < 2


def _seconds(engine: Engine, name: str) -> float:
    began = time.perf_counter()
    accounts.sign_in(engine, name, OTHER, NOON)
    return time.perf_counter() - began


def test_an_older_hash_is_renewed_at_sign_in(database: Engine) -> None:
    account = made(database)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with writing(database) as connection:
        connection.execute(update(table).values(password=weak))

    assert accounts.sign_in(database, "Mẹ", OTHER, NOON) is None
    assert _stored(database) == weak
    assert accounts.sign_in(database, "Mẹ", PASSWORD, NOON) == account
    assert "m=47104" in _stored(database)
    assert accounts.sign_in(database, "Mẹ", PASSWORD, NOON) == account


def _stored(engine: Engine) -> str:
    with engine.connect() as connection:
        return connection.scalar(select(table.c.password)) or ""


def test_a_hash_that_is_none_lets_nobody_in(database: Engine) -> None:
    made(database)
    with writing(database) as connection:
        connection.execute(update(table).values(password="no hash"))

    assert accounts.sign_in(database, "Mẹ", "no hash", NOON) is None


def test_a_new_password_signs_out_everywhere(database: Engine) -> None:
    account = made(database)
    tokens = [opened(database, account) for _ in range(2)]

    accounts.set_password(database, "mẹ", OTHER)

    assert [accounts.read_session(database, token, NOON) for token in tokens] == [None, None]
    assert accounts.sign_in(database, "Mẹ", PASSWORD, NOON) is None
    assert accounts.sign_in(database, "Mẹ", OTHER, NOON) == account


def test_a_password_is_not_set_for_nobody_or_to_something_weak(database: Engine) -> None:
    made(database)

    with pytest.raises(LookupError):
        accounts.set_password(database, "Ba", OTHER)
    with pytest.raises(ValueError, match="common"):
        accounts.set_password(database, "Mẹ", "password1234")

    assert accounts.sign_in(database, "Mẹ", PASSWORD, NOON) is not None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "short"),
        ("11 letters!", "short"),
        ("e\N{COMBINING GRAVE ACCENT}" * 11, "short"),
        ("12 letters!!", None),
        ("mèo mèo mèo!", None),
        ("Password1234", "common"),
        ("MatKhau12345", "common"),
        ("aaaaaaaaaaaaaaaa", "common"),
        ("i am LAN anh and i know it", "name"),
        ("x" * 5000 + "y", None),
    ],
)
def test_password_problems(password: str, problem: str | None) -> None:
    assert accounts.password_problem(password, "Lan Anh") == problem


def test_a_name_of_two_letters_may_be_in_a_password_by_chance() -> None:
    assert accounts.password_problem("banana banana split", "Ba") is None


def test_every_common_password_is_long_enough_to_be_asked_about() -> None:
    words = Path(accounts.__file__).with_name("common_passwords.txt").read_text("utf-8").split()

    assert words == sorted(set(words))
    assert {accounts.password_problem(word.upper(), "") for word in words} == {"common"}


def test_a_session_knows_its_account_and_can_be_closed(database: Engine) -> None:
    account = made(database)
    token, other = opened(database, account), opened(database, account)

    assert accounts.read_session(database, token, NOON) == account
    accounts.close_session(database, token)
    accounts.close_session(database, "none")

    assert accounts.read_session(database, token, NOON) is None
    assert accounts.read_session(database, other, NOON) == account
    assert accounts.read_session(database, "", NOON) is None


def test_tokens_are_256_bits_and_never_the_same(database: Engine) -> None:
    account = made(database)

    tokens = {opened(database, account) for _ in range(5)}

    assert {len(token) for token in tokens} == {43}
    assert len(tokens) == 5


def test_a_session_ends_after_fourteen_idle_days(database: Engine) -> None:
    account = made(database)
    token = opened(database, account)
    almost = NOON + 14 * DAY - timedelta.resolution

    assert accounts.read_session(database, token, NOON + 14 * DAY) is None
    assert accounts.read_session(database, token, almost) == account
    assert accounts.read_session(database, token, NOON + 14 * DAY) == account


def test_a_session_ends_after_ninety_days_even_in_use(database: Engine) -> None:
    account = made(database)
    token = opened(database, account)

    seen = [
        accounts.read_session(database, token, NOON + day * DAY) for day in (13, 26, 39, 52, 65, 78)
    ]

    assert seen == [account] * 6
    assert accounts.read_session(database, token, NOON + 89 * DAY) == account
    assert accounts.read_session(database, token, NOON + 90 * DAY) is None


def test_reading_a_session_again_within_a_minute_writes_nothing(database: Engine) -> None:
    account = made(database)
    token = opened(database, account)

    accounts.read_session(database, token, NOON + timedelta(seconds=59))
    assert _seen(database) == NOON
    accounts.read_session(database, token, NOON + timedelta(seconds=60))
    assert _seen(database) == NOON + timedelta(seconds=60)


def _seen(engine: Engine) -> datetime | None:
    with engine.connect() as connection:
        return connection.scalar(select(sessions.c.seen))


def test_ended_sessions_are_forgotten_when_the_next_is_opened(database: Engine) -> None:
    account = made(database)
    opened(database, account)

    opened(database, account, NOON + 20 * DAY)

    with database.connect() as connection:
        assert connection.scalars(select(sessions.c.opened)).all() == [NOON + 20 * DAY]
