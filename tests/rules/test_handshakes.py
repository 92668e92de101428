"""Three refusals in a row tell of an app that refuses us; one, or some beside a success, do not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules.handshakes import ANYWHERE, DISTRUST, KEPT, Answer, Handshakes, Met, after, trusts
from rules.handshakes import is_refusing as refuses

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TRUSTING = Handshakes(
    device="phone", host=ANYWHERE, profile="teen", seen=NOON, accepted=1, last_accepted=NOON
)


def learnt(answers: Sequence[tuple[float, Answer]], *, host: str = "app.example") -> Handshakes:
    known = Handshakes(device="phone", host=host, profile="", seen=NOON)
    for seconds, answer in answers:
        at = NOON + timedelta(seconds=seconds)
        met = Met(device="phone", host=host, profile="teen", answer=answer, at=at)
        known = after(known, met)
    return known


R, L, A = Answer.REFUSED, Answer.LEFT, Answer.ACCEPTED


@pytest.mark.parametrize(
    ("answers", "is_known"),
    [
        ([(0, R), (1, R), (3, R)], True),
        ([(0, R), (0, R), (0, R)], True),
        ([(0, R), (1, R)], False),
        ([(0, L), (2, L), (4, L)], True),
        ([(0, L), (0.1, L), (0.2, L)], False),
        ([(0, R), (1, R), (2, A), (40, R)], False),
        ([(0, A), (10, R), (11, R), (12, R), (29, R)], False),
        ([(0, A), (30, R), (31, R), (32, R)], True),
        ([(0, R), (1, R), (700, R)], False),
        ([(0, R), (300, R), (599, R)], True),
        ([(0, R), (1, R), (2, R), (3, A)], True),
    ],
)
def test_a_run_of_refusals_tells_of_an_app(
    answers: Sequence[tuple[float, Answer]],
    is_known: bool,  # noqa: FBT001  # a column of the table above
) -> None:
    known = learnt(answers)
    assert (known.refuses_since is not None) is is_known
    assert refuses(known, TRUSTING, NOON + timedelta(minutes=20)) is is_known


def test_what_was_seen_is_counted() -> None:
    known = learnt([(0, R), (5, L), (60, A)])
    assert (known.refused, known.accepted, known.profile) == (2, 1, "teen")
    assert known.last_refused == NOON + timedelta(seconds=5)
    assert known.last_accepted == known.seen == NOON + timedelta(minutes=1)


def test_an_app_refuses_only_on_a_device_that_trusts_us_elsewhere() -> None:
    known = learnt([(0, R), (1, R), (3, R)])
    assert not refuses(known, None, NOON)
    assert not refuses(known, replace(TRUSTING, last_accepted=None, accepted=0, refused=3), NOON)


def test_what_was_learnt_ends_after_a_week() -> None:
    known = learnt([(0, R), (1, R), (3, R)])
    later = NOON + KEPT
    trusting = replace(TRUSTING, last_accepted=later)
    assert refuses(known, trusting, later)
    assert not refuses(known, trusting, later + timedelta(seconds=3))


def test_a_device_is_not_judged_before_it_has_spoken() -> None:
    assert trusts(None, NOON) is None
    assert trusts(learnt([(0, R), (1, R)], host=ANYWHERE), NOON) is None


def test_a_device_that_accepted_once_trusts_us_for_a_week() -> None:
    known = learnt([(0, R), (1, R), (2, R), (3, A)], host=ANYWHERE)
    accepted = NOON + timedelta(seconds=3)
    assert trusts(known, accepted + KEPT - timedelta(seconds=1)) is True
    assert trusts(known, accepted + KEPT) is None


def test_a_device_that_only_refuses_is_tried_again_after_a_while() -> None:
    known = learnt([(0, R), (1, R), (2, R)], host=ANYWHERE)
    refused = NOON + timedelta(seconds=2)
    assert trusts(known, refused) is False
    assert trusts(known, refused + DISTRUST) is None
