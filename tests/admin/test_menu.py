"""The sentence buttons for one address."""

from dataclasses import replace

from flask import Flask

from admin.menu import Menu, menu
from rules.decision import Reason
from rules.facts import NOTHING_HAPPENED, Facts
from rules.policy import Action
from tests.admin.family import NOW, grant, record


def choices(
    app: Flask, address: str, facts: Facts = NOTHING_HAPPENED, reason: Reason = Reason.DEFAULT
) -> Menu | None:
    ruleset = app.extensions["porchlight"].standing().ruleset
    with app.test_request_context():
        decision = record(reason=reason).decision
        return menu(ruleset, facts, NOW, address=address, decision=decision)


def test_an_answer_that_works_is_offered(app: Flask) -> None:
    found = choices(app, "https://scratch.mit.edu/")
    assert found
    assert (found.words, found.works) == ("", True)
    assert found.sites == ("mit.edu", "scratch.mit.edu")


def test_an_answer_that_does_nothing_says_why(app: Flask) -> None:
    paused = Facts(grants=(grant(action=Action.BLOCK),))
    for found, words in (
        (choices(app, "https://pornhub.com/"), "This will not open it: never open"),
        (choices(app, "https://mit.edu/", paused), "This will not open it: closed by a parent"),
        (
            choices(app, "https://mit.edu/", paused, reason=Reason.GRANT),
            "A parent's answer does not change this.",
        ),
    ):
        assert found
        assert words in found.words
        assert not found.works


def test_nobody_and_nowhere_have_no_answers(app: Flask) -> None:
    gone = record(profile="nobody").decision
    with app.test_request_context():
        standing = app.extensions["porchlight"].standing()
        assert (
            menu(standing.ruleset, NOTHING_HAPPENED, NOW, address="a.example", decision=gone)
            is None
        )
    assert choices(app, "tcp://mit.edu/") is None


def test_where_an_address_inside_is_closed_the_answers_are_about_that(app: Flask) -> None:
    ruleset = app.extensions["porchlight"].standing().ruleset
    with app.test_request_context():
        decision = replace(record().decision, inside="scratch.mit.edu")
        found = menu(ruleset, NOTHING_HAPPENED, NOW, address="web.archive.org", decision=decision)
    assert found
    assert (found.address, found.works) == ("https://scratch.mit.edu/", True)


def test_what_is_open_by_now_is_said_and_an_answer_can_be_prolonged(app: Flask) -> None:
    by_rule = choices(app, "https://wikipedia.org/")
    assert by_rule
    assert (by_rule.words, by_rule.works) == (
        "By now it is open: allowed by “wikipedia.org”",
        False,
    )
    by_grant = choices(app, "https://mit.edu/", Facts(grants=(grant(),)))
    assert by_grant
    assert (by_grant.words, by_grant.works) == (
        "By now it is open: opened by a parent for a while",
        True,
    )
