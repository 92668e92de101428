"""Entries that no answer ever comes from."""

import pytest

from rules.catalog import Catalog
from tests.rules.findings import said, tried


@pytest.mark.parametrize(
    ("never", "allow"),
    [
        ("adult", "adult"),
        ("adult", "www.pornhub.com"),
        ("adult", "pornhub.com/free"),
        ("a.com", "b.a.com/x"),
        ("a.com/x", "a.com/x/y"),
        ("a.com/x", "a.com/x?v=1"),
        ("'*.a.com'", "b.a.com"),
        ("=a.com", "=a.com"),
        ("1.0.0.0/8", "1.1.2.3"),
        ("bunch", "z.com"),
        ("z.com", "bunch"),
    ],
)
def test_an_allow_under_never_is_dead(never: str, allow: str, catalog: Catalog) -> None:
    text = f"groups: {{bunch: [z.com]}}\nnever: [{never}]\neveryone:\n  allow: [{allow}]\n"
    (only,) = said(text, catalog)
    assert only.startswith("4: ")
    assert "stays blocked" in only
    assert only.endswith("is under never: in line 4")


@pytest.mark.parametrize(
    ("never", "allow"),
    [
        ("a.com/x", "a.com"),
        ("a.com/x", "a.com/xy"),
        ("'*.a.com'", "a.com"),
        ("=a.com", "a.com"),
        ("=a.com", "b.a.com"),
        ("a.com/x?v=1", "a.com/x"),
        ("1.0.0.0/8", "11.0.0.0/8"),
        ("1.0.0.0/8", "'2606:4700::/32'"),
        ("{site: a.com, until: 2027-01-01}", "a.com"),
    ],
)
def test_an_allow_beside_never_is_alive(never: str, allow: str, catalog: Catalog) -> None:
    assert said(f"never: [{never}]\neveryone:\n  allow: [{allow}]\n", catalog) == []


def test_a_dead_entry_is_shown_by_a_request(catalog: Catalog) -> None:
    text = "never: [adult]\neveryone: {allow: [www.pornhub.com/a]}\n"
    assert tried(text, catalog) == ["https://www.pornhub.com/a unknown Fri 12:00"]
    parameters = text.replace("www.pornhub.com/a", "'*.pornhub.com/a?b=c+d'")
    assert tried(parameters, catalog) == ["https://www.pornhub.com/a?b=c%20d unknown Fri 12:00"]


def test_a_block_under_never_does_nothing(catalog: Catalog) -> None:
    text = "never: [adult]\nprofiles:\n  unknown:\n    block: [pornhub.com]\n"
    assert said(text, catalog) == [
        "4: pornhub.com changes nothing: adult is under never: in line 3"
    ]


def test_what_is_corrected_is_not_under_never(catalog: Catalog) -> None:
    text = "never: [adult]\neveryone:\n  allow: [pornhub.com]\n"
    corrected = text + "corrections: {pornhub.com: {not: [adult]}}\n"
    assert len(said(text, catalog)) == 1
    assert said(corrected, catalog) == []
    # At any time it may be open, and changes nothing where it is open anyway: but it is not closed.
    anytime = "never: [adult]\nanytime: [pornhub.com]\nprofiles: {unknown: {time: {windows: {every_day: [00:00-24:00]}}}}\n"
    assert len(said(anytime, catalog)) == 1
    assert said(anytime + "corrections: {pornhub.com: {not: [adult]}}\n", catalog) == []


@pytest.mark.parametrize("place", ["never", "anytime", "everyone:\n  allow", "everyone:\n  block"])
def test_an_entry_at_a_help_site_does_nothing(place: str, catalog: Catalog) -> None:
    windows = "profiles: {unknown: {time: {windows: {every_day: [00:00-24:00]}}}}\n"
    text = f"{windows}{place}: [www.childline.org.uk/chat]\n"
    (only,) = said(text, catalog)
    assert only.endswith(
        "www.childline.org.uk/chat changes nothing: it belongs to a help site, which is always open"
    )
    assert tried(text, catalog) == ["https://www.childline.org.uk/chat unknown Fri 12:00"]


def test_what_is_above_a_help_site_is_not_meant(catalog: Catalog) -> None:
    assert said("never: ['*.org.uk']\n", catalog) == []


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("192.168.1.5", "http://192.168.1.5/"),
        ("192.168.0.0/16", "http://192.168.0.0/"),
        ("'fd00::/8'", "http://[fd00::]/"),
        ("192.168.1.5/films", "http://192.168.1.5/films"),
        ("=localhost", "https://localhost/"),
    ],
)
def test_an_entry_inside_the_house_does_nothing(address: str, url: str, catalog: Catalog) -> None:
    text = f"everyone:\n  allow: [{address}]\n"
    (only,) = said(text, catalog)
    assert "changes nothing: it is inside the house" in only
    assert tried(text, catalog) == [f"{url} unknown Fri 12:00"]


@pytest.mark.parametrize("address", ["192.168.1.5", "192.168.0.0/16", "192.168.1.5/films"])
def test_what_the_settings_open_inside_the_house_is_meant(address: str, catalog: Catalog) -> None:
    text = f"everyone:\n  block: [{address}]\n"
    assert said(text, catalog, "192.168.1.5:80") == []
    assert len(said(text, catalog, "192.168.2.5:80")) == (0 if address.endswith("/16") else 1)


def test_all_addresses_are_more_than_the_house(catalog: Catalog) -> None:
    assert said("everyone:\n  block: [0.0.0.0/0]\n  allow: [nas.home]\n", catalog) == []
