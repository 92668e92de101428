"""Windows on the wall clock, past midnight and over both clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.policy import Holiday, Weekday, Window
from rules.schedule import Calendar, day_begins, kinds_of, names_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "Asia/Ho_Chi_Minh", "Australia/Lord_Howe", "America/New_York", "UTC"]


def window(text: str) -> Window:
    opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    return Window(opens=opens, closes=closes, line=1)


def calendar(zone: ZoneInfo = BERLIN, **windows: list[str]) -> Calendar:
    return Calendar(
        windows={kind: tuple(window(text) for text in texts) for kind, texts in windows.items()},
        days={"school": frozenset({Weekday.MON, Weekday.TUE}), "free": frozenset({Weekday.FRI})},
        holidays=(),
        zone=zone,
    )


def test_a_window_past_midnight_belongs_to_the_day_it_started() -> None:
    opening = calendar(fri=["22:00-00:30"]).at(datetime(2026, 11, 28, 0, 20, tzinfo=BERLIN))

    assert opening.is_open
    assert opening.kind == "fri"
    assert opening.day == date(2026, 11, 27)
    assert opening.until == datetime(2026, 11, 28, 0, 30, tzinfo=BERLIN)


def test_in_spring_a_window_over_the_missing_hour_is_an_hour_shorter() -> None:
    """Berlin, 29 March 2026: 02:00 becomes 03:00."""
    spring = calendar(every_day=["01:00-04:00"])
    opening = spring.at(datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN))

    assert opening.until == datetime(2026, 3, 29, 4, 0, tzinfo=BERLIN)
    assert opening.until is not None
    assert opening.until.astimezone(UTC) == datetime(2026, 3, 29, 2, 0, tzinfo=UTC)


def test_in_spring_a_window_that_begins_in_the_missing_hour_opens_with_the_shift() -> None:
    spring = calendar(every_day=["02:30-05:00"])

    assert not spring.at(datetime(2026, 3, 29, 1, 59, tzinfo=BERLIN)).is_open
    assert spring.at(datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN)).is_open
    assert spring.at(datetime(2026, 3, 29, 0, 30, tzinfo=BERLIN)).until == datetime(
        2026, 3, 29, 3, 0, tzinfo=BERLIN
    )


def test_in_autumn_the_hour_that_comes_twice_is_open_twice() -> None:
    """Berlin, 25 October 2026: 03:00 becomes 02:00."""
    autumn = calendar(every_day=["02:00-02:30"])
    first = autumn.at(datetime(2026, 10, 25, 2, 10, fold=0, tzinfo=BERLIN))
    between = autumn.at(datetime(2026, 10, 25, 2, 40, fold=0, tzinfo=BERLIN))
    second = autumn.at(datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BERLIN))

    assert first.is_open
    assert not between.is_open
    assert second.is_open
    assert between.until is not None
    assert between.until.astimezone(UTC) == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def test_eight_in_the_morning_is_eight_on_clock_change_days() -> None:
    morning = calendar(every_day=["08:00-09:00"])

    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        assert not morning.at(datetime.combine(day, time(7, 59), BERLIN)).is_open
        assert morning.at(datetime.combine(day, time(8), BERLIN)).is_open
        assert not morning.at(datetime.combine(day, time(9), BERLIN)).is_open


def test_a_holiday_takes_the_place_of_the_weekday() -> None:
    holidays = (Holiday(first=date(2026, 11, 24), last=date(2026, 11, 24), use="free", line=1),)
    base = calendar(school=["17:00-18:00"], tue=["06:00-07:00"], free=["09:00-20:00"])
    tuesday = Calendar(windows=base.windows, days=base.days, holidays=holidays, zone=BERLIN)

    assert kinds_of(tuesday, date(2026, 11, 24)) == ("free",)
    assert kinds_of(tuesday, date(2026, 12, 1)) == ("school", "tue")


def test_a_day_is_all_of_its_kinds() -> None:
    assert names_of(calendar(), date(2026, 11, 24)) == ("school", "tue", "every_day")
    assert names_of(calendar(), date(2026, 11, 28)) == ("sat", "every_day")


def test_a_day_begins_at_midnight_or_when_the_evening_before_ends() -> None:
    saturday, midnight = date(2026, 11, 28), datetime(2026, 11, 28, tzinfo=BERLIN)
    assert day_begins(calendar(), saturday) == midnight
    assert day_begins(calendar(fri=["22:00-00:00"]), saturday) == midnight
    late = calendar(fri=["22:00-00:30"], sat=["07:00-21:00"])
    assert day_begins(late, saturday) == midnight + timedelta(minutes=30)
    meeting = calendar(fri=["22:00-00:30"], sat=["00:15-02:00"])
    assert day_begins(meeting, saturday) == midnight + timedelta(minutes=15)


def test_adjoining_windows_are_one_opening() -> None:
    joined = calendar(every_day=["10:00-12:00", "12:00-14:00"])
    opening = joined.at(datetime(2026, 11, 24, 11, 0, tzinfo=BERLIN))

    assert opening.until == datetime(2026, 11, 24, 14, 0, tzinfo=BERLIN)


@pytest.mark.parametrize("texts", [["00:00-00:00"], ["00:00-12:00", "12:00-00:00"]])
def test_a_day_and_night_without_end_never_changes(texts: list[str]) -> None:
    opening = calendar(every_day=texts).at(datetime(2026, 11, 24, 11, 0, tzinfo=BERLIN))

    assert opening.is_open
    assert opening.until is None


MINUTES = st.integers(0, 24 * 60 - 1)
TIMES = MINUTES.map(lambda minute: time(minute // 60, minute % 60))
WINDOWS = st.builds(Window, opens=TIMES, closes=TIMES, line=st.just(1))
KINDS = st.sampled_from(["every_day", "sat", "sun", "mon", "school", "free"])
MOMENTS = st.one_of(
    st.integers(0, 730 * 1440).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    # Close to clock changes, where mistakes live.
    st.integers(-3000, 3000).map(
        lambda minutes: datetime(2026, 3, 29, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.integers(-3000, 3000).map(
        lambda minutes: datetime(2026, 10, 25, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
)


@settings(max_examples=60)
@given(
    st.dictionaries(KINDS, st.lists(WINDOWS, max_size=3).map(tuple), min_size=1, max_size=3),
    st.sampled_from(ZONES),
    MOMENTS,
)
def test_the_promised_change_is_the_first_one(
    windows: dict[str, tuple[Window, ...]], zone: str, moment: datetime
) -> None:
    moment = moment.replace(second=0, microsecond=0)
    made = Calendar(windows=windows, days=calendar().days, holidays=(), zone=ZoneInfo(zone))
    opening = made.at(moment)
    end = opening.until.astimezone(UTC) if opening.until else moment + timedelta(days=2)

    assert end > moment
    if opening.until:
        assert made.at(opening.until).is_open is not opening.is_open
    step = max(timedelta(minutes=1), (end - moment) / 300)
    while moment < end:
        assert made.at(moment).is_open is opening.is_open
        moment += step


MOVED = {
    "Europe/Berlin": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00"],
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],  # by half an hour
    "Antarctica/Troll": ["2026-03-29T01:00", "2026-10-25T01:00"],  # by two hours
    "America/Havana": [
        "2026-03-08T05:00",
        "2026-11-01T05:00",
    ],  # midnight is missing, or comes twice
    "Asia/Beirut": ["2026-03-28T22:00", "2026-10-24T21:00"],  # midnight takes one back to yesterday
    "America/Santiago": ["2026-04-05T03:00", "2026-09-06T04:00"],
    "Africa/Casablanca": ["2026-02-15T02:00", "2026-03-22T02:00"],  # for the fasting month
}
"""Moments (UTC) at which a zone's clocks were moved."""
SHIFTS = st.sampled_from([(zone, moment) for zone, moments in MOVED.items() for moment in moments])
HOLIDAYS = st.lists(
    st.builds(
        lambda first, length, use: Holiday(
            first=date(2026, 1, 1) + timedelta(days=first),
            last=date(2026, 1, 1) + timedelta(days=first + length),
            use=use,
            line=1,
        ),
        st.integers(30, 320),
        st.integers(0, 40),
        st.sampled_from(["free", "school", "sat"]),
    ),
    max_size=2,
).map(tuple)


@pytest.mark.parametrize(("zone", "moment"), [(one, at) for one in MOVED for at in MOVED[one]])
def test_the_clocks_were_moved_at_these_moments(zone: str, moment: str) -> None:
    after = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    before = after - timedelta(seconds=1)
    offsets = [one.astimezone(ZoneInfo(zone)).utcoffset() for one in (before, after)]
    assert offsets[0] != offsets[1]


def is_open_by_the_clock_on_the_wall(made: Calendar, moment: datetime) -> bool:
    """The slow reading: look at the clock and the calendar on the wall, then at every window of today and last night."""
    wall = moment.astimezone(made.zone)
    now = wall.hour * 60 + wall.minute
    return any(
        opens <= now < closes
        for ago in (0, 1)
        for opens, closes in minutes_of(made, wall.date() - timedelta(days=ago), ago)
    )


def minutes_of(made: Calendar, day: date, ago: int) -> list[tuple[int, int]]:
    """When that day's windows open and close, in minutes since the midnight of the day that began so many days later."""
    played = [one.use for one in made.holidays if one.first <= day <= one.last][:1]
    weekday = Weekday(day.weekday())
    names = played or [name for name, days in made.days.items() if weekday in days]
    names += [] if played else [weekday.name.lower()]
    found = []
    for kind in {*names, "every_day"}:
        for one in made.windows.get(kind, ()):
            opens = one.opens.hour * 60 + one.opens.minute
            closes = one.closes.hour * 60 + one.closes.minute
            closes += 24 * 60 if closes <= opens else 0
            found.append((opens - ago * 24 * 60, closes - ago * 24 * 60))
    return found


@settings(max_examples=150)
@given(
    st.dictionaries(KINDS, st.lists(WINDOWS, max_size=3).map(tuple), min_size=1, max_size=3),
    HOLIDAYS,
    SHIFTS,
    st.lists(st.integers(-2880, 2880), min_size=1, max_size=30),
)
def test_windows_follow_the_clock_on_the_wall_on_both_days_on_which_it_is_moved(
    windows: dict[str, tuple[Window, ...]],
    holidays: tuple[Holiday, ...],
    shift: tuple[str, str],
    minutes: list[int],
) -> None:
    zone, moved = shift[0], datetime.fromisoformat(shift[1]).replace(tzinfo=UTC)
    made = Calendar(windows=windows, days=calendar().days, holidays=holidays, zone=ZoneInfo(zone))
    for minute in [*minutes, -1, 0, 1, 59, 60, 61]:
        moment = moved + timedelta(minutes=minute)
        assert made.at(moment).is_open is is_open_by_the_clock_on_the_wall(made, moment), moment


@settings(max_examples=60)
@given(
    st.dictionaries(KINDS, st.lists(WINDOWS, max_size=2).map(tuple), min_size=1, max_size=3),
    SHIFTS,
    st.integers(-1500, 1500),
)
def test_no_change_comes_before_the_promised_one_where_the_clock_is_moved(
    windows: dict[str, tuple[Window, ...]], shift: tuple[str, str], minute: int
) -> None:
    zone, moved = shift[0], datetime.fromisoformat(shift[1]).replace(tzinfo=UTC)
    made = Calendar(windows=windows, days=calendar().days, holidays=(), zone=ZoneInfo(zone))
    moment = moved + timedelta(minutes=minute)
    opening = made.at(moment)
    day = timedelta(days=1)
    end = min(opening.until.astimezone(UTC), moment + day) if opening.until else moment + day
    while moment < end:
        assert is_open_by_the_clock_on_the_wall(made, moment) is opening.is_open
        moment += timedelta(minutes=1)
    if opening.until and opening.until.astimezone(UTC) == end:
        assert is_open_by_the_clock_on_the_wall(made, end) is not opening.is_open
