"""How deep a host is looked into, in words."""

from dataclasses import replace

import pytest

from rules.catalog import Catalog
from rules.decision import BUILT_IN, Decision, Reason
from rules.depth import Cause, Wish
from rules.depth_words import cause_words, look_line, seal_words, wish_line
from rules.policy import Action, Language
from rules.request import Stage

EN, VI = Language.ENGLISH, Language.VIETNAMESE
BY_NAME = Decision(
    id="1",
    action=Action.ALLOW,
    reason=Reason.DEFAULT,
    profile="child",
    device=None,
    entry=None,
    file=BUILT_IN,
    line=None,
    until=None,
    look=Stage.NAME,
    revision="abc",
)
OPENED = replace(BY_NAME, look=Stage.REQUEST)
PATH = Wish(cause=Cause.PATH, entry="a.example/x", line=9, hosts=("a.example",))
LOG = Wish(cause=Cause.LOG, entry="log: full", line=None)


def said(
    decision: Decision,
    catalog: Catalog,
    *wishes: Wish,
    scheme: str = "https",
    language: Language = EN,
) -> str:
    return look_line(decision, wishes, scheme=scheme, language=language, catalog=catalog)


def test_what_is_opened_names_every_entry_that_asks(catalog: Catalog) -> None:
    assert said(OPENED, catalog, PATH, LOG) == (
        "Opened: a.example/x wants to see which page it is (line 9); "
        "log: full wants to see which pages to write down."
    )
    assert said(OPENED, catalog, PATH, language=VI) == (
        "Có mở ra xem: a.example/x cần biết đang xem trang nào (dòng 9)."
    )
    assert said(OPENED, catalog).startswith("Opened, so that")


def test_what_its_name_decides_is_told_apart_by_the_answer(catalog: Catalog) -> None:
    assert said(BY_NAME, catalog).startswith("By its name alone")
    assert said(replace(BY_NAME, action=Action.BLOCK), catalog).startswith("Closed by its name")


@pytest.mark.parametrize("scheme", ["http", "ws"])
def test_what_is_not_encrypted_has_nothing_to_open(catalog: Catalog, scheme: str) -> None:
    assert said(OPENED, catalog, PATH, scheme=scheme).startswith("Not encrypted")


@pytest.mark.parametrize(
    ("seal", "words"),
    [
        ("bank", "Never opened: this is a bank."),
        ("help", "Never opened: this is a place where a child finds help."),
        ("device", "Never opened: decrypt: never stands at this device."),
        ("tunnel", "Never opened: tunnel: of this device names it."),
        ("passage", "Never opened: a parent has let the app through"),
    ],
)
def test_what_is_never_opened_has_its_reason(catalog: Catalog, seal: str, words: str) -> None:
    assert said(replace(BY_NAME, seal=seal), catalog).startswith(words)


def test_a_line_that_comes_to_nothing_there_is_named(catalog: Catalog) -> None:
    sealed = replace(BY_NAME, seal="pinned")
    assert said(sealed, catalog, PATH, LOG).endswith("So nothing comes of a.example/x (line 9).")
    helpful = replace(BY_NAME, seal="help")
    assert "a.example" not in said(helpful, catalog, PATH)


def test_an_entry_says_what_it_wants_in_both_languages(catalog: Catalog) -> None:
    assert wish_line(PATH, language=EN) == "a.example/x wants to see which page it is (line 9)"
    assert wish_line(LOG, language=VI) == "log: full cần biết trang nào để ghi lại"
    assert cause_words(PATH, language=EN) == "which page it is"
    assert seal_words("bank", language=VI, catalog=catalog) == "ngân hàng"
