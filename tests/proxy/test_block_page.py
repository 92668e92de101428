import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from proxy.block_page import CONTENT_POLICY, render
from rules.compile import Ruleset, compile_policy
from rules.decision import Reason
from rules.policy import Language
from tests.proxy.conftest import CATALOG, NOON, make_decision, make_policy


def page(ruleset: Ruleset, *, host: str = "bad.example", is_small: bool = False) -> str:
    decision = replace(make_decision(), until=NOON + timedelta(hours=5))
    return render(decision, ruleset, host=host, moment=NOON, is_small=is_small)


def test_the_page_says_all_that_a_child_needs(ruleset: Ruleset) -> None:
    text = page(ruleset)
    assert '<html lang="en">' in text
    assert len(re.findall("<h1>", text)) == 1
    for part in ("bad.example", "17:00", "7K2M9QX4TB1W", 'href="tel:111"', "family.yaml, line 9"):
        assert part in text


def test_the_page_speaks_the_profiles_language() -> None:
    ruleset = compile_policy(make_policy(language=Language.VIETNAMESE), CATALOG)
    text = page(ruleset)
    assert '<html lang="vi">' in text
    assert "Tổng đài trẻ em" in text


def test_names_and_notes_are_text_and_not_markup(ruleset: Ruleset) -> None:
    decision = replace(make_decision(), note="<script>alert(1)</script>", entry="<b>")
    text = render(decision, ruleset, host="<i>", moment=NOON)
    assert "<script" not in text
    assert "<i>" not in text
    assert "Younger &lt;child&gt;" in text


def test_the_page_asks_for_nothing_else(ruleset: Ruleset) -> None:
    text = page(ruleset)
    assert not re.search(r"\b(src|action|onclick|style)=|<script|<link|@import|url\(", text)
    assert re.findall(r'href="(?!tel:)', text) == []


def test_the_content_policy_fits_the_style_as_it_is_sent(ruleset: Ruleset) -> None:
    style = re.search(r"<style>(.*)</style>", page(ruleset), re.DOTALL)
    assert style is not None
    found = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{found}'" in CONTENT_POLICY
    assert CONTENT_POLICY.startswith("default-src 'none'")


def test_the_small_page_is_small(ruleset: Ruleset) -> None:
    small = page(ruleset, is_small=True)
    assert "tel:" not in small
    assert len(re.findall("<h1>", small)) == 1


@pytest.mark.parametrize("reason", [one for one in Reason if one is not Reason.HELP])
def test_every_reason_has_a_page(ruleset: Ruleset, reason: Reason) -> None:
    text = render(make_decision(reason), ruleset, host="a.example", moment=NOON)
    title = re.search("<h1>(.+)</h1>", text)
    assert title is not None


def test_a_page_for_a_profile_that_is_gone_still_comes(ruleset: Ruleset) -> None:
    text = render(replace(make_decision(), profile="gone"), ruleset, host="a", moment=NOON)
    assert "gone" in text


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_can_be_read_in_light_and_dark(ruleset: Ruleset) -> None:
    # WCAG 2.2, 1.4.3: 4.5 to 1
    style = page(ruleset).partition("<style>")[2]
    schemes = [dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in style.split("@media")[:2]]
    for colours in schemes:
        for paper in ("paper", "wall"):
            for ink in ("ink", "soft", "link"):
                light, dark = sorted(
                    (_luminance(colours[ink]), _luminance(colours[paper])), reverse=True
                )
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper, colours)
