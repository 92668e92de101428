"""The words on what is opened: none is missing, and both languages say the same things."""

from string import Formatter

import pytest

from rules import seal
from rules.depth import Cause
from rules.look_words import ENGLISH, VIETNAMESE


def parts(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_every_key_begins_alike_so_that_no_other_sentence_is_meant() -> None:
    assert {key.partition(".")[0] for key in ENGLISH} == {"look"}


@pytest.mark.parametrize("key", sorted({*ENGLISH, *VIETNAMESE}))
def test_a_sentence_is_said_in_both_languages_with_the_same_parts(key: str) -> None:
    assert parts(ENGLISH[key]) == parts(VIETNAMESE[key])
    assert ENGLISH[key] != VIETNAMESE[key] or key == "look.wish.built-in"


@pytest.mark.parametrize(
    "key",
    [
        *(f"look.what.{cause.value}" for cause in Cause),
        *(f"look.seal.{one}" for one in (seal.HELP, seal.DEVICE, seal.TUNNEL, seal.PASSAGE)),
    ],
)
def test_whatever_is_looked_into_or_not_has_words(key: str) -> None:
    assert ENGLISH[key]
