"""Both languages say the same things."""

from string import Formatter

import pytest

from rules import say_words, sentences
from rules.policy import Language
from rules.sentences import SENTENCES, nth, sentence

ENGLISH, VIETNAMESE = SENTENCES[Language.ENGLISH], SENTENCES[Language.VIETNAMESE]


def parts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_every_sentence() -> None:
    assert ENGLISH.keys() == VIETNAMESE.keys()


@pytest.mark.parametrize("key", ENGLISH)
def test_a_sentence_has_the_same_parts_in_both(key: str) -> None:
    assert parts(ENGLISH[key]) == parts(VIETNAMESE[key])


@pytest.mark.parametrize("language", Language)
def test_no_sentence_blames_or_scares(language: Language) -> None:
    for word in ("inappropriate", "forbidden", "violation", "vi phạm", "cấm", "phạt"):
        assert not [key for key, text in SENTENCES[language].items() if word in text.lower()]


def test_a_calendar_has_seven_days_and_twelve_months() -> None:
    for language in Language:
        assert len(sentence(language, "weekdays").split(",")) == 7
        assert len(sentence(language, "months").split(",")) == 12
    assert nth(Language.ENGLISH, "weekdays", 6) == "Sunday"
    assert nth(Language.VIETNAMESE, "months", 0) == "tháng 1"


def test_no_sentence_hides_another() -> None:
    for language, own in (
        (Language.ENGLISH, sentences.ENGLISH),
        (Language.VIETNAMESE, sentences.VIETNAMESE),
    ):
        assert len(SENTENCES[language]) > len(own)
        assert not own.keys() & say_words.ENGLISH.keys()
