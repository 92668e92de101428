"""How often somebody may guess."""

from datetime import timedelta

from admin.attempts import SETUP_CODE, SIGN_IN, Attempts


def test_five_tries_are_free_and_the_sixth_waits() -> None:
    attempts = Attempts()
    assert [attempts.wait(SIGN_IN, "lan", "::1") for _ in range(5)] == [None] * 5
    wait = attempts.wait(SIGN_IN, "lan", "::1")
    assert wait is not None
    assert timedelta(minutes=14) < wait <= timedelta(minutes=15)


def test_another_name_or_address_is_counted_by_itself() -> None:
    attempts = Attempts()
    for _ in range(6):
        attempts.wait(SIGN_IN, "lan", "::1")
    assert attempts.wait(SIGN_IN, "minh", "::1") is None
    assert attempts.wait(SIGN_IN, "lan", "::2") is None


def test_a_refused_try_makes_the_wait_no_longer() -> None:
    attempts = Attempts()
    for _ in range(40):
        attempts.wait(SETUP_CODE, "::1")
    wait = attempts.wait(SETUP_CODE, "::1")
    assert wait is not None
    assert wait <= timedelta(minutes=10)


def test_who_knows_the_secret_starts_anew() -> None:
    attempts = Attempts()
    for _ in range(6):
        attempts.wait(SIGN_IN, "lan", "::1")
    attempts.forget(SIGN_IN, "lan", "::1")
    assert attempts.wait(SIGN_IN, "lan", "::1") is None


def test_the_wait_grows_with_the_number_of_tries() -> None:
    short, middle, long = SIGN_IN
    assert short.get_expiry() < middle.get_expiry() < long.get_expiry()
    assert short.amount < middle.amount < long.amount
