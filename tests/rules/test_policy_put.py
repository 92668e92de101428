"""One value of the rule file set, and nothing else touched."""

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.policy_put import add_list, correct, put, remove_list, switch_list, take_back
from rules.subscription import Correction
from rules.yaml_text import compose, plain

HEAD = "porchlight: 1   # the format\ntimezone: UTC\n"
TEXTS = [
    HEAD,
    HEAD.rstrip("\n"),
    HEAD + "lists:\n",
    HEAD + "lists:   # ours\n\n# a word on profiles\nprofiles: {}\n",
    HEAD + "lists: {}\nnever: [adult]\n",
    HEAD + "lists: {one: on}   # a word\nnever: [adult]\n",
    HEAD + "lists:\n  one: on    # the first\n  # a word after it\nnever: [adult]\n",
    HEAD + "lists:\n    one: {file: o.txt}\n    two:\n      file: t.txt  # mine\n\nnever: []\n",
    HEAD + "never: [adult]\r\nlists:\r\n  one: on\r\n",
    HEAD + "lists: ~\n",
]
NOT_ADULT = Correction(host="a.example", topics=frozenset({"adult"}), line=0)


@pytest.mark.parametrize("text", TEXTS)
def test_a_list_is_turned_on_and_nothing_else_changes(text: str) -> None:
    edited = switch_list(text, "hagezi-nsfw", is_on=True)
    assert plain(compose(edited))["lists"]["hagezi-nsfw"] == "on"
    only_added(text, edited)


@pytest.mark.parametrize("text", TEXTS)
def test_turning_off_and_on_again_gives_the_same_text(text: str) -> None:
    on = switch_list(text, "bets", is_on=True)
    off = switch_list(on, "bets", is_on=False)
    assert plain(compose(off))["lists"]["bets"] == "off"
    assert switch_list(off, "bets", is_on=True) == on
    assert switch_list(on, "bets", is_on=True) == on


def test_an_own_list_keeps_its_address_when_it_is_turned_off() -> None:
    edited = switch_list(TEXTS[7], "two", is_on=False)
    assert plain(compose(edited))["lists"]["two"] == {"file": "t.txt", "is": "off"}
    only_added(TEXTS[7], edited)
    edited = switch_list(TEXTS[7], "one", is_on=False)
    assert plain(compose(edited))["lists"]["one"] == {"file": "o.txt", "is": "off"}


@pytest.mark.parametrize("text", TEXTS)
def test_an_own_list_is_added(text: str) -> None:
    described = {"url": "https://a.example/l.txt?a=b#c", "category": "adult", "every": "1d"}
    edited = add_list(text, "mine", described)
    assert plain(compose(edited))["lists"]["mine"] == described
    only_added(text, edited)


@pytest.mark.parametrize("text", TEXTS)
def test_a_correction_is_written(text: str) -> None:
    said = Correction(
        host="sexetc.org", topics=frozenset({"adult"}), line=0, note="dạy: con, [nhé]"
    )
    edited = correct(text, said)
    found = plain(compose(edited))["corrections"]
    assert found == {"sexetc.org": {"not": ["adult"], "note": "dạy: con, [nhé]"}}
    only_added(text, edited)


def test_a_correction_is_added_to_the_one_that_is_there() -> None:
    text = HEAD + "corrections:\n  a.example: {not: [social], note: mine}  # a word\nnever: []\n"
    edited = correct(text, NOT_ADULT)
    found = plain(compose(edited))["corrections"]["a.example"]
    assert found == {"not": ["social", "adult"], "note": "mine"}
    assert "# a word\nnever: []\n" in edited
    text = HEAD + "corrections:\n  a.example:   # why\n    not: [social]  # a word\nnever: []\n"
    edited = correct(text, NOT_ADULT)
    assert edited == text.replace("[social]", "[social, adult]")


@pytest.mark.parametrize(
    ("items", "corrected"),
    [
        (
            "\n      - social  # one\n      # two\n",
            "\n      - social  # one\n      - adult\n      # two\n",
        ),
        (" [\n    social,  # one\n    ]  # two\n", " [\n    social, adult,  # one\n    ]  # two\n"),
        (" []  # none\n", " [adult]  # none\n"),
    ],
)
def test_a_name_is_added_without_touching_what_is_said_of_the_others(
    items: str, corrected: str
) -> None:
    head = HEAD + "corrections:\n  A.example:\n    not:"
    edited = correct(head + items, NOT_ADULT)
    assert edited == head + corrected


def test_a_note_over_several_lines_is_not_overwritten() -> None:
    text = HEAD + "corrections:\n  a.example:\n    not: [adult]\n    note: my\n      own\n"
    with pytest.raises(ValueError, match="safely"):
        correct(text, Correction(host="a.example", topics=frozenset({"adult"}), line=0, note="x"))


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_taken_back_leaves_the_text_that_was_there(text: str) -> None:
    first = correct(text, Correction(host="b.example", topics=frozenset({"social"}), line=0))
    # a line that the text's last one has come to end with stays ended
    assert take_back(correct(first, NOT_ADULT), "a.example").rstrip() == first.rstrip()
    assert take_back(first, "a.example") == first
    edited = take_back(first, "b.example")
    assert not plain(compose(edited))["corrections"]
    only_added(edited, first)


BACK = HEAD + "corrections:  # ours\n"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            BACK + "  # of a\n  a.example: {not: [adult]}  # why\n  # the end\nnever: []\n",
            BACK + "  # of a\n  # the end\nnever: []\n",
        ),
        (
            BACK
            + "  A.example:\n    # why\n    not:\n      - adult\n    note: |\n      my\n\n      own\n  b.example: {not: [x]}\n",
            BACK + "  b.example: {not: [x]}\n",
        ),
        (
            BACK + "  b.example: {not: [x]}\r\n  a.example: {not: [\r\n    adult]}\r\n\r\n# end",
            BACK + "  b.example: {not: [x]}\r\n\r\n# end",
        ),
        (
            HEAD + "corrections: {b.example: {not: [x]}, a.example: {not: [adult]}}  # why\n",
            HEAD + "corrections: {b.example: {not: [x]}}  # why\n",
        ),
        (
            HEAD + "corrections: {a.example: {not: [adult]}, b.example: {not: [x]}}  # why\n",
            HEAD + "corrections: {b.example: {not: [x]}}  # why\n",
        ),
        (
            HEAD + "corrections: {a.example: {not: [adult]}}  # why\n",
            HEAD + "corrections: {}  # why\n",
        ),
    ],
)
def test_taking_back_removes_the_correction_s_lines_only(text: str, left: str) -> None:
    assert take_back(text, "a.example") == left


def test_what_cannot_be_taken_back_safely_is_left_alone() -> None:
    with pytest.raises(ValueError, match="safely"):
        take_back(HEAD + "corrections:\n  ? a.example\n  : {not: [adult]}\n", "a.example")


def test_an_own_list_is_removed() -> None:
    edited = remove_list(TEXTS[7], "two")
    assert edited == TEXTS[7].replace("    two:\n      file: t.txt  # mine\n", "")
    assert remove_list(edited, "two") == edited


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "corrections:\n  a.example:\n    not:\n      social: yes\n",
        HEAD + "corrections: [a]\n",
        HEAD + "corrections: text\n",
    ],
)
def test_what_cannot_be_edited_safely_is_left_alone(text: str) -> None:
    with pytest.raises(ValueError, match="safely"):
        correct(text, NOT_ADULT)


VALUES = st.text(min_size=1, max_size=12).filter(
    lambda text: text.isprintable() and not text.isspace()
)


@given(st.sampled_from(TEXTS), VALUES, st.lists(VALUES, max_size=3))
def test_any_words_read_back_as_they_were(text: str, note: str, names: list[str]) -> None:
    edited = put(text, ("corrections", "a.example"), {"not": names, "note": note})
    assert plain(compose(edited))["corrections"]["a.example"] == {"not": names, "note": note}


def only_added(before: str, after: str) -> None:
    """Every piece of the old text stands in the new, but a value that stood for nothing."""
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    gone = "".join(before[start:end] for kind, start, end, *_ in changes if kind != "equal")
    assert gone in {"", "~"}
