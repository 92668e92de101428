"""The page of the lists that are on."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from admin.lists_page import LOOKS
from store.list_faults import Fault
from store.list_progress import Step, updating
from store.list_wishes import take_wishes, wish
from store.settings import Settings
from tests.admin.family import NOW, RULES, Clock, Parent
from tests.admin.listed import WITH_LISTS, keep, put_in_force, refuse, write_rules

REFRESH = re.compile(r'http-equiv="refresh" content="2;url=([^"]+)"')


def test_a_family_without_lists_is_told_what_one_click_does(
    parent: Parent, settings: Settings
) -> None:
    write_rules(settings, RULES)
    page = parent.get("/lists").text
    assert "No list is on" in page
    assert "Turn on the recommended lists" in page
    assert "see your internet address and nothing about you" in page
    assert not REFRESH.search(page)
    assert "Update all now" not in page


def test_what_is_on_is_shown_with_its_age_and_its_ills(
    app: Flask, parent: Parent, settings: Settings, clock: Clock
) -> None:
    write_rules(settings, WITH_LISTS)
    keep(settings, "hagezi-nsfw")
    keep(settings, "grandmas", "bet.example\n", moment=NOW - timedelta(hours=20))
    refuse(settings, "grandmas", Fault.WEB_PAGE)
    put_in_force(app)
    page = parent.get("/lists").text
    assert "2 lists are on" in page
    assert "HaGeZi: pages for grown-ups" in page
    assert "3 sites" in page
    assert "1 site<" in page
    assert "Fetched today at 16:00." in page
    assert "A web page came in its place." in page
    assert "The copy that was fetched on 23 November at 20:00 stays in force." in page
    assert not REFRESH.search(page)
    clock.wind(timedelta(days=3))
    page = parent.get("/lists").text
    assert "Last fetched on 24 November at 16:00." in page
    assert '<span class="badge warned">Old</span>' in page


def test_offline_the_page_says_what_protects_meanwhile(parent: Parent, settings: Settings) -> None:
    write_rules(settings, WITH_LISTS)
    refuse(settings, "hagezi-nsfw", Fault.UNREACHABLE, "no route")
    refuse(settings, "grandmas", Fault.NO_FILE)
    page = parent.get("/lists").text
    assert "Porchlight's own small set protects meanwhile." in page
    assert "There is no copy of it yet." in page


def test_the_page_comes_again_while_something_runs(parent: Parent, settings: Settings) -> None:
    write_rules(settings, WITH_LISTS)
    keep(settings, "hagezi-nsfw")
    keep(settings, "grandmas", "bet.example\n")
    assert not REFRESH.search(parent.get("/lists").text)
    with updating(settings.lists_dir, lambda _progress: None) as note:
        note("hagezi-nsfw", Step.FETCH, 3_100_000, 9_700_000)
        page = parent.get(f"/lists?look={LOOKS}").text
    assert "Fetching: 3.1 of 9.7 MB…" in page
    assert REFRESH.findall(page) == ["/lists"]
    assert not REFRESH.search(parent.get("/lists").text)


def test_the_page_looks_for_a_keeper_that_does_not_come_only_for_a_while(
    parent: Parent, settings: Settings
) -> None:
    write_rules(settings, WITH_LISTS)
    wish(settings.lists_dir)
    looks, path = 0, "/lists"
    while (found := REFRESH.search(parent.get(path).text)) and looks < 100:
        looks, path = looks + 1, found[1]
    assert looks == LOOKS


def test_the_way_back_survives_that_the_page_comes_again(
    parent: Parent, settings: Settings
) -> None:
    write_rules(settings, RULES)
    page = parent.see("/lists/switch", key="urlhaus", back="/lists", **{"is": "on"}).text
    assert REFRESH.search(page)
    assert "Undo" in page
    page = parent.get("/lists").text
    assert "Turned on: URLhaus" in page
    assert "Undo" in page
    keep(settings, "urlhaus")
    parent.get("/lists")
    assert "Undo" not in parent.get("/lists").text


def test_records_that_cannot_be_read_are_said_so(parent: Parent, settings: Settings) -> None:
    write_rules(settings, WITH_LISTS)
    (settings.lists_dir / "grandmas.json").mkdir()
    page = parent.get("/lists").text
    assert "cannot read what it kept of its lists: HaGeZi: pages for grown-ups, grandmas." in page


def test_corrections_are_listed_with_their_notes(parent: Parent, settings: Settings) -> None:
    page = parent.get("/lists").text
    assert "None yet." in page
    write_rules(settings, RULES + "corrections: {a.example: {not: [adult, games], note: <b>}}\n")
    page = parent.get("/lists").text
    assert "a.example is not: pages for grown-ups, games" in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("path", ["/lists", "/lists/offers", "/lists/find", "/lists/one/urlhaus"])
def test_the_menu_knows_where_it_is(parent: Parent, settings: Settings, path: str) -> None:
    write_rules(settings, RULES)
    assert re.search(r'href="/lists" aria-current="page"', parent.get(path).text)


def test_nobody_else_sees_or_does_anything(
    visitor: Parent, account: object, settings: Settings
) -> None:
    write_rules(settings, RULES)
    for path in ("/lists", "/lists/offers", "/lists/find?host=a.example", "/lists/one/urlhaus"):
        assert visitor.get(path).location.startswith("/sign-in")
    visitor.get("/sign-in")
    assert visitor.post("/lists/switch", key="urlhaus", **{"is": "on"}).status_code == 403
    assert visitor.post("/lists/update").status_code == 403
    assert settings.rules_path.read_text() == RULES
    assert take_wishes(settings.lists_dir) == ()
