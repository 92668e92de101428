"""The words in which rules are read back: none is missing, and Vietnamese is Vietnamese."""

import re

import pytest

from rules.policy import Action, Language, LogLevel
from rules.policy_expect import REASONS
from rules.say_words import ENGLISH, VIETNAMESE

ENGLISH_WORDS = re.compile(
    r"\b(and|at|by|closed|day|device|everyone|from|help|line|more|open|preset|rule|site|the|until)\b",
    re.IGNORECASE,
)
PART = re.compile(r"\{\w+\}")


def test_every_key_begins_alike_so_that_no_other_sentence_is_meant() -> None:
    assert {key.partition(".")[0] for key in ENGLISH} == {"say"}


@pytest.mark.parametrize(
    "key",
    [
        *(f"say.log.{level.value}" for level in LogLevel),
        *(f"say.language.{language.value}" for language in Language),
        *(f"say.because.{reason}" for reason in REASONS),
        *(
            f"say.{what}{action.value}"
            for action in Action
            for what in ("rest.", "fails.", "expect.", "everyone.", "")
        ),
    ],
)
def test_whatever_a_rule_may_say_has_words(key: str) -> None:
    assert ENGLISH[key].strip()
    assert VIETNAMESE[key].strip()


@pytest.mark.parametrize("key", VIETNAMESE)
def test_no_english_word_stands_in_the_vietnamese(key: str) -> None:
    assert ENGLISH_WORDS.findall(PART.sub("", VIETNAMESE[key])) == []
