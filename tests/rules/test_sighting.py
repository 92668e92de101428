"""When a device has gone silent."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.sighting import Sighting, Way

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def seen(days: int, of: int, ago: timedelta) -> Sighting:
    last = NOON - ago
    return Sighting(
        thing="tablet",
        device="tablet",
        address="192.168.1.20",
        mac=None,
        profile="younger",
        way=Way.EXPLICIT,
        first=last - (of - 1) * DAY,
        last=last,
        days=days,
    )


@pytest.mark.parametrize(
    ("sighting", "is_silent"),
    [
        (seen(10, 10, 2 * DAY), True),
        (seen(10, 10, DAY), False),
        (seen(10, 10, timedelta()), False),
        (seen(9, 10, 2 * DAY), True),
        (seen(5, 10, 2 * DAY), False),
        (seen(2, 2, 2 * DAY), False),
        (seen(3, 3, 30 * DAY), True),
    ],
)
def test_a_daily_device_is_silent_after_a_day(sighting: Sighting, *, is_silent: bool) -> None:
    assert sighting.is_silent(NOON) == is_silent
