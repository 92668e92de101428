"""Every rule file that was ever right stays right and means the same: one file for each format, and what it means."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.acceptance import accept
from rules.catalog import Catalog
from rules.hosts import Url
from rules.policy import FORMAT
from rules.policy_shape import (
    CorrectionShape,
    DeviceShape,
    DownloadsShape,
    EntryShape,
    ExpectShape,
    FamilyShape,
    HolidayShape,
    ListsShape,
    ProfileShape,
    SearchShape,
    SubscriptionShape,
    TimeShape,
)

FORMATS = Path(__file__).parent / "formats"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PLACES = {"revision", "line", "lines"}
"""Where something stands is not what it means."""
KEYS: Mapping[tuple[str, ...], Any] = {
    (): FamilyShape,
    ("everyone",): ListsShape,
    ("lists", "*"): SubscriptionShape,
    ("corrections", "*"): CorrectionShape,
    ("holidays", "*"): HolidayShape,
    ("profiles", "*"): ProfileShape,
    ("profiles", "*", "downloads"): DownloadsShape,
    ("profiles", "*", "search"): SearchShape,
    ("profiles", "*", "time"): TimeShape,
    ("profiles", "*", "*", "*"): EntryShape,
    ("devices", "*"): DeviceShape,
    ("expect", "*"): ExpectShape,
}
"""By path, `*` standing for any name and any place in a list."""


def meaning(value: object) -> Any:
    """A policy in plain words and lists, without places, and without what is as if nothing were written."""
    if is_dataclass(value) and not isinstance(value, type | Url):
        said = [one.name for one in fields(value) if not is_bare(value, one)]
        return {type(value).__name__: {name: meaning(getattr(value, name)) for name in said}}
    if isinstance(value, Mapping):
        return {str(key): meaning(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | tuple):
        said = [meaning(inner) for inner in value]
        return said if isinstance(value, tuple) else sorted(said)
    return word(value)


def word(value: object) -> bool | int | str | None:
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, Url):
        return value.text
    return value if value is None or isinstance(value, bool | int) else str(value)


def is_bare(owner: object, one: Any) -> bool:
    value = getattr(owner, one.name)
    default = one.default if one.default_factory is MISSING else one.default_factory()
    return one.name in PLACES or (default is not MISSING and value == default)


def file_of(number: int) -> str:
    return (FORMATS / f"{number}.yaml").read_text("utf-8")


def test_every_format_has_its_file() -> None:
    kept = {int(path.stem) for path in FORMATS.glob("*.yaml") if path.stem.isdigit()}
    assert kept == set(range(1, FORMAT + 1))


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_file_of_any_format_is_accepted_and_means_what_it_meant(
    number: int, catalog: Catalog
) -> None:
    ruleset = accept(file_of(number), file="family.yaml", catalog=catalog, moment=NOW)
    held = yaml.safe_load((FORMATS / f"{number}.means.yaml").read_text("utf-8"))
    assert meaning(ruleset.policy) == held


def keys_at(node: object, steps: tuple[str, ...]) -> set[str]:
    """The keys that the file has at a path."""
    if not steps:
        return set(node) if isinstance(node, dict) else set()
    inner: list[object] = list(node.values()) if isinstance(node, dict) else []
    inner += node if isinstance(node, list) else []
    if steps[0] != "*":
        inner = [node[steps[0]]] if isinstance(node, dict) and steps[0] in node else []
    found = (keys_at(one, steps[1:]) for one in inner if isinstance(one, dict | list))
    return set().union(*found)


def test_the_newest_file_has_every_key() -> None:
    whole = yaml.load(file_of(FORMAT), yaml.BaseLoader)  # noqa: S506  only text
    for steps, shape in KEYS.items():
        missing = set(shape.__annotations__) - keys_at(whole, steps)
        assert not missing, steps
