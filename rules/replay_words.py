"""What an edit would have changed, in words: for the pages and for the command line."""

from dataclasses import dataclass

from rules.compile import Ruleset
from rules.policy import Language
from rules.replay import Example, Replay, Shift
from rules.sentences import sentence
from rules.wording import origin_words, reason_line


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftWords:
    """One profile in one direction."""

    line: str
    examples: tuple[str, ...]
    """A host, how often, and what would have decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWords:
    """A replay as a parent reads it."""

    none: str
    """Said where nothing would have changed, else empty."""
    shifts: tuple[ShiftWords, ...]
    unsure: str
    """What could not be told, empty if there is no such."""
    budgets: str
    """That budgets are not tried, empty if there are none."""


def replay_words(found: Replay, *, new: Ruleset, language: Language) -> ReplayWords:
    """The replay in words. `new` are the rules that were tried."""
    none = ""
    if not found.shifts:
        key = "replay.none" if found.asked else "replay.empty"
        one = ".one" if found.asked == 1 else ""
        none = sentence(language, key + one, requests=_number(language, "requests", found.asked))
    unsure = _number(language, "requests", found.unsure)
    return ReplayWords(
        none=none,
        shifts=tuple(_shift(shift, new, language) for shift in found.shifts),
        unsure=sentence(language, "replay.unsure", requests=unsure) if found.unsure else "",
        budgets=sentence(language, "replay.budgets") if found.has_budgets else "",
    )


def _shift(shift: Shift, new: Ruleset, language: Language) -> ShiftWords:
    return ShiftWords(
        line=sentence(
            language,
            f"replay.{shift.action.value}",
            profile=new.policy.profiles[shift.profile].name,
            requests=_number(language, "requests", shift.requests),
            sites=_number(language, "sites", shift.sites),
        ),
        examples=tuple(_example(example, new, language) for example in shift.examples),
    )


def _example(example: Example, new: Ruleset, language: Language) -> str:
    return sentence(
        language,
        "replay.example",
        host=example.visit.host,
        n=example.times,
        why=reason_line(example.after, language=language, catalog=new.catalog),
        origin=origin_words(example.after, language=language),
    )


def _number(language: Language, what: str, n: int) -> str:
    return sentence(language, f"replay.{what}.one" if n == 1 else f"replay.{what}", n=n)
