"""Every comment of a 300-line rule file outlives what parents click: an allow, a block, a correction, a switch, a removal."""

from difflib import SequenceMatcher
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from rules.decision import Reason
from rules.policy import Action
from store.settings import Settings
from tests.admin.family import Parent, log, record
from tests.admin.listed import NSFW, house_of, keep, put_in_force

LONG = (Path(__file__).parent / "long_family.yaml").read_bytes()
ANSWER = {"back": "/activity", "action": "allow", "profile": "younger"}


@pytest.fixture(params=["lf", "crlf", "bom"])
def before(request: pytest.FixtureRequest) -> bytes:
    return {
        "lf": LONG,
        "crlf": LONG.replace(b"\n", b"\r\n"),
        "bom": b"\xef\xbb\xbf" + LONG,
    }[request.param]


@pytest.fixture
def family(app: Flask, settings: Settings, before: bytes) -> Settings:
    settings.rules_path.write_bytes(before)
    keep(settings, "hagezi-nsfw", NSFW)
    put_in_force(app)
    assert house_of(app).standing().problems == ()
    return settings


def test_the_file_is_long_and_full_of_comments() -> None:
    lines = LONG.decode().splitlines()
    assert len(lines) >= 300
    assert sum("#" in line for line in lines) > 200


def allow(parent: Parent) -> None:
    page = parent.get("/activity").text
    assert 'name="address" value="https://scratch.mit.edu/"' in page
    site = {"address": "https://scratch.mit.edu/", "site": "scratch.mit.edu"}
    parent.post("/answer", answer="always:younger", **ANSWER | site)


def block(parent: Parent) -> None:
    parent.get("/activity")
    site = {"address": "https://wikipedia.org/", "site": "wikipedia.org", "action": "block"}
    parent.post("/answer", answer="always:younger", **ANSWER | site)


def block_for_teen(parent: Parent) -> None:
    site = {"address": "https://a.example/", "site": "a.example", "action": "block"}
    parent.post("/answer", answer="always:teen", **ANSWER | site | {"profile": "teen"})


def allow_for_everyone(parent: Parent) -> None:
    site = {"address": "https://scratch.mit.edu/", "site": "mit.edu"}
    parent.post("/answer", answer="always:", **ANSWER | site)


def correct(parent: Parent) -> None:
    page = parent.get("/corrections/new?address=teach.example&profile=teen").text
    assert 'name="not" value="adult" checked' in page
    form = {"address": "teach.example", "profile": "teen", "site": "teach.example"}
    parent.post("/corrections", **form, **{"not": "adult"}, note="trường học: dạy con")


def turn_on(parent: Parent) -> None:
    parent.get("/lists/offers")
    parent.post("/lists/switch", key="urlhaus", **{"is": "on"})


def turn_off(parent: Parent) -> None:
    parent.post("/lists/switch", key="hagezi-nsfw", **{"is": "off"})


def turn_own_off(parent: Parent) -> None:
    parent.post("/lists/switch", key="grandmas", **{"is": "off"})


def add_own(parent: Parent) -> None:
    parent.post("/lists/own", name="ours", file="ours.txt", url="", category="adult")


EDITS = [
    allow,
    block,
    block_for_teen,
    allow_for_everyone,
    correct,
    turn_on,
    turn_off,
    turn_own_off,
    add_own,
]


@pytest.fixture
def in_the_log(sqlite_engine: Engine) -> None:
    allowed = {"action": Action.ALLOW, "reason": Reason.SITE}
    log(
        sqlite_engine,
        record("scratch.mit.edu", id="7Q2MZK4T9BX1"),
        record("wikipedia.org", id="7Q2MZK4T9BX2", **allowed),
    )


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edit_adds_lines_or_changes_one_value(
    parent: Parent, family: Settings, before: bytes, in_the_log: None, *, edit: object
) -> None:
    assert callable(edit)
    edit(parent)
    after = family.rules_path.read_bytes()
    assert after != before
    assert changed(before, after) == {""} or edit is turn_off
    assert changed(before, after) <= {"", "n"}  # on -> off
    assert (b"\r\n" in before) == (after.count(b"\r\n") == after.count(b"\n"))


def test_all_edits_one_after_the_other_leave_every_comment_where_it_was(
    app: Flask, parent: Parent, family: Settings, before: bytes, in_the_log: None
) -> None:
    for edit in EDITS:
        last = family.rules_path.read_bytes()
        edit(parent)
        assert family.rules_path.read_bytes() != last, edit.__name__
    after = family.rules_path.read_bytes()
    assert changed(before, after) == {"", "n"}
    assert comments(before) == comments(after)
    standing = house_of(app).standing()
    assert standing.problems == ()
    assert set(standing.policy.lists) == {"urlhaus", "ours"}
    assert "teach.example" in standing.policy.corrections


def test_what_is_taken_back_leaves_the_file_as_it_was(
    parent: Parent, family: Settings, before: bytes
) -> None:
    correct(parent)
    parent.post("/corrections/teach.example/take-back")
    assert family.rules_path.read_bytes() == before
    add_own(parent)
    parent.post("/lists/remove", key="ours")
    assert family.rules_path.read_bytes() == before


def changed(before: bytes, after: bytes) -> set[str]:
    """What was lost of lines: the empty text for one that only gained something."""
    old, new = before.decode().splitlines(keepends=True), after.decode().splitlines(keepends=True)
    lost = {""}
    for kind, start, end, begin, stop in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        assert kind != "delete"
        if kind == "replace":
            # one line became one line, perhaps with new lines after it
            assert end - start == 1
            assert stop > begin
            lost.add(lost_of(old[start], new[begin]))
    return lost


def lost_of(old: str, new: str) -> str:
    head = alike(old, new)
    tail = alike(old[head:][::-1], new[head:][::-1])
    return old[head : len(old) - tail]


def alike(one: str, other: str) -> int:
    """How many signs at the beginning are the same."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def comments(text: bytes) -> list[str]:
    """From each line what stands behind its first `#` after a space, or at its beginning."""
    found = (f" {line}".partition(" #")[2] for line in text.decode().splitlines())
    return [comment for comment in found if comment]
