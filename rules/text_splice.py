"""How a text of YAML is changed in one place: found by its tree, written into the text, the rest byte for byte as it was."""

import json
from typing import Any

from rules.yaml_faults import YamlError
from rules.yaml_text import Mapping, Node, compose, plain

STEP = 2
"""Spaces by which a new line stands inside the one above it."""
UNSAFE = "the file is laid out in a way that cannot be edited safely"


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
    return quoted(value)


def with_lines(text: str, index: int, lines: list[str]) -> str:
    """Put whole lines below the line on which the index is."""
    break_ = "\r\n" if "\r\n" in text else "\n"
    place = next_line(text, index)
    if place and text[place - 1] != "\n":
        return text + break_ + break_.join(lines)
    return replaced(text, place, place, "".join(line + break_ for line in lines))


def next_line(text: str, index: int) -> int:
    """The beginning of the next line. A block scalar ends there already."""
    if index and text[index - 1] == "\n":
        return index
    found = text.find("\n", index)
    return found + 1 if found >= 0 else len(text)


def replaced(text: str, start: int, end: int, new: str) -> str:
    """The text with another piece between two places."""
    return text[:start] + new + text[end:]
