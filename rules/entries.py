"""A list of entries with its groups spelled out: what the engine asks and what `check` looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rules.policy import EVERYTHING, Budget, Entry, EntryList, GroupUse, Policy, Target, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An address as a list says it, be it in the list itself or through a group."""

    target: Target
    address: str
    """As written, in the list or in the group."""
    entry: str
    """As written in the list: the address, or the group's name."""
    line: int
    """Of the list's own entry."""
    starts: datetime | None
    """The later of the entry's and the groups' beginnings."""
    ends: datetime | None
    """The sooner of their ends."""
    note: str
    """The list's own entry's, else the group's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedList:
    """One list of entries of the rule file."""

    path: str
    """In words: `profiles.younger.block`."""
    entries: EntryList
    profiles: tuple[str, ...]
    """Keys of the profiles that are asked by it."""


def lists(policy: Policy) -> tuple[NamedList, ...]:
    """Every list that requests are asked by: `never` and `anytime`, the family's, the profiles'."""
    everyone = tuple(policy.profiles)
    family = [
        ("never", policy.never),
        ("anytime", policy.anytime),
        ("everyone.allow", policy.everyone_allow),
        ("everyone.block", policy.everyone_block),
    ]
    found = [NamedList(path=path, entries=one, profiles=everyone) for path, one in family]
    for key, profile in policy.profiles.items():
        for name, entries in (("allow", profile.allow), ("block", profile.block)):
            path = f"profiles.{key}.{name}"
            found.append(NamedList(path=path, entries=entries, profiles=(key,)))
    return tuple(found)


def spell_out(policy: Policy, entries: EntryList) -> Iterator[Spoken]:
    """Every address of the list. Groups within groups are followed; they hold no circle."""
    for entry in entries:
        if isinstance(entry, Entry):
            yield _itself(entry)
        else:
            for member in spell_out(policy, policy.groups[entry.group]):
                yield _through(entry, member)


def counted(policy: Policy, budget: Budget) -> EntryList:
    """What a budget counts, as an entry would name it; nothing for `everything`."""
    if budget.key == EVERYTHING:
        return ()
    if budget.key in policy.groups:
        return (GroupUse(group=budget.key, line=budget.line),)
    return (Entry(address=budget.key, target=Word(name=budget.key), line=budget.line),)


def turns(policy: Policy) -> tuple[datetime, ...]:
    """Every moment at which some entry of the file begins or ends, in order."""
    written = [*policy.groups.values(), *(one.entries for one in lists(policy))]
    found = {moment for entries in written for one in entries for moment in (one.starts, one.ends)}
    return tuple(sorted(moment for moment in found if moment is not None))


def _itself(entry: Entry) -> Spoken:
    return Spoken(
        target=entry.target,
        address=entry.address,
        entry=entry.address,
        line=entry.line,
        starts=entry.starts,
        ends=entry.ends,
        note=entry.note,
    )


def _through(use: GroupUse, member: Spoken) -> Spoken:
    return Spoken(
        target=member.target,
        address=member.address,
        entry=use.group,
        line=use.line,
        starts=max(filter(None, (use.starts, member.starts)), default=None),
        ends=min(filter(None, (use.ends, member.ends)), default=None),
        note=use.note or member.note,
    )
