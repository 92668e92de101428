"""Entries that have ended, stand twice, or say the opposite of each other."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from rules.compile import Ruleset
from rules.entries import NamedList, Spoken, lists, spell_out
from rules.match import Rule
from rules.narrowed import Case
from rules.policy import Action, Entry, GroupUse, Policy, Target
from rules.problems import Problem, Sentence, warning
from rules.witness import Suspicion, ask, is_idle, places

type Written = Entry | GroupUse
type Timed = Written | Spoken


def entry_suspicions(ruleset: Ruleset, moment: datetime) -> Iterator[Suspicion]:
    """Entries that may have ended by `moment`, stand twice, or say the opposite of another."""
    for one in (*_groups(ruleset.policy), *lists(ruleset.policy)):
        yield from _ended(ruleset, one, moment)
        yield from _doubled(ruleset, one)
    yield from _contradictions(ruleset)


def rules_of(case: Case, spoken: Spoken) -> list[Rule]:
    """The rules that came of an entry, among those that speak of a request."""
    return [
        rule
        for rule in case.rules()
        if (rule.line, rule.entry, rule.target) == (spoken.line, spoken.entry, spoken.target)
    ]


def is_said_by(case: Case, spoken: Spoken) -> bool:
    """Whether it is this entry that answers."""
    said = ask(case)
    return (said.line, said.entry) == (spoken.line, spoken.entry)


def lasts(longer: Timed, shorter: Timed) -> bool:
    """Whether one counts for all the time that the other does."""
    begins = longer.starts is None or (
        shorter.starts is not None and longer.starts <= shorter.starts
    )
    return begins and (
        longer.ends is None or (shorter.ends is not None and shorter.ends <= longer.ends)
    )


def last_day(ends: datetime) -> str:
    """The end of an entry as the file has it: a day that is included, or an hour."""
    if ends.time() == time():
        return f"{ends - timedelta(days=1):%Y-%m-%d}"
    return f"{ends:%Y-%m-%d %H:%M}"


def name_of(entry: Written) -> str:
    """The entry as its list has it."""
    return entry.address if isinstance(entry, Entry) else entry.group


def _groups(policy: Policy) -> Iterator[NamedList]:
    everyone = tuple(policy.profiles)
    for name, entries in policy.groups.items():
        yield NamedList(path=f"groups.{name}", entries=entries, profiles=everyone)


def _ended(ruleset: Ruleset, one: NamedList, moment: datetime) -> Iterator[Suspicion]:
    for entry in one.entries:
        if entry.ends is not None and entry.ends <= moment:
            message = Sentence(
                "{entry} has ended on {end}", entry=name_of(entry), end=last_day(entry.ends)
            )
            hint = Sentence("remove it, or move until:")
            problem = warning(ruleset.policy.file, entry.line, one.path, message, hint)
            yield _about(ruleset, one, entry, problem, _is_over)


def _doubled(ruleset: Ruleset, one: NamedList) -> Iterator[Suspicion]:
    earlier: dict[Target | str, Written] = {}
    for entry in one.entries:
        key = entry.target if isinstance(entry, Entry) else entry.group
        first = earlier.setdefault(key, entry)
        if first is not entry and lasts(first, entry):
            message = Sentence(
                "{entry} stands in this list already, in line {line}",
                entry=name_of(entry),
                line=first.line,
            )
            hint = Sentence("keep one of the two")
            problem = warning(ruleset.policy.file, entry.line, one.path, message, hint)
            yield _about(ruleset, one, entry, problem, _is_spare)


def _about(
    ruleset: Ruleset,
    one: NamedList,
    entry: Written,
    problem: Problem,
    shows: Callable[[Case, list[Rule]], bool],
) -> Suspicion:
    """A suspicion of one entry as it is written, tried on the first address that it means."""
    spoken = next(spell_out(ruleset.policy, (entry,)), None)
    in_group = one.path.startswith("groups.")

    def rules(case: Case) -> list[Rule]:
        return [
            rule
            for rule in case.rules()
            if spoken is not None
            and rule.target == spoken.target
            and (in_group or (rule.line, rule.entry) == (entry.line, name_of(entry)))
        ]

    return Suspicion(
        problem=problem,
        urls=() if spoken is None else places(spoken.target, ruleset.catalog),
        who=one.profiles,
        shows=lambda case: shows(case, rules(case)),
    )


def _is_over(case: Case, rules: list[Rule]) -> bool:
    """Whether what has ended could as well not be there."""
    over = [rule for rule in rules if not rule.is_live(case.moment)]
    return not over or is_idle(case, over)


def _is_spare(case: Case, rules: list[Rule]) -> bool:
    """Whether one of the two is enough."""
    return is_idle(case, rules[-1:])


def _contradictions(ruleset: Ruleset) -> Iterator[Suspicion]:
    policy = ruleset.policy
    everyone = tuple(policy.profiles)
    pairs = [("everyone", everyone, policy.everyone_allow, policy.everyone_block)]
    pairs += [
        (f"profiles.{key}", (key,), one.allow, one.block) for key, one in policy.profiles.items()
    ]
    for path, who, allow, block in pairs:
        blocked: dict[Target, list[Spoken]] = {}
        for one in spell_out(policy, block):
            blocked.setdefault(one.target, []).append(one)
        for allowed in spell_out(policy, allow):
            others = blocked.get(allowed.target, [])
            other = next((one for one in others if _meet(allowed, one)), None)
            if other is not None:
                yield _contradiction(ruleset, f"{path}.allow", who, allowed, other)


def _contradiction(
    ruleset: Ruleset, path: str, who: tuple[str, ...], allowed: Spoken, other: Spoken
) -> Suspicion:
    message = Sentence(
        "{entry} is allowed here and blocked in line {line}",
        entry=allowed.address,
        line=other.line,
    )
    hint = Sentence("between equals the block wins; keep one of the two")
    return Suspicion(
        problem=warning(ruleset.policy.file, allowed.line, path, message, hint),
        urls=places(allowed.target, ruleset.catalog),
        who=who,
        starts=max(filter(None, (allowed.starts, other.starts)), default=None),
        ends=min(filter(None, (allowed.ends, other.ends)), default=None),
        shows=lambda case: (
            bool(rules_of(case, allowed))
            and is_said_by(case, other)
            and ask(case).action is Action.BLOCK
        ),
    )


def _meet(one: Spoken, other: Spoken) -> bool:
    """Whether there is a time at which both count."""
    starts = max(filter(None, (one.starts, other.starts)), default=None)
    ends = min(filter(None, (one.ends, other.ends)), default=None)
    return starts is None or ends is None or starts < ends
