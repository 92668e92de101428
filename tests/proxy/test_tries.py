"""Guessing gets slower and slower."""

from proxy.tries import FORGOTTEN_SECONDS, LONGEST_WAIT_SECONDS, MOST_ADDRESSES, Tries

HOME = "192.168.1.20"


def test_a_few_wrong_passwords_cost_no_wait_and_more_cost_longer_ones() -> None:
    tries, now, waits = Tries(), 100.0, []
    for _ in range(12):
        tries.wrong(HOME, now)
        waits.append(tries.wait(HOME, now))
        now += waits[-1]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert waits[-1] == LONGEST_WAIT_SECONDS
    assert tries.wait("192.168.1.21", now) == 0


def test_the_beginning_of_each_wait_is_told() -> None:
    tries = Tries()
    assert [tries.wrong(HOME, 0.0) for _ in range(6)] == [False] * 4 + [True] * 2


def test_after_a_while_it_is_forgotten() -> None:
    tries = Tries()
    for _ in range(9):
        tries.wrong(HOME, 0.0)
    now = FORGOTTEN_SECONDS + 1
    assert not tries.wrong(HOME, now)
    assert tries.wait(HOME, now) == 0


def test_many_addresses_fill_no_memory() -> None:
    tries = Tries()
    for n in range(MOST_ADDRESSES + 10):
        tries.wrong(str(n), 0.0)
    assert len(tries._tried) == MOST_ADDRESSES
