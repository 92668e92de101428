"""Choosing lists."""

import pytest
from sqlalchemy import Engine

from store import policies
from store.settings import Settings
from tests.admin.family import RULES, Parent
from tests.admin.listed import LISTS, WITH_LISTS, write_rules


@pytest.fixture(autouse=True)
def lists(settings: Settings) -> None:
    write_rules(settings, WITH_LISTS)


def switch(parent: Parent, key: str, *, is_on: bool) -> str:
    form = {"key": key, "is": "on" if is_on else "off", "back": "/lists/offers"}
    return parent.see("/lists/switch", **form).text


def test_every_offer_has_its_size_licence_and_switch(parent: Parent) -> None:
    page = parent.get("/lists/offers").text
    assert "About 143,721 sites · GPL-3.0" in page
    assert "About 22,622 sites · MIT · for families in Vietnam" in page
    assert 'href="https://github.com/hagezi/dns-blocklists/issues" rel="noreferrer"' in page
    assert 'aria-label="Turn on: URLhaus' in page
    assert 'aria-label="Turn off: HaGeZi: pages for grown-ups"' in page


def test_a_switch_is_a_line_of_the_rules_with_a_way_back(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    page = switch(parent, "urlhaus", is_on=True)
    assert "Turned on: URLhaus" in page
    assert settings.rules_path.read_text() == WITH_LISTS + "  urlhaus: on\n"
    newest, before = policies.history(sqlite_engine, 2)
    assert newest.why.startswith("Turned on: URLhaus")
    assert f'action="/rules/history/{before.revision}/restore"' in page
    assert "Turned off: URLhaus" in switch(parent, "urlhaus", is_on=False)
    assert settings.rules_path.read_text() == WITH_LISTS + "  urlhaus: off\n"
    assert "The rules say so already." in switch(parent, "urlhaus", is_on=False)


def test_an_own_list_is_turned_off_and_keeps_its_address(
    parent: Parent, settings: Settings
) -> None:
    switch(parent, "grandmas", is_on=False)
    changed = LISTS.replace("gambling}", "gambling, is: off}")
    assert settings.rules_path.read_text() == RULES + changed


@pytest.mark.parametrize("form", [{"key": "nobody", "is": "on"}, {"key": "urlhaus", "is": "maybe"}])
def test_a_switch_that_these_pages_never_made_does_nothing(
    parent: Parent, settings: Settings, form: dict[str, str]
) -> None:
    assert parent.post("/lists/switch", **form).status_code == 400
    assert settings.rules_path.read_text() == WITH_LISTS


def test_one_click_turns_on_what_is_recommended(parent: Parent, settings: Settings) -> None:
    write_rules(settings, RULES + "lists:\n  hagezi-light: off   # we like ads\n")
    page = parent.see("/lists/recommended").text
    text = settings.rules_path.read_text()
    assert "  hagezi-light: off   # we like ads\n" in text
    assert "  hostsvn-adult: on\n" in text
    assert f"Turned on {text.count(': on')} recommended lists." in page
    assert "Turn on the recommended lists" not in parent.get("/lists/offers").text


def add(parent: Parent, **form: str) -> str:
    return parent.see(
        "/lists/own", **({"name": "", "url": "", "file": "", "category": ""} | form)
    ).text


def test_a_list_of_one_s_own_is_added_turned_on(parent: Parent, settings: Settings) -> None:
    page = add(parent, name="our bets", url="https://lists.example/l.txt", category="gambling")
    assert "Added the list our-bets." in page
    line = "  our-bets: {url: https://lists.example/l.txt, category: gambling}\n"
    assert settings.rules_path.read_text() == WITH_LISTS + line


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "bets", "url": "http://lists.example/l.txt"}, "it begins with https://"),
        ({"name": "bets", "file": "../l.txt"}, "write the name alone"),
        ({"name": "bets"}, "a list of your own has either url: or file:"),
        ({"name": "bets", "url": "https://a.example/", "file": "a.txt"}, "either url: or file:"),
        ({"name": "a.b", "file": "a.txt"}, "a.b cannot be a list&#39;s name"),
        ({"name": "adult", "file": "a.txt"}, "adult is the name of a topic already"),
        ({"name": "bets", "file": "a.txt", "category": "bet"}, "no category is called bet"),
        ({"name": "urlhaus", "url": "https://a.example/"}, "Porchlight knows where urlhaus is"),
        ({"name": "grandmas", "file": "a.txt"}, "There is a list called grandmas already."),
    ],
)
def test_wrong_input_is_answered_in_the_rule_file_s_own_words(
    parent: Parent, settings: Settings, form: dict[str, str], said: str
) -> None:
    page = add(parent, **form)
    assert said in page
    for value in {**form, "category": ""}.values():
        assert f'value="{value}"' in page
    assert settings.rules_path.read_text() == WITH_LISTS


def test_a_broken_rule_file_takes_no_list(parent: Parent, settings: Settings) -> None:
    write_rules(settings, "lists: [")
    assert "Mend it first" in add(parent, name="bets", file="a.txt")
    assert "Mend it first" in switch(parent, "urlhaus", is_on=True)
    assert settings.rules_path.read_text() == "lists: ["


def test_a_layout_that_cannot_be_edited_is_left_to_the_parent(
    parent: Parent, settings: Settings
) -> None:
    text = RULES + "lists:\n  ? mine\n  : {file: m.txt}\n"
    write_rules(settings, text)
    assert "Please write it under Rules." in parent.see("/lists/remove", key="mine").text
    assert settings.rules_path.read_text() == text


def test_an_offer_cannot_be_removed(parent: Parent, settings: Settings) -> None:
    assert parent.post("/lists/remove", key="hagezi-nsfw").status_code == 400
    assert settings.rules_path.read_text() == WITH_LISTS
