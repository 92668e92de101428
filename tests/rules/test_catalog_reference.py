"""What the catalog holds, as the manual shows it."""

from dataclasses import replace
from datetime import timedelta

from rules.catalog import Catalog, ListOffer
from rules.catalog_reference import (
    WIDTH,
    categories_table,
    offers_table,
    presets_table,
    services_list,
    tuesdays,
)
from store.lists import load_catalog

OFFER = ListOffer(
    key="bets",
    title={"en": "Bets", "vi": "Cá cược"},
    url="https://a.example/l.txt",
    category="gambling",
    licence="MIT",
    home="https://a.example/",
    every=timedelta(days=1),
    domains=12345,
    countries=("VN", "LA"),
    is_recommended=True,
)


def test_a_preset_is_a_row(catalog: Catalog) -> None:
    table = presets_table(catalog).splitlines()
    assert table[2:] == [
        "| `garden` | 4-7 | `block` | `social` | `safe: strict`, `youtube: strict` | `sites` | `off` |",
        "| `trusted` | 14-15 | `allow` | `adult`, `social` | `safe: strict`, `youtube: off` | `blocked` | `off` |",
    ]


def test_a_preset_tells_its_tuesday(catalog: Catalog) -> None:
    assert tuesdays(catalog) == "- **garden**: A garden.\n- **trusted**: Trust."


def test_a_category_is_a_row_and_a_service_none(catalog: Catalog) -> None:
    table = categories_table(catalog)
    assert "| `games` | games pages | 2 |" in table
    assert "zalo" not in table


def test_services_stand_under_their_headings(catalog: Catalog) -> None:
    headed = {
        key: replace(one, heading="talking" if key == "zalo" else "films")
        for key, one in catalog.topics.items()
    }
    said = services_list(replace(catalog, topics=headed))
    assert said == "- talking: `zalo`\n- films: `youtube`"


def test_an_offer_is_a_row(catalog: Catalog) -> None:
    table = offers_table(replace(catalog, offers={"bets": OFFER}))
    assert table.endswith("\n| `bets` | `gambling` | Bets (VN, LA) | MIT | 12,345 | yes |")


def test_lines_are_short_and_no_name_is_cut() -> None:
    said = services_list(load_catalog())
    assert max(map(len, said.splitlines())) <= WIDTH
    assert all(f"`{one.key}`" in said for one in load_catalog().topics.values() if one.is_service)
