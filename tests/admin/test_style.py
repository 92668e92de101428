"""The look of the pages: readable by WCAG 2.2 AA in both schemes, and nothing comes from outside."""

import re
from pathlib import Path

import pytest

import admin

STYLE = (Path(admin.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
LIGHT, DARK = STYLE.split("@media (prefers-color-scheme: dark)")[:2]
TEXT = {
    "ink": ("ground", "card", "mark", "amber-wash", "good-wash", "bad-wash"),
    "soft": ("ground", "card"),
    "amber-deep": ("ground", "card", "amber-wash", "good-wash", "bad-wash"),
    "on-amber": ("amber",),
    "good": ("good-wash",),
    "bad": ("bad-wash",),
}
"""Which colours stand on which."""


def tokens(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", text.partition("--gap")[0][:900]))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_from_what_it_stands_on(scheme: str) -> None:
    colours = tokens(scheme)
    pairs = {(front, back) for front, backs in TEXT.items() for back in backs}
    pale = {pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5}
    assert pale == set()


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours["edge"], colours["card"]) >= 3
    assert contrast(colours["edge"], colours["ground"]) >= 3


def test_nothing_is_fetched() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert len(STYLE) < 16_000
