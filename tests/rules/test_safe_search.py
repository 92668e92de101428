"""What is changed in an address, and which name a host is reached by. What is decided stands in tests/cases/safe_search.yaml."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.address import parameters_of
from rules.catalog import Catalog
from rules.compile import Ruleset, compile_policy
from rules.policy_text import parse
from rules.safe_search import safe_name, with_parameters

RULES = """\
porchlight: 1
timezone: UTC
profiles:
  small: {search: {safe: strict, youtube: moderate}}
  grown: {}
"""
FORCED = (("safe", "active"), ("ssui", "on"))
NAMES = st.sampled_from(
    ["safe", "SAFE", "sa%66e", "%53afe", "+safe", "ssui", "ssu%49", "q", "as_q", "safe2", "saf", ""]
)
VALUES = st.sampled_from(["off", "active", "", "a%20b", "a+b", "%", "caf%C3%A9", "=", "x=y", "?"])
PIECES = st.one_of(
    st.just(""), NAMES, st.builds(lambda name, value: f"{name}={value}", NAMES, VALUES)
)
TARGETS = st.builds(
    lambda path, pieces: path + (f"?{'&'.join(pieces)}" if pieces is not None else ""),
    st.sampled_from(["/", "/search", "/s%3Fq"]),
    st.one_of(st.none(), st.lists(PIECES, max_size=8)),
)


@pytest.fixture
def ruleset(catalog: Catalog) -> Ruleset:
    return compile_policy(parse(RULES, file="family.yaml", catalog=catalog), catalog)


def pieces_of(target: str) -> list[str]:
    query = target.partition("?")[2]
    return query.split("&") if query else []


def is_forced(piece: str) -> bool:
    names = [name.strip().casefold() for name, _ in parameters_of(piece)]
    return any(name in {"safe", "ssui"} for name in names)


@given(TARGETS)
def test_each_parameter_stands_once_and_all_others_as_they_were(target: str) -> None:
    changed = with_parameters(target, FORCED)

    assert changed.partition("?")[0] == target.partition("?")[0]
    kept, forced = pieces_of(changed)[:-2], pieces_of(changed)[-2:]
    assert forced == ["safe=active", "ssui=on"]
    assert kept == [piece for piece in pieces_of(target) if not is_forced(piece)]
    assert not any(map(is_forced, kept))


@given(TARGETS)
def test_what_was_changed_is_not_changed_again(target: str) -> None:
    once = with_parameters(target, FORCED)

    assert with_parameters(once, FORCED) == once


@given(TARGETS)
def test_what_has_nothing_to_change_stays_as_it_was(target: str) -> None:
    assert with_parameters(target, ()) == target


@pytest.mark.parametrize(
    ("target", "changed"),
    [
        ("/search", "/search?safe=active&ssui=on"),
        ("/search?", "/search?safe=active&ssui=on"),
        ("/search?safe=off", "/search?safe=active&ssui=on"),
        ("/search?q=a&Safe=off&x", "/search?q=a&x&safe=active&ssui=on"),
        ("/search?q=a%26safe=off", "/search?q=a%26safe=off&safe=active&ssui=on"),
        ("/search?q=safe=off", "/search?q=safe=off&safe=active&ssui=on"),
        ("/?q=a?safe=off&safe=off", "/?q=a?safe=off&safe=active&ssui=on"),
    ],
)
def test_an_address_is_changed(target: str, changed: str) -> None:
    assert with_parameters(target, FORCED) == changed


@pytest.mark.parametrize(
    ("who", "host", "name"),
    [
        ("small", "find.example", "safe.find.example"),
        ("small", "films.example", "some.films.example"),
        ("small", "plain.example", None),
        ("small", "www.find.example", None),
        ("small", "safe.find.example", None),
        ("grown", "find.example", None),
    ],
)
def test_a_door_that_sees_names_alone_learns_where_to_lead(
    ruleset: Ruleset, who: str, host: str, name: str | None
) -> None:
    assert safe_name(ruleset, ruleset.policy.profiles[who], host) == name


def test_no_engine_of_the_tests_leads_to_itself(catalog: Catalog) -> None:
    ways = chain.from_iterable(one.ways.values() for one in catalog.safe_search.values())
    assert not {way.name for way in ways} & catalog.safe_search.keys()
