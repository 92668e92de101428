"""Entries that need to see a page of a site that is never opened."""

from collections.abc import Iterator

from rules.check_entries import rules_of
from rules.compile import Ruleset
from rules.entries import NamedList, Spoken, lists, spell_out
from rules.hosts import parents
from rules.policy import Site
from rules.problems import Sentence, warning
from rules.witness import Suspicion, ask, is_idle, places


def depth_suspicions(ruleset: Ruleset) -> Iterator[Suspicion]:
    """Entries on a part of a site whose name alone has to be enough."""
    for one in lists(ruleset.policy):
        for spoken in spell_out(ruleset.policy, one.entries):
            kind = _kind(ruleset, spoken)
            if kind is not None and not _is_opened_somewhere(ruleset, one, spoken):
                yield _silent(
                    ruleset, one, spoken, is_liftable=ruleset.catalog.seals[kind].is_liftable
                )


def _kind(ruleset: Ruleset, spoken: Spoken) -> str | None:
    target, known = spoken.target, ruleset.catalog.never_opened
    if not isinstance(target, Site) or target.path is None:
        return None
    return next((known[host] for host in parents(target.host) if host in known), None)


def _silent(ruleset: Ruleset, one: NamedList, spoken: Spoken, *, is_liftable: bool) -> Suspicion:
    message = Sentence(
        "{entry} cannot be carried out: this site is never opened, so nobody sees its single pages",
        entry=spoken.address,
    )
    hint = Sentence("name the whole site, or remove the line")
    if is_liftable and isinstance(spoken.target, Site):
        hint = Sentence(
            "name the whole site, or open it on a device with {example}",
            example=f"decrypt: [{spoken.target.host}]",
        )
    return Suspicion(
        problem=warning(ruleset.policy.file, spoken.line, one.path, message, hint),
        urls=places(spoken.target, ruleset.catalog),
        who=one.profiles,
        starts=spoken.starts,
        ends=spoken.ends,
        shows=lambda case: ask(case).seal is not None and is_idle(case, rules_of(case, spoken)),
    )


def _is_opened_somewhere(ruleset: Ruleset, one: NamedList, spoken: Spoken) -> bool:
    """Whether one of the devices that the list holds for names the site under `decrypt`."""
    owners, target = ruleset.roll.owners, spoken.target
    return isinstance(target, Site) and any(
        owners[name] in one.profiles
        and any(opens.by_host.get(host) for host in parents(target.host))
        for name, opens in ruleset.opens.items()
    )
