"""Which entries of a list hold all that an address means."""

from functools import cache
from itertools import product

import pytest

from rules.address import parse_address
from rules.catalog import Catalog
from rules.compile import compile_policy
from rules.cover import MOST_AT_ONE_PLACE, Cover
from rules.entries import Spoken
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.narrowed import Case
from rules.policy_text import parse
from rules.request import Client, Request
from tests.rules.families import SITES, URLS, WORDS
from tests.rules.findings import HEAD, NOON


def spoken(address: str) -> Spoken:
    return Spoken(
        target=parse_address(address.strip('"')),
        address=address,
        entry=address,
        line=1,
        starts=None,
        ends=None,
        note="",
    )


def over(wide: str, narrow: str, catalog: Catalog) -> bool:
    return bool(list(Cover.of([spoken(wide)], catalog).over(spoken(narrow).target)))


def test_what_holds_an_address_speaks_wherever_it_does(catalog: Catalog) -> None:
    @cache
    def spoken_of(address: str) -> frozenset[str]:
        text = f"{HEAD}never:\n  - {address}\n"
        rules = compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog)
        requests = (
            Request(id="T", url=parse_url(url), client=Client(name="unknown")) for url in URLS
        )
        cases = (Case.of(rules, request, NOTHING_HAPPENED, NOON) for request in requests)
        return frozenset(case.request.url.text for case in cases if any(case.rules()))

    addresses = [*SITES, *(word for word in WORDS if word != "bunch")]
    pairs = [pair for pair in product(addresses, repeat=2) if over(pair[0], pair[1], catalog)]
    assert len(pairs) > len(addresses) + 20
    for wide, narrow in pairs:
        assert spoken_of(narrow) <= spoken_of(wide), (wide, narrow)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("a.com", "a.com"),
        ("a.com", "b.a.com/x/y?v=1"),
        ("a.com/x", "b.a.com/x/y"),
        ("=a.com", "=a.com/x"),
        ("*.a.com", "=b.a.com"),
        ("*.a.com", "*.a.com/x"),
        ("adult", "www.pornhub.com/free"),
        ("1.0.0.0/8", "1.2.0.0/16"),
        ("/a/", "/a/"),
    ],
)
def test_an_address_holds_what_is_at_it_and_below(wide: str, narrow: str, catalog: Catalog) -> None:
    assert over(wide, narrow, catalog)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("a.com/x", "a.com/xy"),
        ("a.com/x?v=1", "a.com/x?v=1&w=2"),
        ("=a.com", "a.com/x"),
        ("*.a.com", "=a.com"),
        ("adult", "games"),
        ("1.2.0.0/16", "1.0.0.0/8"),
        ("::/0", "1.2.3.4"),
        ("/a/", "a.com"),
    ],
)
def test_an_address_does_not_hold_what_is_beside_it(
    wide: str, narrow: str, catalog: Catalog
) -> None:
    assert not over(wide, narrow, catalog)


def test_a_place_is_not_looked_through_without_end(catalog: Catalog) -> None:
    cover = Cover.of([spoken("a.com")] * 1_000, catalog)
    assert len(list(cover.over(spoken("a.com").target))) == MOST_AT_ONE_PLACE
    assert len(list(cover.over(spoken("a.com" + "/x" * 900).target))) == MOST_AT_ONE_PLACE
