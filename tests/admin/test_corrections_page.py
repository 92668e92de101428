"""Wrong category? The family's word against a list."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from rules.decision import Reason
from rules.facts import Grant
from store import facts, policies
from store.settings import Settings
from tests.admin.family import RULES, Parent, grant, log, record
from tests.admin.listed import LISTS, NSFW, house_of, keep, put_in_force, write_rules

TEXT = RULES.replace("block: [tiktok.com]", "block: [tiktok.com, adult, gambling]") + LISTS
TEACH = {
    "address": "https://teach.example/lesson",
    "profile": "teen",
    "not": "adult",
    "site": "teach.example",
    "note": "a school",
}


@pytest.fixture(autouse=True)
def lists(app: Flask, settings: Settings) -> None:
    write_rules(settings, TEXT.replace("never: [adult]\n", ""))
    keep(settings, "hagezi-nsfw", NSFW + "blogs.example\n")
    keep(settings, "grandmas", "filth.example\nhttps://news.example/bets\n")
    put_in_force(app)


def wrong(parent: Parent, address: str, profile: str = "teen") -> str:
    return parent.get(f"/corrections/new?address={address}&profile={profile}").text


def test_the_form_shows_which_list_said_it_by_which_entry(parent: Parent) -> None:
    page = wrong(parent, "https://www.filth.example/a")
    assert "HaGeZi: pages for grown-ups</a> · entry: filth.example" in page
    assert "grandmas</a> · entry: filth.example" in page
    assert page.count('name="not"') == 2
    assert page.count(" checked>") == 1
    assert 'type="hidden" name="site" value="filth.example"' in page


def test_one_blog_of_many_can_be_meant(parent: Parent) -> None:
    page = wrong(parent, "anna.blogs.example")
    assert 'name="site" value="anna.blogs.example" checked' in page
    assert 'name="site" value="blogs.example">' in page


def test_a_page_that_is_listed_names_its_site(parent: Parent) -> None:
    page = wrong(parent, "https://news.example/bets")
    assert "entry: single pages" in page
    assert 'name="not" value="gambling" checked' in page


def test_a_site_of_which_nobody_says_anything_has_no_form(parent: Parent) -> None:
    page = wrong(parent, "nothing.example")
    assert "No list that is on names it" in page
    assert 'name="not"' not in page


@pytest.mark.parametrize("address", ["", "192.168.1.1", "a b"])
def test_what_has_no_name_cannot_be_corrected(parent: Parent, address: str) -> None:
    page = wrong(parent, address)
    assert "This is not an address of the web." in page
    assert 'name="not"' not in page


def test_a_correction_opens_the_site_and_is_a_line_of_the_rules(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    before = settings.rules_path.read_text()
    page = parent.see("/corrections", **TEACH).text
    said = "Corrected: teach.example is not: pages for grown-ups. It is open for Teen now."
    assert said in page
    added = "corrections:\n  teach.example: {not: [adult], note: a school}\n"
    assert settings.rules_path.read_text() == before + added
    newest, older = policies.history(sqlite_engine, 2)
    assert f'action="/rules/history/{older.revision}/restore"' in page
    parent.post(f"/rules/history/{older.revision}/restore", base=newest.revision)
    assert settings.rules_path.read_text() == before


def test_the_next_page_has_a_note_to_copy_and_where_to_send_it(parent: Parent) -> None:
    page = parent.see("/corrections", **TEACH).text
    assert "Wrong entry: teach.example" in page
    assert "What it is instead: a school" in page
    assert 'href="https://github.com/hagezi/dns-blocklists/issues"' in page
    assert "Porchlight sends nothing." in page


def test_what_another_rule_closes_stays_closed_and_is_said(
    parent: Parent, settings: Settings
) -> None:
    form = TEACH | {"address": "filth.example", "site": "filth.example"}
    page = parent.see("/corrections", **form).text
    assert "It stays closed for Teen all the same: " in page
    assert "filth.example: {not: [adult]" in settings.rules_path.read_text()
    page = parent.see("/corrections", **TEACH | {"profile": "younger"}).text
    assert "It stays closed for Younger child all the same: " in page


def test_without_a_profile_nothing_is_promised(parent: Parent) -> None:
    page = parent.see("/corrections", **TEACH | {"profile": ""}).text
    assert "It is now a line of the rules." in page


def test_the_second_click_finds_it_done(parent: Parent, settings: Settings) -> None:
    parent.post("/corrections", **TEACH)
    text = settings.rules_path.read_text()
    page = parent.see("/corrections", **TEACH).text
    assert "The rules say so already." in page
    assert "Wrong entry: teach.example" in page
    assert settings.rules_path.read_text() == text


@pytest.mark.parametrize(
    "change",
    [
        {"not": "games"},
        {"site": "example"},
        {"site": "other.example"},
        {"address": ""},
        {"address": "nothing.example"},
    ],
)
def test_a_form_that_these_pages_never_made_does_nothing(
    parent: Parent, settings: Settings, change: dict[str, str]
) -> None:
    text = settings.rules_path.read_text()
    assert parent.post("/corrections", **TEACH | change).status_code == 400
    assert settings.rules_path.read_text() == text


def test_who_ticks_nothing_is_asked_to_and_keeps_their_words(
    parent: Parent, settings: Settings
) -> None:
    form = {key: value for key, value in TEACH.items() if key != "not"}
    page = parent.see("/corrections", **form).text
    assert "Tick what the site is not." in page
    assert 'value="a school"' in page
    assert "corrections" not in settings.rules_path.read_text()


def test_a_broken_file_takes_no_correction(parent: Parent, settings: Settings) -> None:
    settings.rules_path.write_text("profiles: [")
    answer = parent.see("/corrections", **TEACH)
    assert answer.status_code == 400
    assert settings.rules_path.read_text() == "profiles: ["


def test_a_correction_can_be_taken_back(parent: Parent, settings: Settings) -> None:
    before = settings.rules_path.read_text()
    parent.post("/corrections", **TEACH)
    page = parent.see("/corrections/teach.example/take-back").text
    assert "Took the correction of teach.example back." in page
    assert settings.rules_path.read_text() == before + "corrections:\n"
    assert "That was over already." in parent.see("/corrections/teach.example/take-back").text
    assert parent.get("/corrections/teach.example").status_code == 404


def listed(host: str, reason: Reason = Reason.CATEGORY, **more: object) -> dict[str, object]:
    return {
        "host": host,
        "reason": reason,
        "category": "adult",
        "listed": host,
        "source": "hagezi-nsfw",
        "profile": "teen",
        "line": None,
        "file": "built-in",
    } | more


def test_a_line_of_the_log_that_a_list_decided_leads_here(
    parent: Parent, sqlite_engine: Engine
) -> None:
    log(
        sqlite_engine,
        record(**listed("teach.example"), id="7Q2MZK4T9BX1"),  # type: ignore[arg-type]
        record(**listed("pornhub.com", Reason.NEVER), id="7Q2MZK4T9BX2"),  # type: ignore[arg-type]
        record("scratch.mit.edu", id="7Q2MZK4T9BX3"),
        record(**listed("1.2.3.4", category="bare-address"), id="7Q2MZK4T9BX4"),  # type: ignore[arg-type]
    )
    page = parent.get("/activity").text
    link = 'href="/corrections/new?address=https://{}&amp;profile=teen"'
    assert link.format("teach.example") in page
    assert link.format("pornhub.com") in page
    assert page.count("/corrections/new") == 2
    assert link.format("teach.example/") in parent.get("/activity/7Q2MZK4T9BX1").text
    assert "/corrections/new" not in parent.get("/activity/7Q2MZK4T9BX3").text


def test_the_why_page_leads_here_where_a_list_decides_now(parent: Parent) -> None:
    page = parent.get("/explain?address=teach.example&profile=teen").text
    assert 'href="/corrections/new?address=https://teach.example/&amp;profile=teen"' in page
    assert "/corrections/new" not in parent.get("/explain?address=a.example&profile=teen").text


def test_a_name_that_was_read_for_what_it_is_not_can_be_corrected(
    parent: Parent, settings: Settings
) -> None:
    text = settings.rules_path.read_text()
    write_rules(settings, text.replace("name: Teen", "name: Teen\n    read_names: on"))
    page = wrong(parent, "www.casino-evening.example")
    assert "its own name says so: casino." in page
    assert 'name="not" value="gambling" checked' in page
    form = {"address": "www.casino-evening.example", "site": "casino-evening.example"}
    page = parent.see("/corrections", **TEACH | form | {"not": "gambling"}).text
    assert "It is open for Teen now." in page
    assert "there is nobody to tell" in page


def test_a_site_that_a_parent_opened_can_be_corrected_all_the_same(
    app: Flask, parent: Parent, sqlite_engine: Engine
) -> None:
    opened: Grant = grant(site="teach.example", profile="teen")
    facts.add_grant(sqlite_engine, opened)
    assert 'name="not" value="adult"' in wrong(parent, "teach.example")
    assert house_of(app).standing().problems == ()
