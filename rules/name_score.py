"""What a host's own name says it is about. Law: a name speaks only by words that a person can be shown."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

EDGE = "_"
"""Before or after a word: there its letters end, or its digits."""
ENDING = "*."
"""Before a word: it is the whole last label of the host."""
NUMBER = "#"
"""In place of a word: a number."""
PUNYCODE = "xn--"

_DIGITS = re.compile(r"\d+")
_MACHINE_MADE = re.compile(r"[a-z]*(?:\d+[a-z]+){2,}\d+[a-z]*")
"""Three numbers among letters: nobody calls a site `d2w88er3oa79h8`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryWords:
    """The words by which names tell one category."""

    telling: Mapping[str, int]
    """The points of each word that can tell."""
    hints: frozenset[str]
    """Words of one point each, which count only beside a telling one."""

    def points(self, word: str) -> int:
        """What the word is worth here, 0 if it says nothing of this category."""
        return self.telling.get(word) or int(word in self.hints)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a name says."""

    category: str
    words: tuple[str, ...]
    """The words that told, in the order of the name, each once."""
    points: int
    """Of these words, less what words against it take away."""


@dataclass(frozen=True, kw_only=True)
class NameWords:
    """All words, ready to be looked for. Each is written as in `store/catalog/name_words.yaml`."""

    categories: Mapping[str, CategoryWords]
    innocent: frozenset[str]
    """Words that say nothing, and hide the shorter ones within them: `essex`."""
    against: Mapping[str, int]
    """The points that a word takes from every category: `addict`."""
    enough: int
    """The points from which a name is said to be of a category."""

    @cached_property
    def quick(self) -> re.Pattern[str]:
        """Finds something in every name that has a telling word, and nothing in almost all others."""
        words = {_text(word) for one in self.categories.values() for word in one.telling}
        # As a tree, a common beginning is tried once: twelve times as fast as the words in a row.
        return re.compile(_tree(sorted(words)) if words else "(?!)")

    @cached_property
    def written(self) -> Mapping[str, tuple[str, ...]]:
        """By the text to look for: how it is written, the most narrowly marked first."""
        words = {*self.innocent, *self.against}
        for one in self.categories.values():
            words |= one.telling.keys() | one.hints
        by_text = groupby(sorted(words, key=_text), key=_text)
        return {text: tuple(sorted(same, key=_breadth)) for text, same in by_text}

    @cached_property
    def lengths(self) -> Mapping[str, tuple[int, ...]]:
        """By its first letter: how long a text can be, the longest first."""
        lengths: dict[str, set[int]] = {}
        for text in self.written:
            lengths.setdefault(text[0], set()).add(len(text))
        return {first: tuple(sorted(some, reverse=True)) for first, some in lengths.items()}


def read_name(words: NameWords, host: str) -> Reading | None:
    """What the name of a host in normal form says it is about; None if nothing, or not clearly.

    Costs about a microsecond for a name without any telling word.
    """
    name = _spoken(host) if PUNYCODE in host else host
    if words.quick.search(name) is None:
        return None
    found: dict[str, str] = {}
    for word, text in _words_in(words, _MACHINE_MADE.sub("", name)):
        found.setdefault(word, text)
    taken = sum(words.against.get(word, 0) for word in found)
    readings = (_reading(key, one, found, taken) for key, one in words.categories.items())
    best = max(
        (one for one in readings if one is not None), key=lambda one: one.points, default=None
    )
    return best if best and best.points >= words.enough else None


def fold(text: str) -> str:
    """The text in small letters without accents: `nhà cái` becomes `nha cai`."""
    # U+0111 is a letter of its own, which no decomposition takes apart.
    apart = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return "".join(one for one in apart if not unicodedata.combining(one))


def _words_in(words: NameWords, name: str) -> Iterator[tuple[str, str]]:
    """Each word as it is written with its text in the name, from left to right, the longest first, none within another."""
    start = 0
    while start < len(name):
        word, end = _word_at(words, name, start)
        if word:
            yield word, name[start:end]
        start = end


def _word_at(words: NameWords, name: str, start: int) -> tuple[str, int]:
    """The word that begins here, empty if there is none, and where to go on."""
    for length in words.lengths.get(name[start], ()):
        text = name[start : start + length]
        for word in words.written.get(text, ()):
            if _fits(word, name, start, start + len(text)):
                return word, start + len(text)
    digits = _DIGITS.match(name, start)
    return (NUMBER, digits.end()) if digits else ("", start + 1)


def _fits(word: str, name: str, start: int, end: int) -> bool:
    if word.startswith(ENDING):
        return name[start - 1 : start] == "." and end == len(name)
    if word.startswith(EDGE) and _goes_on(name[start - 1 : start], name[start]):
        return False
    return not (word.endswith(EDGE) and _goes_on(name[end : end + 1], name[end - 1]))


def _goes_on(outside: str, inside: str) -> bool:
    return (outside.isalpha() and inside.isalpha()) or (outside.isdigit() and inside.isdigit())


def _reading(
    category: str, words: CategoryWords, found: Mapping[str, str], taken: int
) -> Reading | None:
    if words.telling.keys().isdisjoint(found):
        return None
    told: dict[str, int] = {}
    for word, text in found.items():
        if points := words.points(word):
            told[text] = max(points, told.get(text, 0))
    return Reading(category=category, words=tuple(told), points=sum(told.values()) - taken)


def _spoken(host: str) -> str:
    return ".".join(map(_spoken_label, host.split(".")))


def _spoken_label(label: str) -> str:
    if not label.startswith(PUNYCODE):
        return label
    try:
        return fold(label.removeprefix(PUNYCODE).encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


def _text(word: str) -> str:
    return word.removeprefix(ENDING).strip(EDGE)


def _breadth(word: str) -> tuple[bool, int]:
    return not word.startswith(ENDING), -len(word)


def _tree(texts: list[str]) -> str:
    if not texts[0]:
        return ""  # the shortest of them is enough
    branches = [
        re.escape(first) + _tree([text[1:] for text in same])
        for first, same in groupby(texts, key=lambda text: text[0])
    ]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
