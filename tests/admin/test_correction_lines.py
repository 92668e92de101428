"""Findings and corrections as they stand on the pages."""

import pytest
from flask import Flask, g

from admin.correction_lines import correction_lines, finding_lines, source_words
from admin.house import Standing
from rules.policy import Language
from store.settings import Settings
from tests.admin.listed import NSFW, WITH_LISTS, house_of, keep, put_in_force, write_rules

CORRECTED = WITH_LISTS + (
    "corrections:\n  teach.example: {not: [games, adult]}\n  a.example: {not: [games], note: no}\n"
)


@pytest.fixture
def standing(app: Flask, settings: Settings) -> Standing:
    write_rules(settings, CORRECTED)
    keep(settings, "hagezi-nsfw", NSFW + "xxx.lanl.gov\n")
    put_in_force(app)
    return house_of(app).standing()


@pytest.mark.parametrize(
    ("language", "ours", "family"),
    [
        (Language.ENGLISH, "Porchlight's own correction: ", "your correction"),
        (Language.VIETNAMESE, "đính chính của Porchlight: ", "đính chính của nhà mình"),
    ],
)
def test_a_finding_says_who_contradicts_it(
    app: Flask, standing: Standing, language: Language, *, ours: str, family: str
) -> None:
    with app.test_request_context():
        g.language = language
        (taught,) = finding_lines(standing, "teach.example")
        (physics,) = finding_lines(standing, "xxx.lanl.gov")
        (filth,) = finding_lines(standing, "filth.example")
    assert (taught.is_obeyed, taught.because) == (False, family)
    assert not physics.is_obeyed
    assert physics.because.startswith(ours)
    assert (filth.is_obeyed, filth.because) == (True, "")


def test_corrections_stand_in_the_file_s_order_with_their_lines(
    app: Flask, standing: Standing
) -> None:
    with app.test_request_context():
        g.language = Language.ENGLISH
        found = correction_lines(standing)
    last = CORRECTED.count("\n")
    assert [(one.host, one.topics, one.note, one.link) for one in found] == [
        ("teach.example", "pages for grown-ups, games", "", f"/rules#line-{last - 1}"),
        ("a.example", "games", "no", f"/rules#line-{last}"),
    ]


def test_our_own_set_has_a_name(app: Flask) -> None:
    with app.test_request_context():
        g.language = Language.ENGLISH
        assert source_words(None) == "Porchlight's own set"
