"""What a device reads that has to sign in."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from mitmproxy.http import Response

from proxy.sign_in_page import sign_in_first, too_many
from rules.policy import Language


@pytest.mark.parametrize("answer", [sign_in_first, lambda language: too_many(language, 61.0)])
@pytest.mark.parametrize(
    ("language", "order"), [(Language.ENGLISH, ["en", "vi"]), (Language.VIETNAMESE, ["vi", "en"])]
)
def test_it_is_said_in_both_languages_the_familys_first(
    answer: Callable[[Language], Response], language: Language, order: list[str]
) -> None:
    found: list[str] = []

    class Sections(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "section":
                found.append(str(dict(attrs)["lang"]))

    Sections().feed(answer(language).text or "")
    assert found == order


def test_a_browser_asks_for_name_and_password() -> None:
    answer = sign_in_first(Language.ENGLISH)
    assert answer.status_code == 407
    assert answer.headers["proxy-authenticate"].startswith('Basic realm="Porchlight"')
    assert answer.headers["cache-control"] == "no-store"


def test_a_wait_is_told_in_minutes_and_to_the_browser_in_seconds() -> None:
    answer = too_many(Language.ENGLISH, 61.2)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "62"
    assert "in 2 min" in (answer.text or "")
