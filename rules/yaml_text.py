"""YAML text as a tree with places. A narrow part of YAML 1.2: one document, no aliases, no tags.

Law: no text crashes the process, and no plain text turns into something that a parent did not write.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from rules.problems import Sentence
from rules.yaml_faults import (
    AT_MOST,
    BYTE_ORDER_MARK,
    DEEPEST,
    ODD_CHARACTER,
    Fault,
    YamlError,
    explained,
    faults_of_text,
    misread,
)

LONGEST_NUMBER = 18
"""Digits. Longer ones become floats, since the time to read an int grows with their square."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in the text."""

    start: int
    """Index of the first character."""
    end: int
    """Index after the last character."""
    line: int
    """1-based."""
    column: int
    """1-based."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value."""

    value: str | int | float | bool | None
    text: str
    """As written, without quotes."""
    span: Span


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    is_flow: bool
    """Written with brackets, not with dashes."""
    span: Span
    """Reaches to the end of the last item's text, or of the closing bracket."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and what stands behind it."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values."""

    pairs: dict[str, Pair]
    is_flow: bool
    """Written with braces."""
    span: Span


type Node = Scalar | Sequence | Mapping


class IncompleteError(YamlError):
    """Faults that leave a tree to read on in, so that the rest of what is wrong is found too."""

    def __init__(self, faults: tuple[Fault, ...], root: Mapping) -> None:
        super().__init__(faults)
        self.root = root


def compose(text: str) -> Mapping:
    """The text's tree. A byte order mark in front counts as the first character.

    Raises:
        YamlError: with all that could be found.
        IncompleteError: the same, where a tree could be made nevertheless.
    """
    faults = faults_of_text(text)
    if faults:
        raise YamlError(faults)
    offset = len(text) - len(text.removeprefix(BYTE_ORDER_MARK))
    composer = _Composer(text, offset)
    try:
        root = composer.document()
    except yaml.MarkedYAMLError as error:
        raise YamlError((*composer.faults, explained(error, text[offset:]))) from error
    if not isinstance(root, Mapping):
        composer.faults.append(
            Fault(1, 1, Sentence("the file is no rule file"), Sentence("begin with porchlight: 1"))
        )
        raise YamlError(tuple(composer.faults))
    if composer.faults:
        raise IncompleteError(tuple(composer.faults), root)
    return root


def plain(node: Node) -> Any:
    """The tree's values alone: dictionaries, lists, text, numbers, truth and None."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {name: plain(pair.value) for name, pair in node.pairs.items()}
    return [plain(item) for item in node.items]


@dataclass(slots=True)
class _Composer:
    """Makes the tree from libyaml's events: its own loader calls itself for every level, without limit."""

    text: str
    offset: int
    """Characters before the part that libyaml reads."""
    faults: list[Fault] = field(default_factory=list)
    _events: Iterator[yaml.Event] = field(init=False)

    def __post_init__(self) -> None:
        self._events = yaml.parse(self.text[self.offset :], Loader=yaml.CSafeLoader)

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if event.version or event.tags:
                    self._fault(
                        event,
                        Sentence("a line that begins with % means nothing here"),
                        Sentence("remove it"),
                    )
                if root is not None:
                    self._fault(
                        event,
                        Sentence("a second document begins here"),
                        Sentence("remove the --- line"),
                    )
                    return root
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, depth=1)
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            word = self._written(event)
            self.faults.append(misread(*self._place(event), word))
            return Scalar(word, word, self._span(event))
        self._refuse_tag(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if depth > DEEPEST:
            message = Sentence("too many lists and keys inside each other")
            fault = Fault(*self._place(event), message, AT_MOST)
            raise YamlError((*self.faults, fault))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth)
        return self._mapping(event, depth)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text: str = event.value
        if ODD_CHARACTER.search(text):
            message = Sentence("there is a character here that cannot be shown")
            self._fault(event, message, Sentence("remove it"))
        return Scalar(_typed(text) if event.implicit[0] else text, text, self._span(event))

    def _sequence(self, event: yaml.Event, depth: int) -> Sequence:
        items: list[Node] = []
        for inner in self._events:
            if isinstance(inner, yaml.SequenceEndEvent):
                return Sequence(tuple(items), *self._extent(event, inner, items[-1:]))
            node = self._node(inner, depth + 1)
            if isinstance(node, Scalar) and node.value is None:
                message = Sentence("this item of the list is empty")
                self._fault(inner, message, Sentence("remove it or fill it in"))
            items.append(node)
        raise AssertionError("libyaml closes what it opens")

    def _mapping(self, event: yaml.Event, depth: int) -> Mapping:
        pairs: dict[str, Pair] = {}
        last: list[Node] = []
        for inner in self._events:
            if isinstance(inner, yaml.MappingEndEvent):
                return Mapping(pairs, *self._extent(event, inner, last))
            key = self._node(inner, depth + 1)
            value = self._node(next(self._events), depth + 1)
            last = [value]
            self._add_pair(pairs, key, value, inner)
        raise AssertionError("libyaml closes what it opens")

    def _add_pair(self, pairs: dict[str, Pair], key: Node, value: Node, event: yaml.Event) -> None:
        if not isinstance(key, Scalar) or not isinstance(key.value, str):
            written = key.text if isinstance(key, Scalar) else Sentence("a list")
            message = Sentence("{key} cannot be a key", key=written or Sentence("nothing"))
            self._fault(event, message, Sentence("put the key in quotes"))
            return
        if key.value in pairs:
            message = Sentence(
                "{key} stands here a second time; the first is at line {line}",
                key=key.value,
                line=pairs[key.value].key.span.line,
            )
            self._fault(event, message, Sentence("keep one of the two"))
            return
        pairs[key.value] = Pair(key, value)

    def _refuse_tag(self, event: yaml.Event) -> None:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None or tag is not None:
            sign = "&" if anchor is not None else "!"
            self._fault(
                event,
                Sentence("{sign} at the beginning means something else in YAML", sign=sign),
                Sentence("put it in quotes, or remove the {sign}", sign=sign),
            )

    def _extent(self, event: yaml.Event, end: yaml.Event, last: list[Node]) -> tuple[bool, Span]:
        """Libyaml says of a block that it ends where the next begins; we mean the end of its text."""
        start = self._span(event)
        closing = self._span(end)
        is_flow = closing.end > closing.start
        stop = closing.end if is_flow or not last else last[0].span.end
        return is_flow, Span(start.start, stop, start.line, start.column)

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            raise AssertionError("libyaml marks every event")
        line, column = start.line + 1, start.column + 1
        return Span(start.index + self.offset, end.index + self.offset, line, column)

    def _place(self, event: yaml.Event) -> tuple[int, int]:
        span = self._span(event)
        return span.line, span.column

    def _written(self, event: yaml.Event) -> str:
        span = self._span(event)
        return self.text[span.start : span.end]

    def _fault(self, event: yaml.Event, message: Sentence, hint: Sentence) -> None:
        self.faults.append(Fault(*self._place(event), message, hint))


def _typed(text: str) -> str | int | float | bool | None:
    """A plain scalar by YAML 1.2's core schema, decimal numbers only: `0123`, `21:00` and `no` are text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
