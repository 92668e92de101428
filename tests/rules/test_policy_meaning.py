"""What the docstrings say of the keys."""

import pytest

from rules import policy_meaning, policy_shape
from rules.policy_meaning import meaning_of_choice, meaning_of_key, meaning_of_kind


def test_a_key_means_what_stands_under_the_field_of_its_name() -> None:
    assert meaning_of_key("ExpectShape", "who") == "Who asks."


def test_a_key_that_the_model_calls_otherwise_is_found() -> None:
    assert meaning_of_key("CorrectionShape", "not").startswith("What the site, with all below it")
    assert meaning_of_key("ListsShape", "block").startswith("What is closed for all")


def test_a_key_without_a_field_means_what_stands_under_it_in_the_shape() -> None:
    assert meaning_of_key("ProfileShape", "time").startswith("When the internet is open")


def test_a_docstring_over_several_lines_is_one_text() -> None:
    assert "each other. Without accents" in meaning_of_key("EntryShape", "search")


def test_nothing_is_said_of_what_is_not_there() -> None:
    assert meaning_of_key("ProfileShape", "colour") == ""
    assert meaning_of_key("NoShape", "name") == ""
    assert meaning_of_kind("NoKind") == ""
    assert meaning_of_choice("LogLevel", "SOME") == ""


def test_kinds_and_choices_have_meanings_too() -> None:
    assert meaning_of_kind("Moment").startswith("A day, `2026-12-20`")
    assert meaning_of_kind("EntryShape") == "One line that allows or blocks something."
    assert meaning_of_choice("LogLevel", "COUNTS") == "How many a day, no names."


@pytest.mark.parametrize("name", sorted(policy_meaning._ELSEWHERE))
def test_every_key_that_is_called_otherwise_is_one_and_has_a_meaning(name: str) -> None:
    shape, key = name.split(".")
    known = getattr(policy_shape, shape)
    if hasattr(known, "__annotations__"):
        assert key in known.__annotations__
    assert meaning_of_key(shape, key)
