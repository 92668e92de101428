"""What in a right policy is probably not meant: dead, doubled, contradictory or ended entries, idle names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from rules.catalog import Catalog
from rules.check_times import time_warnings
from rules.entries import Spoken, spell_out
from rules.hosts import parents
from rules.policy import (
    UNKNOWN,
    Entry,
    EntryList,
    GroupUse,
    Network,
    Policy,
    Scope,
    Site,
    Target,
    Word,
)
from rules.problems import Problem, Sentence, warning


def warnings(
    policy: Policy, catalog: Catalog, *, moment: datetime | None = None
) -> tuple[Problem, ...]:
    """Everything that deserves a second look, sorted by line. Without a moment nothing counts as ended."""
    found = [
        *_ended(policy, moment),
        *_doubled(policy),
        *_contradictions(policy),
        *_dead(policy, catalog),
        *_idle(policy),
        *time_warnings(policy),
    ]
    return tuple(sorted(set(found), key=lambda problem: (problem.line, problem.message)))


def _lists(policy: Policy) -> Iterator[tuple[str, EntryList]]:
    """Every list of entries with its path."""
    yield from ((f"groups.{name}", entries) for name, entries in policy.groups.items())
    yield "never", policy.never
    yield "anytime", policy.anytime
    yield from _allows(policy)
    yield "everyone.block", policy.everyone_block
    yield from ((f"profiles.{key}.block", one.block) for key, one in policy.profiles.items())


def _allows(policy: Policy) -> Iterator[tuple[str, EntryList]]:
    yield "everyone.allow", policy.everyone_allow
    yield from ((f"profiles.{key}.allow", one.allow) for key, one in policy.profiles.items())


def _ended(policy: Policy, moment: datetime | None) -> Iterator[Problem]:
    if moment is None:
        return
    for path, entries in _lists(policy):
        for entry in entries:
            if entry.ends is not None and entry.ends <= moment:
                message = Sentence(
                    "{entry} has ended on {end}",
                    entry=_name(entry),
                    end=_last(entry.ends),
                )
                hint = Sentence("remove it, or move until:")
                yield warning(policy.file, entry.line, path, message, hint)


def _last(ends: datetime) -> str:
    """As the file has it: a day that is included, or an hour."""
    if ends.time() == time():
        return f"{ends - timedelta(days=1):%Y-%m-%d}"
    return f"{ends:%Y-%m-%d %H:%M}"


def _doubled(policy: Policy) -> Iterator[Problem]:
    for path, entries in _lists(policy):
        earlier: dict[Target | str, Entry | GroupUse] = {}
        for entry in entries:
            key = entry.target if isinstance(entry, Entry) else entry.group
            first = earlier.setdefault(key, entry)
            if first is not entry and _lasts(first, entry):
                message = Sentence(
                    "{entry} stands in this list already, in line {line}",
                    entry=_name(entry),
                    line=first.line,
                )
                hint = Sentence("keep one of the two")
                yield warning(policy.file, entry.line, path, message, hint)


def _contradictions(policy: Policy) -> Iterator[Problem]:
    pairs = [("everyone", policy.everyone_allow, policy.everyone_block)]
    pairs += [(f"profiles.{key}", one.allow, one.block) for key, one in policy.profiles.items()]
    for path, allow, block in pairs:
        blocked: dict[Target, list[Spoken]] = {}
        for one in spell_out(policy, block):
            blocked.setdefault(one.target, []).append(one)
        for allowed in spell_out(policy, allow):
            others = blocked.get(allowed.target, [])
            other = next((one for one in others if _meet(allowed, one)), None)
            if other is not None:
                yield warning(
                    policy.file,
                    allowed.line,
                    f"{path}.allow",
                    Sentence(
                        "{entry} is allowed here and blocked in line {line}",
                        entry=allowed.address,
                        line=other.line,
                    ),
                    Sentence("between equals the block wins; keep one of the two"),
                )


def _dead(policy: Policy, catalog: Catalog) -> Iterator[Problem]:
    never = _Never.of(policy, catalog)
    for path, entries in (*_allows(policy), ("anytime", policy.anytime)):
        for allowed in spell_out(policy, entries):
            floor = never.over(allowed)
            if floor is not None:
                message = Sentence(
                    "{entry} stays blocked: {floor} is under never: in line {line}",
                    entry=_shown(allowed),
                    floor=floor.address,
                    line=floor.line,
                )
                hint = Sentence("nothing opens what is under never:; remove it here or there")
                yield warning(policy.file, allowed.line, path, message, hint)


def _shown(allowed: Spoken) -> str:
    """The entry, with a request to try."""
    if not isinstance(allowed.target, Site):
        return allowed.address
    address = f"https://{allowed.target.host}{allowed.target.path or '/'}"
    return Sentence("{entry} (try {address})", entry=allowed.address, address=address)


@dataclass(frozen=True, slots=True)
class _Never:
    """The family's floor, by what it looks at."""

    by_target: Mapping[Target, Spoken]
    by_host: Mapping[str, list[Spoken]]
    networks: tuple[tuple[Network, Spoken], ...]

    @classmethod
    def of(cls, policy: Policy, catalog: Catalog) -> "_Never":
        by_target: dict[Target, Spoken] = {}
        by_host: dict[str, list[Spoken]] = {}
        for floor in spell_out(policy, policy.never):
            by_target.setdefault(floor.target, floor)
            for host in _hosts(floor.target, catalog):
                by_host.setdefault(host, []).append(floor)
        networks = tuple(
            (floor.target, floor)
            for floor in by_target.values()
            if isinstance(floor.target, Network)
        )
        return cls(by_target, by_host, networks)

    def over(self, allowed: Spoken) -> Spoken | None:
        """The entry that keeps an allowed address blocked for as long as it would be allowed."""
        found = [self.by_target[allowed.target]] if allowed.target in self.by_target else []
        if isinstance(allowed.target, Site):
            site = allowed.target
            for host in parents(site.host):
                found += [one for one in self.by_host.get(host, ()) if _covers(one.target, site)]
        elif isinstance(allowed.target, Network):
            found += [one for network, one in self.networks if _holds(network, allowed.target)]
        return next((floor for floor in found if _lasts(floor, allowed)), None)


def _hosts(target: Target, catalog: Catalog) -> frozenset[str]:
    if isinstance(target, Word):
        topic = catalog.topics.get(target.name)
        return frozenset() if topic is None else topic.hosts
    return frozenset({target.host}) if isinstance(target, Site) else frozenset()


def _covers(floor: Target, site: Site) -> bool:
    """Whether all of the site is under the floor, which is known to be at its host or above."""
    if not isinstance(floor, Site):
        return True
    if floor.parameters or not _holds_path(floor.path, site.path):
        return False
    if floor.scope is Scope.TREE:
        return True
    if floor.scope is Scope.ALONE:
        return site.scope is Scope.ALONE and site.host == floor.host
    return site.host != floor.host or site.scope is Scope.BELOW


def _holds_path(floor: str | None, path: str | None) -> bool:
    return floor is None or (path is not None and f"{path}/".startswith(f"{floor}/"))


def _holds(outer: Network, inner: Network) -> bool:
    one, other = outer.network, inner.network
    return (
        one.version == other.version
        and one.prefixlen <= other.prefixlen
        and other.network_address in one
    )


def _idle(policy: Policy) -> Iterator[Problem]:
    used = {device for profile in policy.profiles.values() for device in profile.devices}
    for name, device in policy.devices.items():
        if name not in used:
            message = Sentence(
                "{device} is in no profile and follows {profile}", device=name, profile=UNKNOWN
            )
            hint = Sentence("name it under a profile's devices:")
            yield warning(policy.file, device.line, f"devices.{name}", message, hint)
    for key, profile in policy.profiles.items():
        if not profile.devices and key != UNKNOWN:
            message = Sentence("{profile} has no device, so nobody follows its rules", profile=key)
            hint = Sentence("add devices: [a name from below]")
            yield warning(policy.file, profile.line, f"profiles.{key}", message, hint)


def _lasts(longer: Entry | GroupUse | Spoken, shorter: Entry | GroupUse | Spoken) -> bool:
    """Whether one counts for all the time that the other does."""
    begins = longer.starts is None or (
        shorter.starts is not None and longer.starts <= shorter.starts
    )
    return begins and (
        longer.ends is None or (shorter.ends is not None and shorter.ends <= longer.ends)
    )


def _meet(one: Spoken, other: Spoken) -> bool:
    """Whether there is a time at which both count."""
    starts = max(filter(None, (one.starts, other.starts)), default=None)
    ends = min(filter(None, (one.ends, other.ends)), default=None)
    return starts is None or ends is None or starts < ends


def _name(entry: Entry | GroupUse) -> str:
    return entry.address if isinstance(entry, Entry) else entry.group
