"""The rules as they stand for the pages."""

from datetime import timedelta

import pytest
from flask import Flask

from admin.house import House
from rules.policy_text import revision_of
from store import policies
from tests.admin.family import RULES, Clock


@pytest.fixture
def here(app: Flask) -> House:
    found: House = app.extensions["porchlight"]
    return found


def test_a_good_file_is_in_force(here: House) -> None:
    standing = here.standing()
    assert standing.problems == ()
    assert standing.revision == standing.policy.revision == revision_of(RULES)


def test_a_changed_file_is_seen_at_once(here: House) -> None:
    here.standing()
    here.settings.rules_path.write_text(RULES.replace("Younger child", "Mai"))
    assert here.standing().policy.profiles["younger"].name == "Mai"


def test_an_unchanged_file_is_parsed_once(here: House) -> None:
    assert here.standing() is here.standing()


def test_a_broken_file_leaves_the_last_good_rules(here: House) -> None:
    here.settings.rules_path.write_text("porchlight: [")
    standing = here.standing()
    assert standing.text == "porchlight: ["
    assert standing.problems
    assert standing.policy.profiles["younger"].name == "Younger child"


def test_a_file_that_is_no_text_leaves_the_last_good_rules(here: House) -> None:
    here.settings.rules_path.write_bytes(b"\xff\xfe")
    standing = here.standing()
    assert standing.problems
    assert "younger" in standing.policy.profiles


def test_a_missing_file_leaves_the_last_good_rules(here: House) -> None:
    here.settings.rules_path.unlink()
    standing = here.standing()
    assert standing.text == ""
    assert standing.problems
    assert "younger" in standing.policy.profiles


EXPECTING = RULES.replace(
    "block: [tiktok.com]", "block: [{site: tiktok.com, until: 2026-12-20}]"
) + ("expect:\n  - {who: teen, url: tiktok.com, at: mon 12:00, is: blocked}\n")


def test_a_file_that_fails_its_own_expectations_leaves_the_last_good_rules(here: House) -> None:
    here.settings.rules_path.write_text(EXPECTING.replace("is: blocked", "is: allowed"))
    standing = here.standing()
    assert [problem.line for problem in standing.problems] == [28]
    assert standing.policy.revision == revision_of(RULES)


def test_what_was_accepted_stays_in_force_when_time_fails_its_expectations(
    here: House, clock: Clock
) -> None:
    here.settings.rules_path.write_text(EXPECTING)
    assert here.standing().problems == ()
    found = policies.read(here.settings.rules_path)
    policies.remember(here.engine, found, who="file", why="")
    clock.wind(timedelta(days=60))
    here._kept = None  # as after a restart
    standing = here.standing()
    assert standing.problems == ()
    assert standing.policy.revision == revision_of(EXPECTING)
