from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commands.moments import parse_moment, parse_span

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TUESDAY_NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
"""12:00 in Ha Noi."""


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24 20:30", "2026-11-24T20:30:00+07:00"),
        ("2026-11-24T20:30", "2026-11-24T20:30:00+07:00"),
        ("2026-11-24T20:30:15", "2026-11-24T20:30:15+07:00"),
        ("2026-11-24T20:30+01:00", "2026-11-24T20:30:00+01:00"),
        ("2026-11-24T20:30:00Z", "2026-11-24T20:30:00+00:00"),
        ("20:30", "2026-11-24T20:30:00+07:00"),
        ("07:05", "2026-11-24T07:05:00+07:00"),
        ("7:05", "2026-11-24T07:05:00+07:00"),
        ("tue 12:00", "2026-11-24T12:00:00+07:00"),
        ("tue 20:30", "2026-11-24T20:30:00+07:00"),
        ("tue 11:59", "2026-12-01T11:59:00+07:00"),
        ("MON 20:30", "2026-11-30T20:30:00+07:00"),
        ("sun 00:00", "2026-11-29T00:00:00+07:00"),
    ],
)
def test_a_moment_is_read_by_the_familys_clock(text: str, moment: str) -> None:
    assert parse_moment(text, zone=HANOI, now=TUESDAY_NOON).isoformat() == moment


def test_the_weekday_is_the_familys_not_greenwichs() -> None:
    late = datetime(2026, 11, 24, 18, tzinfo=UTC)  # Wednesday 01:00 in Ha Noi
    assert parse_moment("wed 02:00", zone=HANOI, now=late).isoformat() == (
        "2026-11-25T02:00:00+07:00"
    )


@pytest.mark.parametrize(
    "text",
    ["", "now", "xyz 20:30", "mon", "25:00", "mon 20:61", "2026-13-01 10:00", "2026-11-24", "2030"],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_moment(text, zone=HANOI, now=TUESDAY_NOON)


@pytest.mark.parametrize("text", ["0001-01-01 00:00", "1969-12-31 23:59", "9999-12-31 23:59"])
def test_a_year_that_no_calendar_reaches_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="out of reach: 1970 to 2999"):
        parse_moment(text, zone=HANOI, now=TUESDAY_NOON)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("1h", timedelta(hours=1)),
        ("1h30m", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
        ("0m", timedelta()),
    ],
)
def test_a_span_is_read(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "30", "m", "-1h", "30m1h", "1.5h", "1h 30m", "30s"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no stretch of time"):
        parse_span(text)
