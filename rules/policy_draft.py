"""A rule file while it is read: its tree, the places in it, and what has been found wrong so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rules.problems import NO_HINT, Problem, Sentence
from rules.yaml_text import Mapping, Node, Scalar, Sequence, Span

type Path = tuple[str | int, ...]
"""Keys and 0-based positions in lists, from the top."""


@dataclass(slots=True)
class Draft:
    """A rule file while it is read."""

    file: str
    root: Mapping
    problems: list[Problem] = field(default_factory=list)

    def refuse(
        self, path: Path, message: Sentence, hint: Sentence = NO_HINT, *, at_key: bool = False
    ) -> None:
        """Write down that something is wrong there: at a value, or at its key."""
        span = self._span(path, at_key=at_key)
        self.problems.append(
            Problem(
                file=self.file,
                line=span.line,
                column=span.column,
                path=in_words(path),
                message=message,
                hint=hint,
            )
        )

    def line(self, path: Path) -> int:
        """The line on which a key or an item of a list begins."""
        return self._span(path, at_key=True).line

    def written(self, path: Path) -> str:
        """A value's text as the file has it, without quotes; empty for lists and mappings."""
        node = self._walk(path)[1]
        return node.text if isinstance(node, Scalar) else ""

    def keys(self, *path: str | int) -> list[str]:
        """The keys of a mapping, right or wrong; none where the file has no mapping."""
        node = self._exactly(path)
        return list(node.pairs) if isinstance(node, Mapping) else []

    def texts(self, *path: str) -> list[tuple[int, str]]:
        """The items of a list that are text, each with its position."""
        node = self._exactly(path)
        items = node.items if isinstance(node, Sequence) else ()
        return [
            (position, item.value)
            for position, item in enumerate(items)
            if isinstance(item, Scalar) and isinstance(item.value, str)
        ]

    def _span(self, path: Path, *, at_key: bool) -> Span:
        key, node = self._walk(path)
        # A collection begins on a later line than the key that a parent looks for.
        is_plain = isinstance(node, Scalar) and node.text
        return key.span if key and (at_key or not is_plain) else node.span

    def _exactly(self, path: Path) -> Node | None:
        node: Node = self.root
        for step in path:
            if isinstance(node, Mapping) and step in node.pairs:
                node = node.pairs[str(step)].value
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            else:
                return None
        return node

    def _walk(self, path: Path) -> tuple[Scalar | None, Node]:
        """The key and the value at the path, or at as much of it as the file has."""
        key: Scalar | None = None
        node: Node = self.root
        for step in path:
            if isinstance(node, Mapping) and step in node.pairs:
                pair = node.pairs[str(step)]
                key, node = pair.key, pair.value
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                key, node = None, node.items[step]
            else:
                break
        return key, node


def in_words(path: Path) -> str:
    """The path as people read it: `profiles.younger.block #2`."""
    words = ""
    for step in path:
        words += f" #{step + 1}" if isinstance(step, int) else f".{step}" if words else step
    return words


def key_lines(node: Node, above: str = "") -> Iterator[tuple[str, int]]:
    """Every key's dotted path with its line."""
    if isinstance(node, Mapping):
        for name, pair in node.pairs.items():
            path = f"{above}.{name}" if above else name
            yield path, pair.key.span.line
            yield from key_lines(pair.value, path)
