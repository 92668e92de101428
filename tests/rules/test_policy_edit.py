"""One entry more in the text, everything else byte for byte."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalog import Catalog
from rules.policy import Action
from rules.policy_edit import add_entry
from rules.policy_text import parse

KID = "porchlight: 1\ntimezone: UTC\nprofiles:\n  kid:\n    name: Kid # c\n"
ADDRESSES = [
    "new.com",
    "*.io",
    "=new.com",
    "a.com/x?v=1&w=2",
    "/a{1,2}#b: c/",
    "[2001:db8::1]",
    "games",
]


def allow(text: str, address: str = "new.com", note: str = "") -> str:
    return add_entry(text, profile="kid", action=Action.ALLOW, address=address, note=note)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "    allow:\n      - a.com # 1\n      # 2\n      - b.com   # 3\n    # 4\n    log: full\n",
            "    allow:\n      - a.com # 1\n      # 2\n      - b.com   # 3\n      - new.com\n    # 4\n    log: full\n",
        ),
        ("    allow:\n    - a.com\n", "    allow:\n    - a.com\n    - new.com\n"),
        ("    allow:\n      - a.com", "    allow:\n      - a.com\n      - new.com"),
        ("    allow: [a.com, b.com]  # c\n", "    allow: [a.com, b.com, new.com]  # c\n"),
        ("    allow: [a.com,]\n", "    allow: [a.com, new.com,]\n"),
        ("    allow: [ # c\n      a.com # d\n      ]\n", "    allow: [ # c\n      a.com, new.com # d\n      ]\n"),
        ("    allow: [] # c\n", "    allow: [new.com] # c\n"),
        ("    allow: # c\n    log: full\n", "    allow: # c\n      - new.com\n    log: full\n"),
        ("    allow: null # c\n", "    allow: [new.com] # c\n"),
        ("    log: full\n# end\n", "    log: full\n    allow:\n      - new.com\n# end\n"),
        ("", "    allow:\n      - new.com\n"),
        (
            "    allow:\n      - site: a.com\n        note: |\n          x\n          y\n    log: full\n",
            "    allow:\n      - site: a.com\n        note: |\n          x\n          y\n      - new.com\n    log: full\n",
        ),
    ],
)  # fmt: skip
def test_an_entry_is_added_in_the_style_of_its_list(before: str, after: str) -> None:
    assert allow(KID + before) == KID + after


def test_a_note_makes_the_long_form() -> None:
    assert allow(KID + "    allow:\n      - a.com\n", note="ends: soon").endswith(
        '      - a.com\n      - site: new.com\n        note: "ends: soon"\n'
    )
    assert allow(KID + "    allow: [a.com]\n", note="ok").endswith(
        "[a.com, {site: new.com, note: ok}]\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "everyone:\n  allow:\n    - new.com\n"),
        ("everyone:\n", "everyone:\n  allow:\n    - new.com\n"),
        ("everyone: {}\n", "everyone: {allow: [new.com]}\n"),
        ("everyone: {block: [a.com]}\n", "everyone: {block: [a.com], allow: [new.com]}\n"),
        ("everyone: ~\n", "everyone: {allow: [new.com]}\n"),
        ("everyone:\n  block: [a.com]\n", "everyone:\n  block: [a.com]\n  allow:\n    - new.com\n"),
    ],
)
def test_everyone_gets_an_entry_whatever_is_there(before: str, after: str) -> None:
    edited = add_entry(KID + before, profile=None, action=Action.ALLOW, address="new.com")
    assert edited == KID + after


def test_the_unknown_profile_is_made_if_it_is_missing() -> None:
    edited = add_entry(KID, profile="unknown", action=Action.BLOCK, address="new.com")
    assert edited == KID + "  unknown:\n    block:\n      - new.com\n"


@pytest.mark.parametrize("kid", ["{}", "", "{name: Kid}"])
def test_a_file_in_one_line_can_be_edited(kid: str, catalog: Catalog) -> None:
    text = f"{{porchlight: 1, timezone: UTC, profiles: {{kid: {kid}}}}}"
    policy = parse(allow(text), file="f", catalog=catalog)
    assert [entry.line for entry in policy.profiles["kid"].allow] == [1]


def test_line_ends_stay_what_they_are() -> None:
    text = (KID + "    allow:\n      - a.com\n").replace("\n", "\r\n")
    assert allow(text) == text + "      - new.com\r\n"


def test_a_byte_order_mark_stays() -> None:
    assert allow("\ufeff" + KID) == "\ufeff" + KID + "    allow:\n      - new.com\n"


@pytest.mark.parametrize(
    "there",
    ["new.com", "NEW.com/", "{site: new.com, note: why}"],
)
def test_what_is_there_already_is_not_added_again(there: str) -> None:
    text = f"{KID}    allow: [{there}] # c\n"
    assert allow(text, note="another") == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    block:\n      - new.com # x\n      - b.com\n", "    block:\n      - b.com\n"),
        ("    block: [new.com, b.com]\n", "    block: [b.com]\n"),
        ("    block: [b.com, new.com]\n", "    block: [b.com]\n"),
        ("    block: [new.com]\n", "    block: []\n"),
        ("    block: [new.com,]\n", "    block: []\n"),
        ("    block: [b.com, # c\n      new.com]\n", "    block: [b.com, # c\n      ]\n"),
        ("    block:\n      - new.com\n", "    block:\n"),
        (
            "    block:\n      - site: new.com\n        note: why\n      - b.com # c\n",
            "    block:\n      - b.com # c\n",
        ),
        ("    block: [new.com, b.com, New.com]\n", "    block: [b.com]\n"),
    ],
)
def test_the_opposite_entry_goes(before: str, after: str) -> None:
    assert allow(KID + before) == f"{KID}{after}    allow:\n      - new.com\n"


@pytest.mark.parametrize(
    "other", ["{site: new.com, until: 2027-01-01}", "www.new.com", "new.com/x"]
)
def test_an_opposite_entry_that_says_something_else_stays(other: str) -> None:
    text = f"{KID}    block: [{other}]\n"
    assert allow(text) == text + "    allow:\n      - new.com\n"


def test_another_profiles_entry_stays() -> None:
    text = KID + "    allow: []\n  teen:\n    block: [new.com]\n"
    assert "block: [new.com]" in allow(text)


@pytest.mark.parametrize(
    ("text", "profile", "address"),
    [
        (KID, "nobody", "new.com"),
        (KID, "kid", "https://new.com"),
        (KID + "    allow: 5\n", "kid", "new.com"),
        (KID + "    allow: {a: b}\n", "kid", "new.com"),
        (KID + "    allow: [a.com\n", "kid", "new.com"),
        (KID + "    block:\n      -\n        new.com\n", "kid", "new.com"),
        (KID + "    allow:\n      a: b\n", "kid", "new.com"),
        (KID + "    block: 5\n", "kid", "new.com"),
        (KID.replace("name: Kid", "- a"), "kid", "new.com"),
        ("porchlight: 1\nprofiles: {kid: [a]}\n", "kid", "new.com"),
        ("porchlight: 1\nprofiles: {kid: 5}\n", "kid", "new.com"),
        ("", "kid", "new.com"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(text: str, profile: str, address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        add_entry(text, profile=profile, action=Action.ALLOW, address=address)


def test_a_note_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="safely"):
        allow(KID, note="a\x00b")


LAYOUTS = [
    "",
    "    allow:\n",
    "    allow: []\n",
    "    allow: [a.com, 'b.com']\n",
    "    allow:\n      - a.com\n      # c\n",
    "    allow:\n    - {site: a.com}\n    log: full\n",
]


@given(
    layout=st.sampled_from(LAYOUTS),
    address=st.sampled_from(ADDRESSES),
    note=st.text(st.characters(min_codepoint=32, max_codepoint=126)),
)
def test_the_edited_file_says_the_entry_and_keeps_its_lines(
    layout: str, address: str, note: str, catalog: Catalog
) -> None:
    text = KID + layout + "# end\n"
    edited = allow(text, address, note)
    before = parse(text, file="f", catalog=catalog).profiles["kid"]
    after = parse(edited, file="f", catalog=catalog).profiles["kid"]
    assert len(after.allow) == len(before.allow) + 1
    assert after.allow[-1].note == note
    assert allow(edited, address, note) == edited
    kept = [line for line in text.splitlines() if line in edited.splitlines()]
    assert len(kept) >= len(text.splitlines()) - 1


@settings(max_examples=200)
@given(
    start=st.integers(0, 120),
    length=st.integers(0, 12),
    piece=st.text("\n -[]{}:,#'\"akbl~|x"),
    layout=st.sampled_from(LAYOUTS),
)
def test_any_text_is_edited_or_refused(start: int, length: int, piece: str, layout: str) -> None:
    text = KID + layout + "    block: [new.com, b.com]\n"
    text = text[:start] + piece + text[start + length :]
    with contextlib.suppress(ValueError):
        assert "new.com" in allow(text)
