"""What is wrong with a text as YAML, in words for a parent."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

import yaml

from rules.problems import Sentence

LARGEST_TEXT_BYTES = 1024 * 1024
DEEPEST = 12
"""Lists and mappings inside each other; the rule language needs 7."""
MOST_TABS = 20
"""Tabs reported one by one; an editor removes the others with them."""
BYTE_ORDER_MARK = "\ufeff"
TOO_LARGE = Sentence("the file is larger than 1 MiB")
AT_MOST = Sentence("at most {most} levels", most=DEEPEST)

ODD_CHARACTER = re.compile(
    "[^\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    "|\r(?!\n)"
)
"""What YAML or an editor would take for a line's end, or cannot show at all."""
_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)
_EXCLAMATION = (
    Sentence("an exclamation mark means something else in YAML"),
    Sentence("put it in quotes"),
)
_BACKSLASH = (
    Sentence("a backslash inside double quotes means something else in YAML"),
    Sentence("put the text in single quotes: '...'"),
)
_EXPLAINED = {
    "mapping values are not allowed": (
        Sentence("there is a colon where none can be"),
        Sentence(
            'put text that has a colon and a space in it in quotes: "a: b", and check the indentation'
        ),
    ),
    "block sequence entries are not allowed": (
        Sentence("a list with dashes cannot begin on this line"),
        Sentence("begin it on the next line, indented by two spaces"),
    ),
    "expected ',' or ']'": (
        Sentence("a list that begins with [ is not closed"),
        Sentence("add the missing ] or comma; text with brackets or commas goes in quotes"),
    ),
    "expected ',' or '}'": (
        Sentence("a list that begins with {{ is not closed"),
        Sentence("add the missing }} or comma; text with brackets or commas goes in quotes"),
    ),
    "found unexpected end of stream": (
        Sentence("text in quotes has no closing quote"),
        Sentence("add the missing quote"),
    ),
    "found unknown escape character": _BACKSLASH,
    "hexdecimal number": _BACKSLASH,
    "expected node content": (
        Sentence("a value is missing here"),
        Sentence("look for a comma or a bracket too many, or one too few"),
    ),
    "expected '-' indicator": (
        Sentence("a line inside a list has no dash"),
        Sentence("begin it with - like the others"),
    ),
    "expected key": (
        Sentence("this line does not fit what is above it"),
        Sentence("check indentation and quotes"),
    ),
    "tab character": (Sentence("a tab cannot indent a line"), Sentence("use spaces")),
    "could not find expected ':'": (
        Sentence("a key has no colon"),
        Sentence("write {example}", example=Sentence("key: value")),
    ),
    "exceeded maximum nesting depth": (
        Sentence("too many brackets inside each other"),
        AT_MOST,
    ),
    "undefined tag handle": _EXCLAMATION,
    "scanning a tag": _EXCLAMATION,
    "expected <document start>": (
        Sentence("this line does not fit what is above it"),
        Sentence("check indentation"),
    ),
}
"""What libyaml says -> what a parent reads."""
_SIGNS = ("alias", "anchor", "cannot start any token")
"""What libyaml says where a word begins with a sign of its own."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the text as YAML."""

    line: int
    column: int
    message: Sentence
    hint: Sentence


class YamlError(ValueError):
    """Text that is not in our part of YAML."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


def faults_of_text(text: str) -> tuple[Fault, ...]:
    """What can be seen without reading the text as YAML."""
    bare = text.removeprefix(BYTE_ORDER_MARK)
    if len(text) > LARGEST_TEXT_BYTES or len(text.encode(errors="replace")) > LARGEST_TEXT_BYTES:
        return (Fault(1, 1, TOO_LARGE, Sentence("a list that long is no rule file")),)
    odd = ODD_CHARACTER.search(bare)
    if odd:
        message = Sentence(
            "there is an invisible or broken character here: {code}", code=f"U+{ord(odd[0]):04X}"
        )
        return (Fault(*_place(bare, odd.start()), message, Sentence("remove it")),)
    tabs = islice(_TAB_INDENT.finditer(bare), MOST_TABS)
    return tuple(Fault(*_place(bare, tab.end() - 1), *_EXPLAINED["tab character"]) for tab in tabs)


def explained(error: yaml.MarkedYAMLError, text: str) -> Fault:
    """What libyaml could not read. It stops at the first."""
    said = f"{error.context or ''} {error.problem or ''}".strip()
    if any(piece in said for piece in _SIGNS):
        index, line, column = _mark(error.context_mark or error.problem_mark)
        word = re.compile(r"[^\s,\]}]*").match(text, index)
        return misread(line, column, word[0] if word else "")
    message, hint = next(
        (words for piece, words in _EXPLAINED.items() if piece in said),
        (
            Sentence("this is not readable: {reason}", reason=said),
            Sentence("check quotes and indentation"),
        ),
    )
    # What was left open is better shown than the place where patience ended.
    is_open = "clos" in message or "no colon" in message
    mark = (error.context_mark if is_open else None) or error.problem_mark
    _, line, column = _mark(mark)
    if line > text.count("\n") + 1:  # libyaml counts the text's end as a line, or two
        line, column = _place(text, len(text))
    return Fault(line, column, message, hint)


def misread(line: int, column: int, word: str) -> Fault:
    """A word without quotes that begins with a sign of YAML's own."""
    message = Sentence(
        "YAML reads the {sign} at the beginning of {word} as something else",
        sign=word[:1],
        word=word,
    )
    return Fault(line, column, message, Sentence('put it in quotes: "{word}"', word=word))


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _mark(mark: Any) -> tuple[int, int, int]:
    """Index, line and column of a mark; the C reader's have no public type."""
    return (mark.index, mark.line + 1, mark.column + 1) if mark else (0, 1, 1)
