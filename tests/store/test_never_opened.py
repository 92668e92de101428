"""What the list of hosts that are never opened must never get wrong."""

import re
from typing import Any

import pytest
import yaml

from rules.hosts import is_public_suffix, normal_host, parents, registrable_domain
from store import never_opened
from store.lists import load_catalog

CATALOG = load_catalog()
FILE: dict[str, Any] = yaml.safe_load(never_opened._FILE.read_text(encoding="utf-8"))
KINDS = FILE["kinds"]
OFFICES = re.compile(r"(gov|mil|govt|gouv|go|gc|nhs)(\.[a-z]{2})?")
"""Endings under which a registry gives names to the state's offices alone."""
CARRIERS = """
    cloudfront.net akamaihd.net akamaiedge.net amazonaws.com azureedge.net googleapis.com gstatic.com
    googleusercontent.com google.com youtube.com github.com sites.google.com blogspot.com microsoft.com
    facebook.net live.com fbcdn.net
""".split()
"""What carries anybody's pages, or what rules want to look into."""


def written(group: str) -> list[tuple[str, str, str]]:
    return [
        (kind, source, host)
        for kind, one in KINDS.items()
        for source, hosts in one.get(group, {}).items()
        for host in hosts
    ]


def test_every_host_is_written_in_its_normal_form() -> None:
    found = [host for _, _, host in (*written("hosts"), *written("endings"))]
    assert [host for host in found if normal_host(host) != host] == []
    assert set(found) == set(CATALOG.never_opened)


def test_nobody_can_have_a_name_below_a_host() -> None:
    assert [host for _, _, host in written("hosts") if registrable_domain(host) is None] == []


def test_an_ending_belongs_to_the_states_offices() -> None:
    endings = [host for _, _, host in written("endings")]
    assert "gov.vn" in endings
    assert [one for one in endings if not (is_public_suffix(one) and OFFICES.fullmatch(one))] == []


def test_no_host_stands_below_one_of_its_own_kind() -> None:
    known = CATALOG.never_opened
    below = [
        host for host in known for above in parents(host)[1:] if known.get(above) == known[host]
    ]
    assert below == []


@pytest.mark.parametrize("host", CARRIERS)
def test_what_carries_everybodys_pages_can_be_opened(host: str) -> None:
    assert CATALOG.never_opened.keys().isdisjoint(parents(host))


def test_every_host_stands_under_a_source_with_a_grade() -> None:
    named = {source for _, source, _ in (*written("hosts"), *written("endings"))}
    assert named == set(FILE["sources"])
    assert {one["grade"] for one in FILE["sources"].values()} <= set("ABC")


def test_every_kind_has_a_title_in_both_languages() -> None:
    assert set(KINDS) == {"bank", "health", "government", "pinned", "update", "captive"}
    assert [key for key, one in CATALOG.seals.items() if set(one.title) != {"en", "vi"}] == []


def test_only_apps_are_opened_by_a_devices_wish() -> None:
    assert {key for key, one in CATALOG.seals.items() if one.is_liftable} == {"pinned"}
    assert {key for key, one in CATALOG.seals.items() if one.is_private} == {
        "bank",
        "health",
        "government",
    }


def test_a_host_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = {"bank": {"title": {}, "hosts": {"a": ["bank.example"], "b": ["bank.example"]}}}
    monkeypatch.setattr(never_opened, "_kinds", lambda: twice)
    with pytest.raises(ValueError, match="stands twice"):
        never_opened.load_never_opened()
