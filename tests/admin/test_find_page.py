"""Which lists name a site."""

import pytest
from flask import Flask

from admin.find_page import host_of
from store.settings import Settings
from tests.admin.family import Parent
from tests.admin.listed import WITH_LISTS, keep, put_in_force, write_rules

CORRECTED = WITH_LISTS + "corrections: {teach.example: {not: [adult], note: a school}}\n"


@pytest.fixture(autouse=True)
def lists(app: Flask, settings: Settings) -> None:
    write_rules(settings, CORRECTED)
    keep(settings, "hagezi-nsfw")
    keep(settings, "grandmas", "filth.example\nhttps://blog.example/bets\n")
    put_in_force(app)


def find(parent: Parent, host: str) -> str:
    return parent.get(f"/lists/find?host={host}").text


def test_each_list_that_names_the_site_is_shown_with_its_entry(parent: Parent) -> None:
    page = find(parent, "https://WWW.filth.example/a?b")
    assert '<h2 class="words">www.filth.example</h2>' in page
    assert 'href="/lists/one/hagezi-nsfw"' in page
    assert 'href="/lists/one/grandmas"' in page
    assert page.count("entry: filth.example") == 2
    assert "Not obeyed" not in page
    assert 'href="/corrections/new?address=www.filth.example"' in page


def test_a_correction_that_applies_is_shown_with_its_words(parent: Parent) -> None:
    page = find(parent, "www.teach.example")
    assert "Not obeyed" in page
    assert "your correction: a school" in page
    assert "/corrections/new" not in page
    page = find(parent, "eventbrite.com")
    assert "Not obeyed" not in page  # ours is about dating, and this list says adult


def test_single_pages_and_what_the_guard_keeps_open_are_said(parent: Parent) -> None:
    assert "entry: single pages" in find(parent, "blog.example")
    assert "No list may close this site" in find(parent, "sexetc.org")


def test_our_own_set_is_asked_too(parent: Parent) -> None:
    assert "Porchlight&#39;s own set" in find(parent, "pornhub.com")


def test_a_site_that_nobody_names_is_said_so(parent: Parent) -> None:
    assert "No list that is on names it" in find(parent, "nothing.example")


@pytest.mark.parametrize("host", ["192.168.1.1", "a b", "http://"])
def test_what_is_no_name_is_said_so(parent: Parent, host: str) -> None:
    page = find(parent, host)
    assert "This is not an address of the web." in page
    assert f'value="{host}"' in page


def test_an_empty_question_is_no_mistake(parent: Parent) -> None:
    assert "This is not an address" not in find(parent, "")


@pytest.mark.parametrize(
    ("text", "host"), [("Example.COM", "example.com"), ("", ""), ("[::1]", ""), ("1.2.3.4", "")]
)
def test_a_host_is_found_in_what_people_type(text: str, host: str) -> None:
    assert host_of(text) == host
