"""One value of the rule file's text set to another or taken out, everything else byte for byte as it was.

Law: what comes back says the old rules and that change, or nothing comes back (ADR 0003).
"""

from typing import Any

from rules.hosts import normal_host
from rules.subscription import Correction
from rules.text_splice import (
    STEP,
    UNSAFE,
    find,
    flow,
    quoted,
    replaced,
    with_item,
    with_lines,
    without_lines,
    without_part,
)
from rules.yaml_faults import YamlError
from rules.yaml_text import Mapping, Node, Scalar, Sequence, compose, plain


def written_lists(text: str) -> tuple[str, ...]:
    """The keys of the lists that the rule file's text names, on or off.

    Raises:
        YamlError: the text is no rule file.
    """
    there = find(compose(text), ("lists",))
    return tuple(there.pairs) if isinstance(there, Mapping) else ()


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


def remove_list(text: str, key: str) -> str:
    """The rule file's text without the lines of a list.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    return without(text, ("lists", key))


def correct(text: str, correction: Correction) -> str:
    """The rule file's text with a correction; what is corrected for that site already stays so.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    path = _correction(text, correction.host)
    there = find(compose(text), path)
    if not isinstance(there, Mapping):
        note = {"note": correction.note} if correction.note else {}
        return put(text, path, {"not": sorted(correction.topics)} | note)
    known = plain(there).get("not") or []
    for name in sorted(correction.topics.difference(known)):
        text = with_name(text, (*path, "not"), name)
    return put(text, (*path, "note"), correction.note) if correction.note else text


def take_back(text: str, host: str) -> str:
    """The rule file's text without the lines of a site's correction; the same text if there is none.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    return without(text, _correction(text, host))


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
    return checked(_spliced(text, path, value), wanted)


def checked(edited: str, wanted: Any) -> str:
    """The edited text, which says just what is wanted.

    Raises:
        ValueError: it says something else.
    """
    try:
        is_right = plain(compose(edited)) == wanted
    except YamlError as error:
        raise ValueError(UNSAFE) from error
    if not is_right:
        raise ValueError(UNSAFE)
    return edited


def _correction(text: str, host: str) -> tuple[str, str]:
    """The path of a site's correction, in the spelling that the file has."""
    there = find(compose(text), ("corrections",))
    written = there.pairs if isinstance(there, Mapping) else {}
    return "corrections", next((key for key in written if _is_host(key, host)), host)


def _is_host(written: str, host: str) -> bool:
    try:
        return normal_host(written) == host
    except ValueError:
        return False


def with_name(text: str, path: tuple[str, ...], name: str) -> str:
    """The text with a name more at the end of the list behind the keys.

    Raises:
        ValueError: there is no list, or the text is laid out in a way that cannot be edited safely.
    """
    root = compose(text)
    items = find(root, path)
    if not isinstance(items, Sequence):
        raise ValueError(UNSAFE)  # noqa: TRY004 (the text is wrong, not the caller)
    wanted = plain(root)
    _owner(wanted, path).append(name)
    line = f"{' ' * (items.span.column - 1)}- {quoted(name)}"
    return checked(with_item(text, items, quoted(name), [line]), wanted)


def without(text: str, path: tuple[str, ...]) -> str:
    """The text without a key and what stands behind it; the same text if the key is not there.

    Raises:
        ValueError: the text is laid out in a way that cannot be edited safely.
    """
    root = compose(text)
    mapping = find(root, path[:-1])
    if not isinstance(mapping, Mapping) or path[-1] not in mapping.pairs:
        return text
    wanted = plain(root)
    owner = _owner(wanted, path[:-1])
    del owner[path[-1]]
    pairs = list(mapping.pairs.values())
    position = list(mapping.pairs).index(path[-1])
    pair = pairs[position]
    start, end = pair.key.span.start, pair.value.span.end
    if mapping.is_flow:
        before = pairs[position - 1].value.span.end if position else None
        return checked(without_part(text, start, end, before), wanted)
    if not owner:
        _owner(wanted, path[:-2])[path[-2]] = (
            None  # the key above it stays, with what is said there
        )
    return checked(without_lines(text, start, end), wanted)


def _owner(values: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        values = values[step]
    return values


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
    if "\n" in text[node.span.start : node.span.end]:
        raise ValueError(UNSAFE)  # there may be comments in it
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
