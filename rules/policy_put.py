"""One value of the rule file's text set to another, everything else byte for byte as it was (ADR 0003)."""

from typing import Any

from rules.policy import Correction
from rules.text_splice import STEP, UNSAFE, find, flow, quoted, replaced, with_lines
from rules.yaml_faults import YamlError
from rules.yaml_text import Mapping, Node, Scalar, compose, plain


def switch_list(text: str, key: str, *, is_on: bool) -> str:
    """The rule file's text with a list turned on or off. One of the family's own must be in it already.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    path = ("lists", key)
    word = "on" if is_on else "off"
    own = isinstance(find(compose(text), path), Mapping)
    return put(text, (*path, "is") if own else path, word)


def add_list(text: str, key: str, description: dict[str, str]) -> str:
    """The rule file's text with a list of the family's own.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    return put(text, ("lists", key), description)


def correct(text: str, correction: Correction) -> str:
    """The rule file's text with a correction; what is corrected for that site already stays so.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    path = ("corrections", correction.host)
    there = find(compose(text), path)
    known = plain(there) if isinstance(there, Mapping) else {}
    names = sorted({*known.get("not", []), *correction.topics})
    note = {"note": correction.note} if correction.note else {}
    if not known:
        return put(text, path, {"not": names} | note)
    for key, value in ({"not": names} | note).items():
        text = put(text, (*path, key), value)
    return text


def put(text: str, path: tuple[str, ...], value: Any) -> str:
    """The text with the value (texts, lists and mappings of texts) behind the keys, as many of them new as need be.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    wanted = plain(compose(text))
    owner = wanted
    for step in path[:-1]:
        if not isinstance(owner.get(step) or {}, dict):
            raise ValueError(UNSAFE)  # noqa: TRY004 (the text is wrong, not the caller)
        owner[step] = owner.get(step) or {}
        owner = owner[step]
    owner[path[-1]] = value
    edited = _spliced(text, path, value)
    try:
        is_right = plain(compose(edited)) == wanted
    except YamlError as error:
        raise ValueError(UNSAFE) from error
    if not is_right:
        raise ValueError(UNSAFE)
    return edited


def _spliced(text: str, path: tuple[str, ...], value: Any) -> str:
    node: Node = compose(text)
    margin, is_flow, known = 0, False, 0
    for step in path:
        if not isinstance(node, Mapping) or step not in node.pairs:
            break
        is_flow = node.is_flow
        pair = node.pairs[step]
        margin, node, known = pair.key.span.column - 1 + STEP, pair.value, known + 1
    missing = path[known:]
    if isinstance(node, Mapping) and missing:
        return _with_pair(text, node, missing, value)
    is_block = isinstance(node, Mapping) and not node.is_flow
    if is_block or (missing and (not isinstance(node, Scalar) or node.value is not None)):
        raise ValueError(UNSAFE)
    if missing and not _written(node) and not is_flow:
        return with_lines(text, node.span.end, _lines(missing, value, margin))
    space = "" if node.span.end > node.span.start else " "
    return replaced(text, node.span.start, node.span.end, space + _nested(missing, value))


def _written(node: Node) -> str:
    """A scalar's text as written; empty for all else."""
    return node.text if isinstance(node, Scalar) else ""


def _with_pair(text: str, mapping: Mapping, missing: tuple[str, ...], value: Any) -> str:
    if not mapping.is_flow:
        lines = _lines(missing, value, mapping.span.column - 1)
        return with_lines(text, mapping.span.end, lines)
    pair = f"{quoted(missing[0])}: {_nested(missing[1:], value)}"
    if not mapping.pairs:
        start = mapping.span.start + 1
        return replaced(text, start, start, pair)
    end = list(mapping.pairs.values())[-1].value.span.end
    return replaced(text, end, end, f", {pair}")


def _nested(keys: tuple[str, ...], value: Any) -> str:
    for key in reversed(keys):
        value = {key: value}
    return flow(value)


def _lines(keys: tuple[str, ...], value: Any, indent: int) -> list[str]:
    *above, last = keys
    lines = [f"{' ' * (indent + STEP * depth)}{quoted(key)}:" for depth, key in enumerate(above)]
    return [*lines, f"{' ' * (indent + STEP * len(above))}{quoted(last)}: {flow(value)}"]
