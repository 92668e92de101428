"""Stretches of time, read and said back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.spans import read_span, span_text


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("0m", 0),
        ("1h", 60),
        ("1h30m", 90),
        ("90m", 90),
        ("1d", 1440),
        ("1d2h3m", 1563),
    ],
)
def test_a_stretch_is_read(text: str, minutes: int) -> None:
    assert read_span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["", "30", "m", "-30m", "1.5h", "30 m", "30M", "30m1h", "30s", "٣٠m", "999999m"]
)
def test_what_is_no_stretch_is_none(text: str) -> None:
    assert read_span(text) is None


@given(st.integers(0, 24 * 60))
def test_what_is_said_is_read_as_it_was(minutes: int) -> None:
    assert read_span(span_text(timedelta(minutes=minutes))) == timedelta(minutes=minutes)
