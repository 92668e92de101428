"""One entry more in the rule file's text, everything else byte for byte as it was.

Law: what comes back says the old rules and that entry, or nothing comes back (ADR 0003).
"""

from dataclasses import dataclass
from typing import Any

from rules.address import AddressError, parse_address
from rules.policy import UNKNOWN, Action, Target
from rules.text_splice import (
    STEP,
    UNSAFE,
    find,
    quoted,
    replaced,
    with_item,
    with_lines,
    without_lines,
    without_part,
)
from rules.yaml_faults import YamlError
from rules.yaml_text import Mapping, Node, Scalar, Sequence, compose, plain


def add_entry(
    text: str, *, profile: str | None, action: Action, address: str, note: str = ""
) -> str:
    """The rule file's text with one entry more. `profile` None is everyone.

    The same address goes from the opposite list, unless it stands there with dates: whoever allows
    a site wants it open. An entry that is there already is not written twice.

    Raises:
        ValueError: there is no such profile, the address means nothing, or the text is laid out
            in a way that cannot be edited safely.
    """
    target = parse_address(address)
    owner = ("everyone",) if profile is None else ("profiles", profile)
    if profile not in (None, UNKNOWN) and find(compose(text), owner) is None:
        raise ValueError(f"there is no profile {profile}")
    opposite = Action.BLOCK if action is Action.ALLOW else Action.ALLOW
    edited = _without(text, (*owner, opposite.value), target)
    wish = _Wish((*owner, action.value), address, note)
    if not _matching(find(compose(edited), wish.path), target):
        edited = _with(edited, wish)
    if _values(edited, wish, opposite) != _wanted_values(text, wish, opposite, target):
        raise ValueError(UNSAFE)
    return edited


@dataclass(frozen=True, slots=True)
class _Wish:
    """The entry to add, and the path of its list."""

    path: tuple[str, ...]
    address: str
    note: str

    def value(self) -> Any:
        return {"site": self.address, "note": self.note} if self.note else self.address

    def in_line(self) -> str:
        """`example.com`, or `{site: example.com, note: …}`."""
        site = quoted(self.address)
        return f"{{site: {site}, note: {quoted(self.note)}}}" if self.note else site

    def behind(self, keys: tuple[str, ...]) -> str:
        """What stands behind a key on its line: `[example.com]`, in braces for further keys."""
        flow = f"[{self.in_line()}]"
        for key in reversed(keys):
            flow = f"{{{key}: {flow}}}"
        return flow

    def lines(self, keys: tuple[str, ...], indent: int) -> list[str]:
        """Lines of their own, below keys that are new too."""
        above = [f"{' ' * (indent + STEP * depth)}{key}:" for depth, key in enumerate(keys)]
        margin = " " * (indent + STEP * len(keys))
        if not self.note:
            return [*above, f"{margin}- {quoted(self.address)}"]
        site, note = quoted(self.address), quoted(self.note)
        return [*above, f"{margin}- site: {site}", f"{margin}  note: {note}"]


def _with(text: str, wish: _Wish) -> str:
    """Add the entry where its list is, or as much of the way there as the file has."""
    node: Node = compose(text)
    key, is_flow, known = None, False, 0
    for step in wish.path:
        if not isinstance(node, Mapping) or step not in node.pairs:
            break
        is_flow = node.is_flow
        pair = node.pairs[step]
        key, node, known = pair.key, pair.value, known + 1
    missing = wish.path[known:]
    if isinstance(node, Sequence) and not missing:
        return _with_item(text, node, wish)
    if isinstance(node, Mapping) and missing:
        return _with_key(text, node, wish, missing)
    if not isinstance(node, Scalar) or key is None or node.value is not None:
        raise ValueError(f"{'.'.join(wish.path[:known])} is no list")
    if node.text or is_flow:
        space = "" if node.text else " "
        return replaced(text, node.span.start, node.span.end, space + wish.behind(missing))
    return with_lines(text, node.span.end, wish.lines(missing, key.span.column - 1 + STEP))


def _with_item(text: str, items: Sequence, wish: _Wish) -> str:
    return with_item(text, items, wish.in_line(), wish.lines((), items.span.column - 1))


def _with_key(text: str, mapping: Mapping, wish: _Wish, missing: tuple[str, ...]) -> str:
    if not mapping.is_flow:
        return with_lines(text, mapping.span.end, wish.lines(missing, mapping.span.column - 1))
    pair = f"{missing[0]}: {wish.behind(missing[1:])}"
    if not mapping.pairs:
        start = mapping.span.start + 1
        return replaced(text, start, start, pair)
    end = list(mapping.pairs.values())[-1].value.span.end
    return replaced(text, end, end, f", {pair}")


def _without(text: str, path: tuple[str, ...], target: Target) -> str:
    """Take the address out of a list, however often it stands there without dates."""
    while True:
        items = find(compose(text), path)
        positions = _matching(items, target)
        if not positions or not isinstance(items, Sequence):
            return text
        text = _without_item(text, items, positions[0])


def _without_item(text: str, items: Sequence, position: int) -> str:
    span = items.items[position].span
    if not items.is_flow:
        return without_lines(text, span.start, span.end, "-")
    before = items.items[position - 1].span.end if position else None
    return without_part(text, span.start, span.end, before)


def _matching(items: Node | None, target: Target) -> list[int]:
    """Positions in the list at which the same address stands, without dates."""
    if not isinstance(items, Sequence):
        return []
    return [position for position, item in enumerate(items.items) if _is_same(plain(item), target)]


def _is_same(value: Any, target: Target) -> bool:
    if isinstance(value, dict) and value.keys() <= {"site", "note"}:
        value = value.get("site")
    try:
        return isinstance(value, str) and parse_address(value) == target
    except AddressError:
        return False


def _values(text: str, wish: _Wish, opposite: Action) -> Any:
    """What the file says; the two lists as lists even where they are empty."""
    try:
        root = plain(compose(text))
    except YamlError as error:
        raise ValueError(UNSAFE) from error
    owner = root
    for step in wish.path[:-1]:
        owner[step] = owner.get(step) or {}
        owner = owner[step]
    for name in (wish.path[-1], opposite.value):
        owner[name] = owner.get(name) or []
        if not isinstance(owner[name], list):
            raise ValueError(f"{name}: is no list")  # noqa: TRY004 (the text is wrong, not the caller)
    return root


def _wanted_values(text: str, wish: _Wish, opposite: Action, target: Target) -> Any:
    root = _values(text, wish, opposite)
    owner = root
    for step in wish.path[:-1]:
        owner = owner[step]
    items = owner[wish.path[-1]]
    if not any(_is_same(item, target) for item in items):
        items.append(wish.value())
    owner[opposite.value] = [item for item in owner[opposite.value] if not _is_same(item, target)]
    return root
