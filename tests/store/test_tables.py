"""Columns keep what they are given, exactly, or refuse it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from rules.request import Stage
from store.tables import Moment, StageNumber, Words

DIALECT = sqlite.dialect()
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001  # hypothesis adds the zone


@given(moments, moments)
def test_moments_are_kept_exactly_and_in_order(one: datetime, other: datetime) -> None:
    kept = [Moment().process_bind_param(moment, DIALECT) for moment in (one, other)]
    back = [Moment().process_result_value(number, DIALECT) for number in kept]

    assert back == [one, other]
    assert {moment.tzinfo for moment in back if moment} == {UTC}
    assert (one < other) == (kept[0] < kept[1])  # type: ignore[operator]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Moment().process_bind_param(datetime(2026, 5, 1), DIALECT)  # noqa: DTZ001


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_good_words_stay_as_they_are(text: str) -> None:
    assert Words().process_bind_param(text, DIALECT) == text


@given(st.text(st.characters()))
def test_any_words_can_be_stored(text: str) -> None:
    stored = Words().process_bind_param(text, DIALECT)

    assert stored is not None
    assert "\0" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored


def test_nothing_stays_nothing() -> None:
    assert Moment().process_bind_param(None, DIALECT) is None
    assert Moment().process_result_value(None, DIALECT) is None
    assert Words().process_bind_param(None, DIALECT) is None
    assert StageNumber().process_result_value(None, DIALECT) is None


def test_a_stage_comes_back_as_a_stage() -> None:
    assert StageNumber().process_result_value(2, DIALECT) is Stage.REQUEST
