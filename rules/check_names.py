"""Names of categories and services that a profile need not write: its preset blocks them, or nothing does."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from rules.check_entries import is_said_by, rules_of
from rules.compile import Ruleset, preset_entry
from rules.entries import Spoken, spell_out
from rules.hosts import parents
from rules.narrowed import Case
from rules.policy import Action, EntryList, Policy, Profile, Word
from rules.problems import Sentence, warning
from rules.witness import Suspicion, ask, places


def name_suspicions(ruleset: Ruleset) -> Iterator[Suspicion]:
    """Names that may say what is so without them."""
    for profile in ruleset.policy.profiles.values():
        yield from _repeated(ruleset, profile)
        yield from _needless(ruleset, profile)


def _repeated(ruleset: Ruleset, profile: Profile) -> Iterator[Suspicion]:
    policy = ruleset.policy
    if profile.preset is None:
        return
    # The profile's own block wins over an allow beside it that is no more exact; the preset's comes too late.
    allowed = _names(policy, profile.allow)
    services = {name for name, one in ruleset.catalog.topics.items() if one.is_service}
    is_free = _apart_from(ruleset, profile, allowed - services)
    is_free_as_service = _apart_from(ruleset, profile, allowed)
    repeated = frozenset(ruleset.catalog.presets[profile.preset].block)
    for name, spoken in _words(policy, profile.block):
        if name in repeated and (is_free_as_service if name in services else is_free)(name):
            message = Sentence(
                "{entry} changes nothing: {preset} blocks it already",
                entry=spoken.address,
                preset=preset_entry(profile.preset),
            )
            hint = Sentence("remove it; the preset stays")
            yield _suspicion(ruleset, f"profiles.{profile.key}.block", spoken, message, hint)


def _needless(ruleset: Ruleset, profile: Profile) -> Iterator[Suspicion]:
    policy = ruleset.policy
    if profile.default is not Action.ALLOW:
        return
    preset = () if profile.preset is None else ruleset.catalog.presets[profile.preset].block
    blocked = _names(policy, profile.block) | _names(policy, policy.everyone_block)
    is_open = _apart_from(ruleset, profile, blocked | {*preset})
    for name, spoken in _words(policy, profile.allow):
        if is_open(name):
            message = Sentence(
                "{entry} changes nothing: nothing blocks it for {profile}",
                entry=spoken.address,
                profile=profile.key,
            )
            hint = Sentence("remove it, or block first what it is part of")
            yield _suspicion(ruleset, f"profiles.{profile.key}.allow", spoken, message, hint)


def _suspicion(
    ruleset: Ruleset, path: str, spoken: Spoken, message: Sentence, hint: Sentence
) -> Suspicion:
    def shows(case: Case) -> bool:
        given, left = ask(case), ask(case.without(rules_of(case, spoken)))
        return is_said_by(case, spoken) and left.action is given.action

    return Suspicion(
        problem=warning(ruleset.policy.file, spoken.line, path, message, hint),
        urls=places(spoken.target, ruleset.catalog),
        who=(path.split(".")[1],),
        starts=spoken.starts,
        ends=spoken.ends,
        shows=shows,
    )


def _words(policy: Policy, entries: EntryList) -> Iterator[tuple[str, Spoken]]:
    for spoken in spell_out(policy, entries):
        if isinstance(spoken.target, Word):
            yield spoken.target.name, spoken


def _names(policy: Policy, entries: EntryList) -> set[str]:
    return {name for name, _ in _words(policy, entries)}


def _apart_from(
    ruleset: Ruleset, profile: Profile, names: AbstractSet[str]
) -> Callable[[str], bool]:
    """Tells of a name whether it surely has no site in common with others.

    What published lists fill, and what sites' own names are read for, may have any.
    """
    topics = ruleset.catalog.topics
    vague = {
        name for key, one in ruleset.policy.lists.items() for name in (key, one.category) if name
    }
    if profile.read_names and ruleset.catalog.name_words is not None:
        vague |= set(ruleset.catalog.name_words.categories)
    hosts = {host for name in names if name in topics for host in topics[name].hosts}
    above = {domain for host in hosts for domain in parents(host)}

    def is_apart(name: str) -> bool:
        if not names:
            return True
        if name in names or not vague.isdisjoint({name, *names}):
            return False
        own = topics[name].hosts if name in topics else ()
        return all(host not in above and hosts.isdisjoint(parents(host)) for host in own)

    return is_apart
