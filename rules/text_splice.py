"""How a text of YAML is changed in one place: found by its tree, written into the text, the rest byte for byte as it was."""

import json
import re
from typing import Any

from rules.yaml_faults import YamlError
from rules.yaml_text import Mapping, Node, Sequence, compose, plain

STEP = 2
"""Spaces by which a new line stands inside the one above it."""
UNSAFE = "the file is laid out in a way that cannot be edited safely"

_COMMA_BEHIND = re.compile(r"\s*,[ \t]*")


def find(root: Node, path: tuple[str, ...]) -> Node | None:
    """What stands behind the keys; None if one of them is not there."""
    node = root
    for step in path:
        if not isinstance(node, Mapping) or step not in node.pairs:
            return None
        node = node.pairs[step].value
    return node


def quoted(value: str) -> str:
    """The value as YAML text that reads back as just that, inside brackets and outside."""
    probe = f"a: [{value}]\nb: {{c: {value}}}\nd: {value}\n"
    try:
        if plain(compose(probe)) == {"a": [value], "b": {"c": value}, "d": value}:
            return value
    except YamlError:
        pass
    return json.dumps(value, ensure_ascii=False)


def flow(value: Any) -> str:
    """A value on one line: `{not: [adult], note: mine}`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, int):
        return str(value)
    return quoted(value)


def with_lines(text: str, index: int, lines: list[str]) -> str:
    """Put whole lines below the line on which the index is."""
    break_ = "\r\n" if "\r\n" in text else "\n"
    place = next_line(text, index)
    if place and text[place - 1] != "\n":
        return text + break_ + break_.join(lines)
    return replaced(text, place, place, "".join(line + break_ for line in lines))


def with_item(text: str, items: Sequence, in_line: str, lines: list[str]) -> str:
    """Put an item at the end of a list: `in_line` if it stands in brackets, else the lines."""
    if not items.is_flow:
        return with_lines(text, items.span.end, lines)
    if not items.items:
        start = items.span.start + 1
        return replaced(text, start, start, in_line)
    end = items.items[-1].span.end
    return replaced(text, end, end, f", {in_line}")


def without_lines(text: str, start: int, end: int, mark: str = "") -> str:
    """Take out the lines of an item or a pair, before which only its mark may stand.

    Raises:
        ValueError: something else stands there.
    """
    begin = text.rfind("\n", 0, start) + 1
    if text[begin:start].strip(" \ufeff") != mark:
        raise ValueError(UNSAFE)
    return replaced(text, begin, next_line(text, end), "")


def without_part(text: str, start: int, end: int, before: int | None) -> str:
    """Take an item or a pair out of its brackets, and its comma. `before`: where the one before it ends."""
    comma = _COMMA_BEHIND.match(text, end)
    if comma:
        return replaced(text, start, comma.end(), "")
    # What is between may be a comment; then its comma stays, which a list in brackets may end with.
    if before is not None and text[before:start].strip() == ",":
        start = before
    return replaced(text, start, end, "")


def next_line(text: str, index: int) -> int:
    """The beginning of the next line. A block scalar ends there already."""
    if index and text[index - 1] == "\n":
        return index
    found = text.find("\n", index)
    return found + 1 if found >= 0 else len(text)


def replaced(text: str, start: int, end: int, new: str) -> str:
    """The text with another piece between two places."""
    return text[:start] + new + text[end:]
