"""How much time is left, and until when: over midnight, both clock changes, and days that carry over. The rest is in tests/cases/budgets.yaml."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.budget import Balance, Ration, balance
from rules.facts import Usage
from rules.policy import Budget, Holiday, Weekday, Window
from rules.schedule import DAY, Calendar

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "Asia/Ho_Chi_Minh", "Australia/Lord_Howe", "America/Havana", "UTC"]
MINUTE, HOUR, NONE = timedelta(minutes=1), timedelta(hours=1), timedelta()
FREE = frozenset({Weekday.FRI, Weekday.SAT})


def ration(
    allowances: Mapping[str, timedelta | None],
    *,
    carry_over: timedelta = NONE,
    zone: ZoneInfo = BERLIN,
    windows: Mapping[str, tuple[Window, ...]] | None = None,
    holidays: tuple[Holiday, ...] = (),
) -> Ration:
    days = {"free": FREE, "school": frozenset(Weekday) - FREE}
    return Ration(
        budget=Budget(key="video", allowances=allowances, carry_over=carry_over, line=7),
        calendar=Calendar(windows=windows or {}, days=days, holidays=holidays, zone=zone),
        lines={"free": 9},
        counts=None,
    )


def used(day: date, spent: timedelta, spare: timedelta = NONE) -> Usage:
    return Usage(profile="child", budget="video", day=day, spent=spent, spare=spare)


def window(text: str) -> Window:
    opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    return Window(opens=opens, closes=closes, line=1)


def test_what_was_never_counted_is_unused() -> None:
    friday = datetime(2026, 11, 27, 18, tzinfo=BERLIN)
    assert balance(ration({"free": HOUR}), None, friday) == Balance(
        budget="video", kind="free", line=9, whole=HOUR, left=HOUR, until=friday + HOUR
    )


def test_a_day_that_is_not_named_has_no_limit_and_the_budgets_own_line() -> None:
    monday = datetime(2026, 11, 23, 18, tzinfo=BERLIN)
    standing = balance(ration({"free": HOUR}), used(monday.date(), 9 * HOUR), monday)
    assert (standing.kind, standing.line, standing.whole, standing.left) == ("", 7, None, None)
    assert standing.until is None


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 27), "free"),
        (date(2026, 11, 26), "school"),
        (date(2026, 12, 24), "fri"),
        (date(2026, 12, 28), "every_day"),
    ],
)
def test_the_familys_kind_of_day_goes_before_a_weekday_and_that_before_every_day(
    day: date, kind: str
) -> None:
    holidays = (
        Holiday(first=date(2026, 12, 24), last=date(2026, 12, 26), use="fri", line=1),
        Holiday(first=date(2026, 12, 27), last=date(2026, 12, 31), use="other", line=1),
    )
    allowances = dict.fromkeys(("every_day", "fri", "thu", "free", "school"), HOUR)
    assert ration(allowances, holidays=holidays).share(day).kind == kind


def test_in_spring_an_hour_of_use_is_an_hour() -> None:
    """Berlin, 29 March 2026: 02:00 becomes 03:00."""
    early = datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN)
    standing = balance(ration({"every_day": HOUR}), None, early)
    assert standing.until == datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)


def test_in_autumn_the_hour_that_comes_twice_is_used_twice() -> None:
    """Berlin, 25 October 2026: 03:00 becomes 02:00."""
    early = datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=BERLIN)
    standing = balance(ration({"every_day": HOUR}), None, early)
    assert standing.until is not None
    assert standing.until.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert standing.until.fold == 1
    # Half an hour of it is gone when the clock shows the same again.
    again = early.replace(fold=1)
    half = balance(ration({"every_day": HOUR}), used(early.date(), HOUR), again)
    assert half.left == NONE


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_day_with_a_clock_change_ends_at_its_midnight(day: date) -> None:
    made = ration({"every_day": HOUR})
    late = datetime.combine(day, time(23, 59), BERLIN)
    standing = balance(made, used(day, HOUR), late)
    assert standing.until == datetime.combine(day + DAY, time(), BERLIN)


def test_a_window_past_midnight_keeps_its_day_until_it_closes() -> None:
    made = ration({"free": HOUR, "sun": NONE}, windows={"sat": (window("22:00-01:00"),)})
    sunday = date(2026, 11, 29)

    assert made.day_at(datetime(2026, 11, 29, 0, 59, tzinfo=BERLIN)) == sunday - DAY
    assert made.day_at(datetime(2026, 11, 29, 1, 0, tzinfo=BERLIN)) == sunday
    assert made.share(sunday).begins == datetime(2026, 11, 29, 1, 0, tzinfo=BERLIN)


def test_windows_that_overlap_at_midnight_never_bring_yesterday_back() -> None:
    windows = {"fri": (window("22:00-03:00"),), "sat": (window("00:00-01:00"),)}
    made = ration({"every_day": HOUR}, windows=windows)
    days = [made.day_at(datetime(2026, 11, 28, hour, 30, tzinfo=BERLIN)) for hour in range(4)]
    assert days == [date(2026, 11, 28)] * 4


def test_the_memory_of_days_is_bounded_and_changes_no_answer() -> None:
    made = ration({"free": HOUR})
    first = made.share(date(2026, 11, 27))
    for ahead in range(1500):
        made.share(date(2026, 1, 1) + ahead * DAY)
    assert made.share(date(2026, 11, 27)) == first


MINUTES = st.integers(0, 24 * 60).map(lambda n: n * MINUTE)
TIMES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
WINDOWS = st.builds(Window, opens=TIMES, closes=TIMES, line=st.just(1))
KINDS = st.sampled_from(["every_day", "free", "school", "sat", "sun", "mon"])
MOMENTS = st.one_of(
    st.integers(0, 400 * 1440).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * MINUTE),
    # Close to clock changes, where mistakes live.
    st.integers(-3000, 3000).map(lambda n: datetime(2026, 3, 29, 1, tzinfo=UTC) + n * MINUTE),
    st.integers(-3000, 3000).map(lambda n: datetime(2026, 10, 25, 1, tzinfo=UTC) + n * MINUTE),
)
RATIONS = st.builds(
    lambda allowances, carry_over, zone, windows: ration(
        allowances, carry_over=carry_over, zone=ZoneInfo(zone), windows=windows
    ),
    st.dictionaries(
        KINDS, st.one_of(MINUTES, st.sampled_from([NONE, None])), min_size=1, max_size=4
    ),
    MINUTES,
    st.sampled_from(ZONES),
    st.dictionaries(KINDS, st.lists(WINDOWS, max_size=2).map(tuple), max_size=2),
)
AGO = st.integers(-2, 70).map(lambda days: days * DAY)


@settings(max_examples=60)
@given(RATIONS, MOMENTS, AGO, st.lists(MINUTES, min_size=3, max_size=3))
def test_there_is_never_more_than_the_day_gives_and_what_is_carried_over(
    made: Ration, moment: datetime, ago: timedelta, spans: list[timedelta]
) -> None:
    day = made.day_at(moment)
    allowance = made.share(day).time
    spent, more, spare = spans
    less = balance(made, used(day - ago, spent + more, spare), moment)
    standing = balance(made, used(day - ago, spent, spare), moment)

    if allowance is None:
        assert standing.left is None
        return
    assert standing.left is not None
    assert standing.whole is not None
    assert less.left is not None
    assert NONE <= less.left <= standing.left <= standing.whole
    assert standing.whole <= allowance + made.budget.carry_over
    assert allowance or standing.whole == NONE


@settings(max_examples=60)
@given(RATIONS, MOMENTS, st.integers(1, 3000))
def test_days_follow_each_other_and_are_those_of_the_windows(
    made: Ration, moment: datetime, minutes: int
) -> None:
    day, local = made.day_at(moment), moment.astimezone(made.calendar.zone)
    assert day in {local.date(), local.date() - DAY}
    assert made.share(day).begins <= moment < made.share(day + DAY).begins
    assert made.day_at(moment + minutes * MINUTE) >= day
    opening = made.calendar.at(moment)
    assert day >= opening.day
    # Alone, a window meets none but itself, in the hour that comes twice.
    is_alone = sum(map(len, made.calendar.windows.values())) == 1
    if opening.is_open and is_alone and not local.fold:
        assert day == opening.day


@settings(max_examples=60)
@given(RATIONS, MOMENTS, MINUTES, MINUTES)
def test_the_promised_change_is_the_first_one(
    made: Ration, moment: datetime, spent: timedelta, spare: timedelta
) -> None:
    """Whoever goes on using it, minute by minute, is stopped just then; whoever waits may go on just then."""
    day = made.day_at(moment)
    counted = used(day, spent, spare)
    standing = balance(made, counted, moment)
    is_open = standing.left != NONE
    end = moment + DAY if standing.until is None else standing.until.astimezone(UTC)
    assert end > moment
    step = max(MINUTE, (end - moment) / 50)
    while moment < end:
        assert (balance(made, counted, moment).left != NONE) is is_open
        counted = going_on(made, counted, moment, min(step, end - moment)) if is_open else counted
        moment += step
    if standing.until is not None:
        assert (balance(made, counted, end).left != NONE) is not is_open


def going_on(made: Ration, counted: Usage, moment: datetime, span: timedelta) -> Usage:
    """The usage once it is used for a while, split where a new day begins."""
    while span:
        day = made.day_at(moment)
        if counted.day < day:
            counted = used(day, NONE, carried(made, counted))
        length = min(span, made.share(day + DAY).begins - moment)
        counted = used(day, counted.spent + length, counted.spare)
        moment, span = moment + length, span - length
    return counted


def carried(made: Ration, counted: Usage) -> timedelta:
    spare = min(counted.spare, made.budget.carry_over)
    allowance = made.share(counted.day).time
    if not allowance:
        return spare
    return min(max(allowance + spare - counted.spent, NONE), made.budget.carry_over)
