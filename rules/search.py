"""What a person searches for: the words in a search engine's address, and whether an entry means them.

Law: the same words typed in another way (case, width, accents put on another letter) are the same words.
"""

import re
from collections.abc import Mapping
from unicodedata import category, normalize

from rules.address import AddressError, parameters_of
from rules.catalog import SearchEngine
from rules.hosts import Url, parents, registrable_domain
from rules.policy import Search
from rules.problems import Sentence

LONGEST_SEARCH = 200
"""Characters of an entry; nobody types more."""

# Chinese and Japanese leave no space between words, so each of their characters is one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point: what nobody sees, and search engines do not read."""
_LOOSE_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""Marks that stand on a letter with which they make no other: a line through a word, or below it."""
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
"""The five marks of Vietnamese: grave, acute, tilde, hook above, dot below."""


def engine_at(host: str, engines: Mapping[str, SearchEngine]) -> SearchEngine | None:
    """The search engine that a host in normal form belongs to."""
    for name in parents(host):
        if name in engines:
            return engines[name]
    brand, _, ending = (registrable_domain(host) or "").partition(".")
    return engines.get(f"{brand}.*") if ending else None


def search_terms(url: Url, engines: Mapping[str, SearchEngine]) -> str | None:
    """What a person typed into a search engine to get this address; None where it is no search."""
    engine = engine_at(url.host, engines)
    if engine is None or not any(_is_at(url.path, path) for path in engine.paths):
        return None
    found = (
        value for name, value in parameters_of(url.query) if name.casefold() in engine.parameters
    )
    return " ".join(found).strip() or None


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in normal form: without case, width and signs, and each tone at its word's end."""
    plain = normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    # after the letters that are made of two are one
    plain = _LOOSE_MARKS.sub("", normalize("NFC", plain))
    return tuple(map(_with_tone_last, _WORD.findall(plain)))


def is_said_in(wanted: tuple[str, ...], searched: tuple[str, ...]) -> bool:
    """Whether all the words wanted stand next to each other in those searched for, both in normal form.

    Words without any accent mean those with accents too; `cờ bạc` is only itself.
    """
    if _without_accents(wanted) == wanted:
        searched = _without_accents(searched)
    length = len(wanted)
    return any(
        searched[start : start + length] == wanted for start in range(len(searched) - length + 1)
    )


def parse_search(text: str) -> Search:
    """The words that an entry means.

    Raises:
        AddressError: there is no word, or nobody would type so much.
    """
    if len(text) > LONGEST_SEARCH:
        raise AddressError(
            Sentence("these words are longer than {most} characters", most=LONGEST_SEARCH),
            Sentence("write only the words that must stand next to each other"),
        )
    words = words_of(text)
    if not words:
        raise AddressError(
            Sentence("there is no word in “{written}”", written=text),
            Sentence("write {example}", example="search: how to make a bomb"),
        )
    return Search(words=words, text=text)


def _is_at(path: str, place: str) -> bool:
    """Whether a path is this one or below it."""
    return path.startswith(place) and (place == "/" or path[len(place) :][:1] in {"", "/"})


def _with_tone_last(word: str) -> str:
    # `hoà` and `hòa` are two schools of writing the same word.
    if word.isascii():
        return word
    apart = normalize("NFD", word)
    return normalize("NFC", _TONES.sub("", apart) + "".join(_TONES.findall(apart)))


def _without_accents(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word if word.isascii() else _bare(word) for word in words)


def _bare(word: str) -> str:
    apart = normalize("NFD", word).replace("đ", "d")
    return normalize("NFC", "".join(mark for mark in apart if category(mark) != "Mn"))
