"""The note for those who keep a list."""

from datetime import timedelta

import pytest
from flask import Flask, g

from admin.list_report import Report, reports
from rules.policy import Language
from store.settings import Settings
from tests.admin.family import NOW, RULES
from tests.admin.listed import NSFW, house_of, keep, put_in_force, write_rules

NOTE = "a school for teachers"
TEXT = RULES + (
    "lists:\n"
    "  hagezi-nsfw: on\n"
    "  hostsvn-adult: on\n"
    "  mine: {file: m.txt, category: adult}\n"
    "  bets: {file: b.txt, category: gambling}\n"
    "corrections:\n"
    f"  teach.example: {{not: [adult], note: {NOTE}}}\n"
    "  www.teach.example: {not: [adult]}\n"
)


@pytest.fixture
def lists(app: Flask, settings: Settings) -> None:
    write_rules(settings, TEXT)
    for key in ("hagezi-nsfw", "hostsvn-adult", "mine", "bets"):
        keep(settings, key, NSFW, moment=NOW - timedelta(days=1))
    put_in_force(app)


def told(app: Flask, host: str) -> dict[str, Report]:
    here = house_of(app)
    standing = here.standing()
    with app.test_request_context():
        g.language = Language.VIETNAMESE
        found = reports(here, standing, standing.policy.corrections[host])
    return {one.list.partition(":")[0]: one for one in found}


def test_the_note_says_what_is_wrong_and_where(app: Flask, lists: None) -> None:
    found = told(app, "teach.example")["HaGeZi"]
    assert found.text == (
        "Wrong entry: teach.example\n"
        "\n"
        "List: HaGeZi: pages for grown-ups\n"
        "Address: https://cdn.jsdelivr.net/gh/hagezi/dns-blocklists@latest/wildcard/nsfw-onlydomains.txt\n"
        "Copy of: 2026-11-23\n"
        "Version: 2026.11\n"
        "Entry: teach.example\n"
        "Listed as: pages for grown-ups\n"
        f"What it is instead: {NOTE}\n"
        "\n"
        "Please look at this entry and take it out if you agree. Thank you."
    )
    assert found.home == "https://github.com/hagezi/dns-blocklists/issues"


def test_only_lists_that_say_it_are_told_each_in_its_language(app: Flask, lists: None) -> None:
    found = told(app, "teach.example")
    assert {name: one.language for name, one in found.items()} == {
        "HaGeZi": Language.ENGLISH,
        "hostsVN": Language.VIETNAMESE,
        "mine": Language.VIETNAMESE,
    }
    assert found["hostsVN"].text.startswith("Mục bị nhầm: teach.example")
    assert found["mine"].home == ""


def test_a_site_below_the_entry_is_named(app: Flask, lists: None) -> None:
    text = told(app, "www.teach.example")["HaGeZi"].text
    assert "\nEntry: teach.example\nSite: www.teach.example\n" in text
    assert "instead" not in text


def test_nothing_of_the_child_or_the_house_is_in_it(app: Flask, lists: None) -> None:
    text = told(app, "teach.example")["HaGeZi"].text
    for secret in ("Younger", "younger", "tablet", "192.168", "Lan", "family.yaml", "Ho_Chi"):
        assert secret not in text


def test_a_list_that_has_mended_it_is_told_nothing(
    app: Flask, lists: None, settings: Settings
) -> None:
    keep(settings, "hagezi-nsfw", NSFW.replace("teach.example\n", ""))
    put_in_force(app)
    assert set(told(app, "teach.example")) == {"hostsVN", "mine"}
