"""A line of the log as a parent reads it."""

from dataclasses import replace

from flask import Flask

from admin.rows import address_of, days, line_link, profile_name, rule_link, wrong_link
from rules.decision import BUILT_IN
from rules.shapes import ITS_SHAPE
from tests.admin.family import record


def test_days_keep_the_order_of_the_log(app: Flask) -> None:
    with app.test_request_context():
        found = dict(days([record(id="A"), record(id="B")]))
    assert [row.id for row in found["Today"]] == ["A", "B"]


def test_a_path_that_was_logged_belongs_to_the_address() -> None:
    assert address_of(record("a.example", path="/b?c=d")) == "https://a.example/b?c=d"
    assert address_of(record("::1")) == "https://[::1]"
    assert address_of(replace(record("a.example"), scheme="tcp")) == "https://a.example"


def test_only_what_a_list_says_of_a_name_can_be_wrong(app: Flask) -> None:
    decided = replace(record().decision, category="dns-bypass", source="a-list")
    with app.test_request_context():
        assert "address=a.example" in wrong_link(decided, "a.example")
        assert "address=b.example" in wrong_link(replace(decided, inside="b.example"), "a.example")
        for unnamed in (
            replace(decided, source=ITS_SHAPE),
            replace(decided, category="bare-address"),
            replace(decided, category=None),
        ):
            assert wrong_link(unnamed, "a.example") == ""


def test_only_a_line_of_the_file_is_linked(app: Flask) -> None:
    with app.test_request_context():
        assert rule_link(record().decision) == "/rules#line-13"
        assert rule_link(replace(record().decision, file=BUILT_IN, line=None)) == ""
        assert line_link(None) == ""


def test_a_profile_has_its_name_or_its_key(app: Flask) -> None:
    standing = app.extensions["porchlight"].standing()
    assert profile_name(standing, "younger") == "Younger child"
    assert profile_name(standing, "grandpa") == "grandpa"
