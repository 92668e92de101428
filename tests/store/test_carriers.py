"""What the data file of carriers must never get wrong."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.carriers import WHOLE_QUERY
from rules.hosts import normal_host, parents
from store.lists import load_catalog

FILE = Path(__file__).parents[2] / "store" / "catalog" / "carriers.yaml"
WRITTEN: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
CATALOG = load_catalog()
KEYS = {"hosts", "label", "paths", "parameters", "worth_opening"}
LEAD_ON = ("google.com/url", "l.facebook.com", "t.co", "bit.ly", "out.reddit.com")
"""They send the browser to the other site itself, which is a request of its own."""


@pytest.mark.parametrize("key", WRITTEN)
def test_a_carrier_says_where_the_other_address_stands(key: str) -> None:
    carrier = WRITTEN[key]
    assert carrier.keys() <= KEYS
    assert carrier.get("label") or carrier.get("paths") or carrier.get("parameters")
    assert all(path.startswith("/") for path in carrier.get("paths", ()))
    assert [host for host in carrier["hosts"] if normal_host(host) != host] == []
    assert WHOLE_QUERY not in carrier["hosts"]


def test_no_carrier_is_a_place_that_must_not_be_looked_into() -> None:
    closed = CATALOG.help_sites | set(CATALOG.never_opened)
    found = [
        host
        for host in CATALOG.carriers
        if not closed.isdisjoint(parents(host))
        and any(one.is_worth_opening for one in CATALOG.carriers[host])
    ]
    assert found == []


@pytest.mark.parametrize("place", LEAD_ON)
def test_what_only_leads_on_is_no_carrier(place: str) -> None:
    host, _, path = place.partition("/")
    for carrier in CATALOG.carriers.get(host, ()):
        assert not any(f"/{path}".startswith(one) for one in carrier.paths)


def test_a_site_that_everybody_uses_is_not_opened_for_this() -> None:
    for host in ("google.com", "www.google.com", "bing.com", "docs.google.com", "startpage.com"):
        carriers = [one for name in parents(host) for one in CATALOG.carriers.get(name, ())]
        assert carriers
        assert not any(one.is_worth_opening for one in carriers)
