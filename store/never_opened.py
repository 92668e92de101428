"""What is never opened: the data file `catalog/never_opened.yaml`, where each host stands under its source."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from rules.catalog import SealKind
from rules.hosts import normal_host

_FILE = Path(__file__).parent / "catalog" / "never_opened.yaml"


def load_seals() -> dict[str, SealKind]:
    """The kinds of hosts that are never opened, by key."""
    return {
        key: SealKind(
            key=key,
            title=written["title"],
            is_private=written.get("private", False),
            is_liftable=written.get("liftable", False),
        )
        for key, written in _kinds().items()
    }


def load_never_opened() -> dict[str, str]:
    """Host in normal form -> the key of its kind.

    Raises:
        ValueError: the data file names what is no host, or one host twice.
    """
    found: dict[str, str] = {}
    for kind, written in _kinds().items():
        for host in _hosts(written):
            if host in found:
                raise ValueError(f"{host} stands twice in {_FILE.name}")
            found[host] = kind
    return found


def _hosts(written: Mapping[str, Any]) -> Iterator[str]:
    for group in ("hosts", "endings"):
        for hosts in written.get(group, {}).values():
            yield from map(normal_host, hosts)


def _kinds() -> dict[str, Any]:
    kinds: dict[str, Any] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)[
        "kinds"
    ]
    return kinds
