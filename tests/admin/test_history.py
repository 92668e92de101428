"""The rule file's earlier texts."""

import pytest
from sqlalchemy import Engine

from rules.policy_text import revision_of
from store import policies
from store.settings import Settings
from tests.admin.family import RULES, Parent

BASE = revision_of(RULES)
NEWER = RULES.replace("tiktok.com", "example.com")


@pytest.fixture
def edited(parent: Parent) -> Parent:
    parent.post("/rules", do="save", text=NEWER, base=BASE, why="<b>exams</b>")
    return parent


def test_the_list_says_who_when_and_why(edited: Parent) -> None:
    page = edited.get("/rules/history").text
    assert "&lt;b&gt;exams&lt;/b&gt;" in page
    assert "Lan" in page
    assert "Found in the file, not written here" in page
    assert f"/rules/history/{BASE}" in page


def test_an_old_text_is_shown_with_what_going_back_would_change(edited: Parent) -> None:
    page = edited.get(f"/rules/history/{BASE}").text
    assert "<code>-     block: [example.com]</code>" in page
    assert "<code>+     block: [tiktok.com]</code>" in page


def test_the_text_of_now_has_nothing_to_go_back_to(edited: Parent) -> None:
    page = edited.get(f"/rules/history/{revision_of(NEWER)}").text
    assert "This is the text of now." in page
    assert "/restore" not in page


def test_going_back_saves_the_old_text_as_the_newest(
    edited: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    answer = edited.post(f"/rules/history/{BASE}/restore", base=revision_of(NEWER))
    assert answer.location == f"/rules/saved/{BASE}"
    assert settings.rules_path.read_text() == RULES
    assert [one.revision for one in policies.history(sqlite_engine)] == [
        BASE,
        revision_of(NEWER),
        BASE,
    ]


def test_undo_of_the_last_change_is_one_click(edited: Parent) -> None:
    page = edited.get("/rules/history").text
    assert f'action="/rules/history/{BASE}/restore"' in page
    assert "Undo the last change" in page


def test_the_second_click_is_harmless(
    edited: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    for _ in range(2):
        answer = edited.post(f"/rules/history/{BASE}/restore", base=revision_of(NEWER))
        assert answer.status_code == 302
    assert settings.rules_path.read_text() == RULES
    assert len(policies.history(sqlite_engine)) == 3


def test_a_stale_page_undoes_nothing(edited: Parent, settings: Settings) -> None:
    third = RULES.replace("Younger child", "Mai")
    settings.rules_path.write_text(third)
    answer = edited.see(f"/rules/history/{BASE}/restore", base=revision_of(NEWER))
    assert "Nothing was undone." in answer.text
    assert settings.rules_path.read_text() == third


def test_an_unknown_revision_is_not_found(edited: Parent) -> None:
    assert edited.get("/rules/history/ffffffffffff").status_code == 404
    assert edited.post("/rules/history/ffffffffffff/restore", base=BASE).status_code == 404
