"""What the catalog holds, as tables and lists for the manual."""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from rules.catalog import Catalog, ListOffer, Preset, Topic
from rules.safe_mode import OFF, STRICT

WIDTH = 100
"""Columns of a line of the manual that is no table."""


def presets_table(catalog: Catalog) -> str:
    """What each preset gives to a profile, the youngest first."""
    head = "| preset | years | `default` | blocks | `search` | `log` | `read_names` |"
    return _table(head, map(_preset_row, catalog.presets.values()))


def tuesdays(catalog: Catalog) -> str:
    """What each preset means on an ordinary day."""
    lines = (f"**{one.key}**: {one.tuesday['en']}" for one in catalog.presets.values())
    return "\n".join(map(_item, lines))


def categories_table(catalog: Catalog) -> str:
    """The categories, in the words that a child reads."""
    topics = (one for one in catalog.topics.values() if not one.is_service)
    rows = (f"| `{one.key}` | {one.title['en']} | {len(one.hosts)} |" for one in topics)
    return _table("| category | is about | sites |", rows)


def services_list(catalog: Catalog) -> str:
    """The services, under their headings."""
    services = (one for one in catalog.topics.values() if one.is_service)
    return "\n".join(
        _item(f"{heading}: {_named(under)}")
        for heading, under in groupby(services, key=lambda one: one.heading)
    )


def offers_table(catalog: Catalog) -> str:
    """The published lists that a family can turn on by name."""
    head = "| key | category | what | licence | about how many | one click |"
    return _table(head, map(_offer_row, catalog.offers.values()))


def _table(head: str, rows: Iterable[str]) -> str:
    columns = head.count("|") - 1
    return "\n".join((head, "|" + "---|" * columns, *rows))


def _preset_row(preset: Preset) -> str:
    blocks = ", ".join(f"`{name}`" for name in preset.block)
    search = f"`safe: {STRICT if preset.search.is_safe else OFF}`"
    search += f", `youtube: {preset.search.youtube.value}`"
    kept = f"`{preset.log.value}` | `{'on' if preset.read_names else 'off'}`"
    return f"| `{preset.key}` | {preset.ages} | `{preset.default.value}` | {blocks} | {search} | {kept} |"


def _offer_row(offer: ListOffer) -> str:
    place = f" ({', '.join(offer.countries)})" if offer.countries else ""
    chosen = "yes" if offer.is_recommended else "no"
    what = f"`{offer.category}` | {offer.title['en']}{place}"
    return f"| `{offer.key}` | {what} | {offer.licence} | {offer.domains:,} | {chosen} |"


def _named(topics: Iterator[Topic]) -> str:
    return ", ".join(f"`{one.key}`" for one in topics)


def _item(text: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
