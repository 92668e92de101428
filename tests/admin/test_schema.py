"""The schema as the pages hand it out."""

import json

from rules.policy_schema import schema
from store.lists import load_catalog
from tests.admin.family import RULES, Parent

PATH = "/family.schema.json"


def test_everybody_gets_the_schema(visitor: Parent) -> None:
    answer = visitor.get(PATH)
    assert answer.status_code == 200
    assert answer.mimetype == "application/schema+json"
    assert json.loads(answer.data) == schema(load_catalog())


def test_a_browser_may_keep_the_schema_and_asks_whether_it_changed(visitor: Parent) -> None:
    answer = visitor.get(PATH)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = visitor.get(PATH, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_schema_holds_nothing_of_the_house(visitor: Parent) -> None:
    said = visitor.get(PATH).text
    assert "tiktok.com" in RULES
    assert "tiktok.com" not in said
    assert "younger" not in said


def test_the_rules_page_leads_to_the_schema(parent: Parent) -> None:
    page = parent.get("/rules").text
    assert f'<a href="{PATH}" download>family.schema.json</a>' in page
    assert "# yaml-language-server: $schema=family.schema.json" in page
