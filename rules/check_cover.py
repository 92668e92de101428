"""Addresses that a wider entry of the same list holds: it says the same, and without them nothing changes."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from rules.check_entries import is_said_by, lasts, rules_of
from rules.compile import Ruleset
from rules.cover import Block, Cover, block_of, blocks_above
from rules.entries import NamedList, Spoken, lists, spell_out
from rules.hosts import parents
from rules.match import Rank, rank
from rules.narrowed import Case
from rules.policy import Network, Site, Target
from rules.problems import Sentence, warning
from rules.witness import Suspicion, ask, places


def cover_suspicions(ruleset: Ruleset) -> Iterator[Suspicion]:
    """Addresses that another entry of their list may hold."""
    spelled = {
        one.path: tuple(spell_out(ruleset.policy, one.entries)) for one in lists(ruleset.policy)
    }
    for one in lists(ruleset.policy):
        cover = Cover.of(spelled[one.path], ruleset.catalog)
        rivals = _Rivals.of(spelled.get(_opposite(one.path), ()))
        for spoken in spelled[one.path]:
            wider = _wider(spoken, cover, rivals)
            if wider is not None:
                yield _suspicion(ruleset, one, spoken, wider)


def _opposite(path: str) -> str:
    """The list that is weighed against another. Nothing is against `never` and `anytime`."""
    owner, _, name = path.rpartition(".")
    return f"{owner}.{'block' if name == 'allow' else 'allow'}" if owner else ""


def _wider(spoken: Spoken, cover: Cover, rivals: "_Rivals") -> Spoken | None:
    for other in cover.over(spoken.target):
        is_address = isinstance(other.target, Site | Network) and other.target != spoken.target
        is_elsewhere = (other.line, other.entry) != (spoken.line, spoken.entry)
        if (
            is_address
            and is_elsewhere
            and lasts(other, spoken)
            and not rivals.are_between(spoken.target, other.target)
        ):
            return other
    return None


def _suspicion(ruleset: Ruleset, one: NamedList, spoken: Spoken, wider: Spoken) -> Suspicion:
    message = Sentence(
        "{entry} changes nothing: {other} in line {line} says it already",
        entry=spoken.address,
        other=wider.address,
        line=wider.line,
    )
    hint = Sentence("keep one of the two")

    def shows(case: Case) -> bool:
        rules = rules_of(case, spoken)
        given, left = ask(case), ask(case.without(rules))
        if one.path == "anytime":  # what opens the clock is no answer, and has no line
            return bool(rules) and given == left
        return (
            is_said_by(case, spoken)
            and (left.line, left.entry) == (wider.line, wider.entry)
            and (left.action, left.reason) == (given.action, given.reason)
        )

    return Suspicion(
        problem=warning(ruleset.policy.file, spoken.line, one.path, message, hint),
        urls=places(spoken.target, ruleset.catalog),
        who=one.profiles,
        starts=spoken.starts,
        ends=spoken.ends,
        shows=shows,
    )


@dataclass(frozen=True, slots=True)
class _Rivals:
    """How exact the entries of the opposite list are, by where they stand, in order."""

    at: dict[str | Block, list[Rank]]
    """By host, or by network."""
    below: dict[str, list[Rank]]
    """By host: at it or below it."""

    @classmethod
    def of(cls, entries: Iterable[Spoken]) -> Self:
        at: dict[str | Block, list[Rank]] = {}
        below: dict[str, list[Rank]] = {}
        for spoken in entries:
            target = spoken.target
            if isinstance(target, Network):
                at.setdefault(block_of(target), []).append(rank(target))
            elif isinstance(target, Site):
                at.setdefault(target.host, []).append(rank(target))
                for host in parents(target.host):
                    below.setdefault(host, []).append(rank(target))
        for ranks in (*at.values(), *below.values()):
            ranks.sort()
        return cls(at, below)

    def are_between(self, narrow: Target, wide: Target) -> bool:
        """Whether one may win over the wider entry where the narrower one wins over it."""
        low, high = rank(wide), rank(narrow)
        return any(_has(ranks, low, high) for ranks in self._near(narrow))

    def _near(self, target: Target) -> Iterator[list[Rank]]:
        if isinstance(target, Network):
            yield from (self.at.get(block, []) for block in blocks_above(target))
        elif isinstance(target, Site):
            yield self.below.get(target.host, [])
            yield from (self.at.get(host, []) for host in parents(target.host))


def _has(ranks: list[Rank], low: Rank, high: Rank) -> bool:
    place = bisect_left(ranks, low)
    return place < len(ranks) and ranks[place] <= high
