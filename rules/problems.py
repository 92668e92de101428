"""What is wrong with a rule file, in words for a parent, each at its line."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


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
    message: str
    hint: str
    """What to do about it. Empty if the message says it all."""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: "
        return where + self.message + (f" ({self.hint})" if self.hint else "")


class PolicyError(ValueError):
    """A rule file that cannot be followed, with everything that is wrong in it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def warning(file: str, line: int, path: str, message: str, hint: str) -> Problem:
    """Something that is right and probably not meant."""
    return Problem(
        file=file, line=line, column=1, path=path, message=message, hint=hint, severity="warning"
    )


def nearest(word: str, known: list[str]) -> str:
    """A hint that names what was probably meant, or all that there is."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"there is: {', '.join(sorted(set(known)))}" if known else "there is none yet"
