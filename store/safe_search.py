"""What the makers of search engines offer to a house: the data file `catalog/safe_search.yaml`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from rules.catalog import SafeEngine, SafeWay
from rules.hosts import normal_host

_FILE = Path(__file__).parent / "catalog" / "safe_search.yaml"


def load_safe_search() -> dict[str, SafeEngine]:
    """Host in normal form, itself alone -> the search engine there.

    Raises:
        ValueError: the data file names what is no host, or one host twice.
    """
    found: dict[str, SafeEngine] = {}
    for key, written in _engines().items():
        engine = SafeEngine(
            key=key,
            paths=tuple(written.get("paths", ())),
            ways={mode: _way(way) for mode, way in written["ways"].items()},
            is_youtube=written.get("youtube", False),
            is_opened=not written.get("only_if_open", False),
        )
        for host in _hosts(written):
            if host in found:
                raise ValueError(f"{host} stands twice in {_FILE.name}")
            found[host] = engine
    return found


def _hosts(written: Mapping[str, Any]) -> Iterator[str]:
    for host in written["hosts"]:
        for ending in written["endings"] if "*" in host else ("",):
            yield normal_host(host.replace("*", ending))


def _way(written: Mapping[str, Any]) -> SafeWay:
    return SafeWay(
        parameters=tuple(written.get("parameters", {}).items()),
        headers=tuple(written.get("headers", {}).items()),
        name=written.get("name"),
    )


def _engines() -> dict[str, Any]:
    engines: dict[str, Any] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return engines
