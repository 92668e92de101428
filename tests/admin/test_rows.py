"""A line of the log as a parent reads it."""

from dataclasses import replace

from flask import Flask

from admin.rows import Menu, address_of, days, line_link, menu, profile_name, rule_link
from rules.decision import BUILT_IN, Reason
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


def test_days_keep_the_order_of_the_log(app: Flask) -> None:
    with app.test_request_context():
        found = dict(days([record(id="A"), record(id="B")]))
    assert [row.id for row in found["Today"]] == ["A", "B"]


def test_a_path_that_was_logged_belongs_to_the_address() -> None:
    assert address_of(record("a.example", path="/b?c=d")) == "https://a.example/b?c=d"
    assert address_of(record("::1")) == "https://[::1]"


def test_only_a_line_of_the_file_is_linked(app: Flask) -> None:
    with app.test_request_context():
        assert rule_link(record().decision) == "/rules#line-13"
        assert rule_link(replace(record().decision, file=BUILT_IN, line=None)) == ""
        assert line_link(None) == ""


def test_a_profile_has_its_name_or_its_key(app: Flask) -> None:
    standing = app.extensions["porchlight"].standing()
    assert profile_name(standing, "younger") == "Younger child"
    assert profile_name(standing, "grandpa") == "grandpa"


def test_an_answer_that_works_is_offered(app: Flask) -> None:
    found = choices(app, "https://scratch.mit.edu/")
    assert found
    assert found.refusal == ""
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
        assert words in found.refusal


def test_nobody_and_nowhere_have_no_answers(app: Flask) -> None:
    gone = record(profile="nobody").decision
    with app.test_request_context():
        standing = app.extensions["porchlight"].standing()
        assert (
            menu(standing.ruleset, NOTHING_HAPPENED, NOW, address="a.example", decision=gone)
            is None
        )
    assert choices(app, "tcp://mit.edu/") is None
