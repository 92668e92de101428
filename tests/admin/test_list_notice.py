"""What the first page says of the lists."""

from datetime import timedelta

from flask import Flask

from store.list_faults import Fault
from store.settings import Settings
from tests.admin.family import NOW, RULES, Clock, Parent
from tests.admin.listed import WITH_LISTS, keep, refuse, write_rules

CALM = "as long as no list is on"


def test_without_lists_it_says_calmly_what_that_means(parent: Parent, settings: Settings) -> None:
    write_rules(settings, RULES)
    page = parent.get("/").text
    assert CALM in page
    assert 'href="/lists"' in page


def test_fresh_lists_are_not_talked_of(parent: Parent, settings: Settings, clock: Clock) -> None:
    write_rules(settings, WITH_LISTS)
    keep(settings, "hagezi-nsfw")
    keep(settings, "grandmas", "bet.example\n")
    clock.wind(timedelta(days=2))
    page = parent.get("/").text
    assert CALM not in page
    assert "needs a look" not in page


def test_a_list_older_than_three_times_its_every_is_named(
    parent: Parent, settings: Settings, clock: Clock
) -> None:
    write_rules(settings, WITH_LISTS)
    keep(settings, "hagezi-nsfw")
    keep(settings, "grandmas", "bet.example\n", moment=NOW + timedelta(days=2))
    clock.wind(timedelta(days=3, minutes=1))
    page = parent.get("/").text
    assert "A list needs a look" in page
    assert "Last fetched on 24 November at 16:00." in page
    assert "grandmas" not in page


def test_lists_that_fail_are_named_with_the_reason(
    app: Flask, parent: Parent, settings: Settings
) -> None:
    write_rules(settings, WITH_LISTS)
    refuse(settings, "hagezi-nsfw", Fault.WEB_PAGE)
    refuse(settings, "grandmas", Fault.NO_FILE)
    page = parent.get("/").text
    assert "2 lists need a look" in page
    assert "A web page came in its place." in page
