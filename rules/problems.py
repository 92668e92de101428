"""What is wrong with a rule file, in words for a parent, each at its line and in the parent's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Literal, Self

from rules.policy import Language
from rules.problem_sentences import SENTENCES


class Sentence(str):
    """English text that remembers its template and parts, so that it can be said in another language.

    A part may be a Sentence itself.
    """

    __slots__ = ("parts", "template")

    template: str
    parts: Mapping[str, object]

    def __new__(cls, template: str, /, **parts: object) -> Self:
        """Fill the template's named parts in, as `str.format` does."""
        made = super().__new__(cls, template.format(**parts))
        made.template, made.parts = template, parts
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """What a copy is made from: the template, since the text may have braces of its own."""
        return (self.template,), dict(self.parts)

    def said_in(self, language: Language) -> str:
        """The sentence in a language. Parts that are names, or a library's words, stay as they are."""
        parts = {
            name: part.said_in(language) if isinstance(part, Sentence) else part
            for name, part in self.parts.items()
        }
        return SENTENCES[language].get(self.template, self.template).format(**parts)


NO_HINT = Sentence("")
"""The message says it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A request that shows a problem: `porchlight explain URL --for WHO --at AT` tells how it is answered."""

    who: str
    """A profile's or a device's key."""
    url: str
    at: datetime
    """Aware, in the family's time zone, a whole minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, or that is probably not meant."""

    file: str
    """The file's name as shown to people."""
    line: int
    """1-based."""
    column: int
    """1-based."""
    path: str
    """Where in the file, in words: `profiles.younger.block #2`. Empty: the file itself."""
    message: Sentence
    hint: Sentence
    """What to do about it. Empty if the message says it all."""
    severity: Literal["error", "warning"] = "error"
    witness: Witness | None = None
    """What shows it. None: an error, or nothing that can be asked for."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: "
        return where + self.message + (f" ({self.hint})" if self.hint else "")


class PolicyError(ValueError):
    """A rule file that cannot be followed, with everything that is wrong in it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def unreadable(
    file: str, message: Sentence, hint: Sentence = NO_HINT, *, line: int = 1
) -> PolicyError:
    """The error of a file that is no text at all."""
    problem = Problem(file=file, line=line, column=1, path="", message=message, hint=hint)
    return PolicyError((problem,))


def warning(file: str, line: int, path: str, message: Sentence, hint: Sentence) -> Problem:
    """Something that is right and probably not meant."""
    return Problem(
        file=file, line=line, column=1, path=path, message=message, hint=hint, severity="warning"
    )


def closest(word: str, known: list[str]) -> str | None:
    """The name that was probably meant."""
    return next(iter(get_close_matches(word.lower(), known, n=1, cutoff=0.6)), None)


def meant(name: str) -> Sentence:
    """A hint that names what was probably meant."""
    return Sentence("did you mean {name}?", name=name)


def nearest(word: str, known: list[str]) -> Sentence:
    """A hint that names what was probably meant, or all that there is."""
    close = closest(word, known)
    if close:
        return meant(close)
    if not known:
        return Sentence("there is none yet")
    return Sentence("there is: {names}", names=", ".join(sorted(set(known))))
