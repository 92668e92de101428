"""The words of the pages, in both languages."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, g

from admin import texts
from rules.policy import Language
from tests.admin.family import NOW, Clock, Parent

ADMIN = Path(texts.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def _plain(message: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    return message if isinstance(message, str) else tuple(message)


def sources() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(
        ADMIN, method_map=[("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
    )
    return {_plain(message) for _, _, message, *_ in found}


def vietnamese() -> dict[str | tuple[str, ...], tuple[str, ...]]:
    with (ADMIN / "locale" / "vi.po").open("rb") as file:
        catalog = read_po(file, locale="vi")
    return {
        _plain(one.id): (one.string,) if isinstance(one.string, str) else tuple(one.string or ())
        for one in catalog
        if one.id
    }


def test_every_sentence_has_its_vietnamese_and_nothing_is_left_over() -> None:
    assert len(sources()) > 100
    assert sources() == set(vietnamese())


def test_no_vietnamese_sentence_is_empty_or_unsure() -> None:
    with (ADMIN / "locale" / "vi.po").open("rb") as file:
        catalog = read_po(file, locale="vi")
    assert [one.id for one in catalog if one.id and (one.fuzzy or not one.string)] == []


@pytest.mark.parametrize(("message", "said"), vietnamese().items())
def test_placeholders_are_the_same_in_both(
    message: str | tuple[str, ...], said: tuple[str, ...]
) -> None:
    english = message if isinstance(message, str) else message[-1]
    assert {*PLACEHOLDER.findall(english)} == {*PLACEHOLDER.findall(said[0])}
    assert english.count("%") == said[0].count("%")


@pytest.mark.parametrize(
    ("cookie", "accepts", "language"),
    [
        ("", "vi,en;q=0.5", "vi"),
        ("", "en-GB", "en"),
        ("", "fr", "en"),
        ("vi", "en", "vi"),
        ("en", "vi", "en"),
        ("<b>", "vi", "vi"),
    ],
)
def test_the_choice_beats_the_browser_and_the_browser_beats_the_family(
    parent: Parent, cookie: str, accepts: str, language: str
) -> None:
    if cookie:
        parent.client.set_cookie("porchlight_language", cookie)
    assert f'<html lang="{language}">' in parent.get("/", headers={"Accept-Language": accepts}).text


def test_the_family_s_language_is_the_last_resort(app: Flask, parent: Parent) -> None:
    path = app.extensions["porchlight"].settings.rules_path
    path.write_text(path.read_text().replace("language: en", "language: vi"))
    assert '<html lang="vi">' in parent.get("/").text


def test_the_switch_comes_back_to_the_same_page(parent: Parent) -> None:
    page = parent.get("/activity?search=a%26b").text
    assert 'value="/activity?search=a%26b"' in page
    answer = parent.post("/language", language="vi", back="/activity?search=a%26b")
    assert answer.location == "/activity?search=a%26b"
    assert "Nhật ký" in parent.get("/activity").text


def test_an_unknown_language_changes_nothing(parent: Parent) -> None:
    parent.get("/")
    answer = parent.post("/language", language="tlh", back="//evil.example")
    assert answer.location == "/"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("language", "today", "yesterday", "older", "minutes"),
    [
        (Language.ENGLISH, "Today", "Yesterday", "Saturday, 21 November 2026", "14 minutes"),
        (Language.VIETNAMESE, "Hôm nay", "Hôm qua", "Thứ Bảy, 21 tháng 11, 2026", "14 phút"),
    ],
)
def test_days_are_the_family_s_and_read_as_people_say_them(
    app: Flask,
    clock: Clock,
    *,
    language: Language,
    today: str,
    yesterday: str,
    older: str,
    minutes: str,
) -> None:
    with app.test_request_context():
        g.language = language
        late = NOW + timedelta(hours=9)  # one in the morning of the 25th at home
        assert texts.day_words(late, late) == today
        assert texts.day_words(NOW, late) == yesterday
        assert texts.day_words(NOW - timedelta(days=3), NOW) == older
        assert texts.span_words(timedelta(minutes=14, seconds=10)) == minutes
        assert texts.hour_words(NOW) == "16:00"
