"""The pages as one application."""

import re

from flask import Flask

from tests.admin.family import NAME, Parent

PUBLIC = {
    "/static/<path:filename>",
    "/language",
    "/sign-in",
    "/setup",
    "/porchlight-ca-cert.pem",
    "/family.schema.json",
}


def test_all_but_the_doors_are_for_parents_only(app: Flask, account: object) -> None:
    client = app.test_client()
    paths = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert len(paths) > 10
    for path in paths - PUBLIC:
        answer = client.get(re.sub("<.*?>", "x", path))
        assert answer.status_code == 302, path
        assert answer.location.startswith("/sign-in"), path


def test_the_frame_tells_a_stranger_nothing_of_the_house(app: Flask, account: object) -> None:
    page = app.test_client().get("/sign-in").text
    assert f">{NAME}<" not in page
    assert 'class="light' not in page
    assert "<nav" not in page


def test_the_frame_says_how_the_filter_does_and_where_one_is(parent: Parent) -> None:
    page = parent.get("/rules").text
    assert '<a class="light silent" href="/">Not working</a>' in page
    assert page.count('aria-current="page"') == 1
    assert 'href="/rules" aria-current="page"' in page


def test_the_style_is_kept_by_browsers_and_comes_from_here(parent: Parent) -> None:
    with parent.client.get("/static/style.css") as answer:
        assert answer.mimetype == "text/css"
        assert "no-store" not in answer.headers.get("Cache-Control", "")
        assert b"://" not in answer.data
