"""The lists as the pages have them."""

import pytest
from flask import Flask, g

from admin.house import Standing
from admin.list_lines import (
    ListLine,
    list_lines,
    offer_groups,
    own_lists_off,
    recommended,
    statuses,
    written,
)
from rules.policy import Language
from store.list_faults import Fault
from store.list_progress import Step, updating
from store.list_status import State
from store.settings import Settings
from tests.admin.family import RULES
from tests.admin.listed import WITH_LISTS, house_of, keep, put_in_force, refuse, write_rules


@pytest.fixture
def standing(app: Flask, settings: Settings) -> Standing:
    write_rules(settings, WITH_LISTS)
    return house_of(app).standing()


def lines(app: Flask) -> dict[str, ListLine]:
    here = house_of(app)
    standing = here.standing()
    with app.test_request_context():
        g.language = Language.ENGLISH
        found = list_lines(here, standing, statuses(here, standing))
    return {line.key: line for line in found}


def test_a_list_shows_what_it_holds_and_whether_it_is_in_force(
    app: Flask, settings: Settings, standing: Standing
) -> None:
    before = lines(app)["hagezi-nsfw"]
    assert (before.state, before.sites, before.is_in_force) == (
        State.WAITING,
        "About 93,600 sites",
        False,
    )
    keep(settings, "hagezi-nsfw")
    assert not lines(app)["hagezi-nsfw"].is_in_force
    put_in_force(app)
    after = lines(app)["hagezi-nsfw"]
    assert (after.title, after.category) == (
        "HaGeZi: pages for grown-ups",
        "pages for grown-ups",
    )
    assert (after.state, after.sites, after.is_in_force) == (State.FRESH, "3 sites", True)
    assert lines(app)["grandmas"].sites == ""


def test_a_list_that_shrank_can_be_taken_all_the_same(
    app: Flask, settings: Settings, standing: Standing
) -> None:
    refuse(settings, "hagezi-nsfw", Fault.SHRUNK, "1 < 9")
    refuse(settings, "grandmas", Fault.NO_FILE)
    found = lines(app)
    assert found["hagezi-nsfw"].has_shrunk
    assert not found["grandmas"].has_shrunk
    assert found["grandmas"].problem.startswith("There is no such file")


def test_progress_stands_at_the_list_that_is_worked_on(
    app: Flask, settings: Settings, standing: Standing
) -> None:
    with updating(settings.lists_dir, lambda _progress: None) as note:
        note("grandmas", Step.READ, 0, None)
        found = lines(app)
    assert (found["grandmas"].progress, found["hagezi-nsfw"].progress) == (
        "Reading it through…",
        "",
    )


def test_records_that_cannot_be_read_leave_the_pages_up(
    app: Flask, settings: Settings, standing: Standing
) -> None:
    (settings.lists_dir / "grandmas.json").mkdir()
    assert statuses(house_of(app), standing) == ()


def test_offers_stand_under_their_categories(app: Flask, standing: Standing) -> None:
    with app.test_request_context():
        g.language = Language.ENGLISH
        groups = offer_groups(house_of(app), standing)
    first = groups[0]
    assert (first.title, first.on) == ("pages for grown-ups", 1)
    hostsvn = next(one for one in first.offers if one.key == "hostsvn-adult")
    assert (hostsvn.countries, hostsvn.is_recommended, hostsvn.is_on) == ("Vietnam", True, False)
    assert sum(len(group.offers) for group in groups) == len(house_of(app).catalog.offers)


def keys(app: Flask, settings: Settings, text: str) -> set[str]:
    write_rules(settings, text)
    here = house_of(app)
    return {offer.key for offer in recommended(here, here.standing())}


def test_what_is_recommended_is_for_this_country_and_not_yet_decided(
    app: Flask, settings: Settings
) -> None:
    here = keys(app, settings, RULES)
    abroad = keys(app, settings, RULES.replace("country: VN", "country: NO"))
    assert {"hagezi-nsfw", "hostsvn-adult"} <= here
    assert "hagezi-tif" not in here
    assert here - abroad == {
        offer.key
        for offer in house_of(app).catalog.offers.values()
        if offer.countries and offer.is_recommended
    }
    decided = RULES + "lists: {hagezi-nsfw: on, hagezi-light: off}\n"
    assert here - keys(app, settings, decided) == {"hagezi-nsfw", "hagezi-light"}


def test_the_family_s_own_lists_that_are_off_are_not_forgotten(
    app: Flask, settings: Settings
) -> None:
    own = "lists: {urlhaus: off, a: {file: a.txt, is: off}, b: {file: b.txt}}\n"
    write_rules(settings, RULES + own)
    here = house_of(app)
    assert own_lists_off(here, here.standing()) == ["a"]
    assert written(here.standing()) == ("urlhaus", "a", "b")


def test_a_broken_rule_file_names_no_list(app: Flask, settings: Settings) -> None:
    write_rules(settings, "lists: [")
    assert written(house_of(app).standing()) == ()
