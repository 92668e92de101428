"""Entries that no answer ever comes from: under `never`, inside the house, at a help site."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address

from rules.catalog import Catalog
from rules.check_entries import lasts, rules_of
from rules.compile import Ruleset
from rules.cover import Cover
from rules.entries import NamedList, Spoken, lists, spell_out
from rules.hosts import is_address, parents
from rules.narrowed import Case
from rules.policy import Network, Reason, Site, Target
from rules.problems import Sentence, warning
from rules.reach import is_loopback_name, is_outside
from rules.witness import Suspicion, ask, is_idle, places


def floor_suspicions(ruleset: Ruleset) -> Iterator[Suspicion]:
    """Entries that a question before theirs may answer for always."""
    never = Cover.of(spell_out(ruleset.policy, ruleset.policy.never), ruleset.catalog)
    reached = frozenset(one.rpartition(":")[0].strip("[]") for one in ruleset.reach)
    for one in lists(ruleset.policy):
        for spoken in spell_out(ruleset.policy, one.entries):
            if _is_helpful(spoken.target, ruleset.catalog):
                yield _help(ruleset, one, spoken)
            elif _is_local(spoken.target, reached):
                yield _local(ruleset, one, spoken)
            elif one.path != "never":
                floors = (one for one in never.over(spoken.target) if lasts(one, spoken))
                floor = next(floors, None)
                if floor is not None:
                    yield _under(ruleset, one, spoken, floor)


def _help(ruleset: Ruleset, one: NamedList, spoken: Spoken) -> Suspicion:
    message = Sentence(
        "{entry} changes nothing: it belongs to a help site, which is always open",
        entry=spoken.address,
    )
    return _suspicion(ruleset, one, spoken, (message, Sentence("remove it")), Reason.HELP)


def _local(ruleset: Ruleset, one: NamedList, spoken: Spoken) -> Suspicion:
    message = Sentence(
        "{entry} changes nothing: it is inside the house, where the filter opens nothing",
        entry=spoken.address,
    )
    hint = Sentence("name the machine under reach in porchlight.toml, or remove the line")
    return _suspicion(ruleset, one, spoken, (message, hint), Reason.LOCAL)


def _under(ruleset: Ruleset, one: NamedList, spoken: Spoken, floor: Spoken) -> Suspicion:
    if one.path.endswith("block"):
        message = Sentence(
            "{entry} changes nothing: {floor} is under never: in line {line}",
            entry=spoken.address,
            floor=floor.address,
            line=floor.line,
        )
        hint = Sentence("what is under never: is blocked for everyone; remove it here")
    else:
        message = Sentence(
            "{entry} stays blocked: {floor} is under never: in line {line}",
            entry=spoken.address,
            floor=floor.address,
            line=floor.line,
        )
        hint = Sentence("nothing opens what is under never:; remove it here or there")
    return _suspicion(ruleset, one, spoken, (message, hint), Reason.NEVER)


def _suspicion(
    ruleset: Ruleset,
    one: NamedList,
    spoken: Spoken,
    words: tuple[Sentence, Sentence],
    reason: Reason,
) -> Suspicion:
    return Suspicion(
        problem=warning(ruleset.policy.file, spoken.line, one.path, *words),
        urls=places(spoken.target, ruleset.catalog),
        who=one.profiles,
        starts=spoken.starts,
        ends=spoken.ends,
        shows=_is_answered(spoken, reason),
    )


def _is_answered(spoken: Spoken, reason: Reason) -> Callable[[Case], bool]:
    """Whether another question answers, with the entry and without it."""
    return lambda case: ask(case).reason is reason and is_idle(case, rules_of(case, spoken))


def _is_helpful(target: Target, catalog: Catalog) -> bool:
    return isinstance(target, Site) and not catalog.help_sites.isdisjoint(parents(target.host))


def _is_local(target: Target, reached: frozenset[str]) -> bool:
    """Whether all of the target is inside the house, and none of it named as reachable."""
    match target:
        case Network(network=network):
            ends = (network.network_address, network.broadcast_address)
            is_inside = network.is_private or network.is_multicast
            return (
                is_inside
                and not any(is_outside(str(end)) for end in ends)
                and not any(_is_in(one, target) for one in reached)
            )
        case Site(host=host) if is_address(host):
            return not is_outside(host) and host not in reached
        case Site(host=host):
            return is_loopback_name(host)
        case _:
            return False


def _is_in(address: str, network: Network) -> bool:
    found = ip_address(address)
    return found.version == network.network.version and found in network.network
