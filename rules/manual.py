"""The parts of the manual in `docs/` that are made from the model and the catalog, each between two marks in its text."""

import re
from collections.abc import Callable, Mapping

from rules.catalog import Catalog
from rules.catalog_reference import (
    categories_table,
    offers_table,
    presets_table,
    services_list,
    tuesdays,
)
from rules.policy_reference import later, reference

PARTS: Mapping[str, Callable[[Catalog], str]] = {
    "keys": reference,
    "later": lambda _: later(),
    "presets": presets_table,
    "tuesdays": tuesdays,
    "categories": categories_table,
    "services": services_list,
    "offers": offers_table,
}
"""By the name in the marks."""

_MARKED = re.compile(r"(<!-- made: (\w+) .*?-->\n\n)(.*?)(\n\n<!-- /made -->)", re.DOTALL)


def renewed(text: str, catalog: Catalog) -> str:
    """A page of the manual with its made parts as they are by now.

    Raises:
        KeyError: a mark names no part.
    """
    return _MARKED.sub(lambda found: f"{found[1]}{PARTS[found[2]](catalog)}{found[4]}", text)
