import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.guard import Guard, GuardGroup
from rules.hosts import is_public_suffix, normal_host, suffix_rules
from rules.list_entry import Claim
from rules.list_formats import NAME
from rules.list_names import Skip, guarded_by, listed_name, objection
from rules.list_text import LONGEST_QUICK_NAME

NAMES = st.from_regex(r"(?:[a-z0-9_-]{1,12}\.){1,4}[a-z][a-z0-9-]{0,11}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("example.com", "example.com"),
        ("Example.COM.", "example.com"),
        (" example.com ", "example.com"),
        ("cốccốc.vn", "xn--cccc-0x5ac.vn"),
        ("a_b.example.com", "a_b.example.com"),
        ("1.1.1.1", Skip.ADDRESS),
        ("0x7f.1", Skip.ADDRESS),
        ("2001:db8::1", Skip.ADDRESS),
        ("localhost", Skip.NO_DOT),
        ("localhost.localdomain", Skip.NO_DOT),
        ("printer", Skip.NO_DOT),
        ("com.vn", Skip.SUFFIX),
        ("gov.uk", Skip.SUFFIX),
        ("anything.bd", Skip.SUFFIX),
        ("www.ck", "www.ck"),
        # a hosting firm's, which lists of such firms name rightly
        ("github.io", "github.io"),
        ("", Skip.UNREADABLE),
        ("#", Skip.UNREADABLE),
        ("a..com", Skip.UNREADABLE),
        ("exa mple.com", Skip.UNREADABLE),
        ("example.com:8080", Skip.UNREADABLE),
        ("example.com/page", Skip.UNREADABLE),
        (f"{'a' * 64}.com", Skip.UNREADABLE),
        ("exa\ufffdmple.com", Skip.UNREADABLE),
    ],
)
def test_a_name_has_one_form_or_a_reason(text: str, found: str | Skip) -> None:
    assert listed_name(text) == found


@given(NAMES)
@example("a-.-b.c-")
@example("ab--c.example")
@example("0.0.0.0.example.com")
def test_a_name_taken_the_quick_way_is_its_own_normal_form(name: str) -> None:
    assert re.fullmatch(NAME, name)
    if "xn--" not in name and len(name) <= LONGEST_QUICK_NAME:
        assert normal_host(name) == name


@given(NAMES | st.sampled_from(sorted(suffix_rules())).map(lambda rule: rule.lstrip("!*.")))
def test_the_quick_look_for_suffixes_agrees_with_the_long_one(name: str) -> None:
    if "." in name:
        assert (objection(name) is Skip.SUFFIX) == is_public_suffix(name)


@given(NAMES, st.sampled_from([Claim.HOST, Claim.BELOW, Claim.TREE]))
@example("www.example.com", Claim.TREE)
@example("a.b.help.example.org", Claim.HOST)
@example("example.org", Claim.BELOW)
def test_the_quick_look_at_the_guard_agrees_with_the_long_one(name: str, claim: Claim) -> None:
    guard = Guard(
        groups=(
            GuardGroup(key="top", why={}, hosts=frozenset({"example.com"})),
            GuardGroup(key="help", why={}, hosts=frozenset({"help.example.org"}), is_tree=True),
        )
    )
    assert guarded_by(guard, name, claim) is guard.refusal(name, claim)
