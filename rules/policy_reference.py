"""The keys of the rule file as tables for the manual, made from the schema that editors use."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from rules.catalog import Catalog
from rules.policy_schema import ROOT, TITLES, Schema, schema
from rules.policy_values import LATER

MOST_CHOICES = 14
"""More are not spelled out in a cell."""
WITHOUT = " Without it: "
"""In a docstring, before what holds where the key is not written."""


PLACES = tuple(name for name in TITLES if name != "OfferShape")
"""The parts of the file with keys of their own, in the order of the manual. Of an offered list a list's table tells."""
_INTROS = {"EntryShape": "Item", "SubscriptionShape": "ListUse"}
"""Where not a part's own description stands under its heading, but that of the kind of value with its short form."""


class Row(NamedTuple):
    """What is said of a key."""

    takes: str
    means: str
    without: str


def reference(catalog: Catalog) -> str:
    """Every key of the rule file in Markdown, a table for each part of the file."""
    root = schema(catalog)
    kinds = root.pop("$defs") | {ROOT: root}
    return "\n\n".join("\n".join(_section(name, kinds)) for name in PLACES)


def later() -> str:
    """The keys of the language that this version does not carry out, for each part of the file."""
    return "\n".join(
        f"- {TITLES[name]}: {', '.join(f'`{key}`' for key in sorted(keys))}"
        for name, keys in LATER.items()
    )


def _section(name: str, kinds: Mapping[str, Schema]) -> Iterator[str]:
    yield f"### {TITLES[name].capitalize()}\n"
    yield f"{kinds[_INTROS.get(name, name)]['description']}\n"
    yield "| key | takes | means | without it |"
    yield "|---|---|---|---|"
    rows = ((key, _row(kinds, name, key)) for key in _keys(kinds[name])["properties"])
    # the kinds of day, of which all the same is said, share a row
    for row, keys in groupby(rows, key=lambda pair: pair[1]):
        names = ", ".join(f"`{key}`" for key, _ in keys)
        yield f"| {names} | {row.takes} | {row.means} | {row.without} |"


def _keys(kind: Schema) -> Schema:
    """The part of a kind that has keys, beside a short form."""
    found: Schema = kind.get("then", kind)
    return found


def _row(kinds: Mapping[str, Schema], place: str, key: str) -> Row:
    keys = _keys(kinds[place])
    value = keys["properties"][key]
    means, _, without = value["description"].partition(WITHOUT)
    if key in keys.get("required", ()):
        without = "it has to be there"
    alternatives = [name for one in keys.get("oneOf", ()) for name in one["required"]]
    if key in alternatives:
        without = f"one of {_listed(alternatives)} has to be there"
    enough = [name for one in keys.get("anyOf", ()) for name in one.get("required", ())]
    if key in enough:
        without = f"at least one of {_listed(enough)} has to be there"
    return Row(_takes(value, kinds), means, without.removesuffix("."))


def _takes(value: Schema, kinds: Mapping[str, Schema]) -> str:
    """What may stand behind a key, in words."""
    if "$ref" not in value:
        branches = [one for one in value.get("anyOf", []) if one != {"type": "null"}]
        return _takes(branches[0], kinds) if branches else _choices(value) or _example(value)
    name = _target(value)
    places = [f"[{TITLES[one]}](#{_anchor(one)})" for one in _places(name, kinds)]
    if name in PLACES:
        return f"keys: {places[0]}"
    said = _choices(kinds[name]) or kinds[name]["description"]
    return f"{said} See {places[0]}." if places else said


def _choices(value: Schema) -> str:
    """The values that may stand there; empty if they are too many to name."""
    if "const" in value:
        return f"`{value['const']}`"
    names = value.get("enum") or [one["const"] for one in value.get("oneOf", ()) if "const" in one]
    return _listed(names) if 0 < len(names) <= MOST_CHOICES else ""


def _example(value: Schema) -> str:
    return f"such as `{value['examples'][0]}`"


def _listed(names: list[str]) -> str:
    *first, last = [f"`{name}`" for name in names]
    return f"{', '.join(first)} or {last}" if first else last


def _places(name: str, kinds: Mapping[str, Schema]) -> list[str]:
    """The parts of the file to which a kind of value leads at once."""
    if name in PLACES:
        return [name]
    found = (one for target in _targets(kinds[name]) for one in _places(target, kinds))
    return list(dict.fromkeys(found))


def _targets(value: Any) -> Iterator[str]:
    match value:
        case {"$ref": str()}:
            yield _target(value)
        case dict():
            for key in ("anyOf", "then", "items", "additionalProperties"):
                yield from _targets(value.get(key))
        case list():
            for one in value:
                yield from _targets(one)


def _target(value: Schema) -> str:
    return str(value["$ref"]).removeprefix("#/$defs/")


def _anchor(name: str) -> str:
    """As GitHub makes one of the heading."""
    return TITLES[name].replace(" ", "-")
