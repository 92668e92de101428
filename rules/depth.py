"""How deep each profile's rules look, where, and which entry asks for it. The engine answers; this only reads it back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from rules.compile import Ruleset, preset_entry
from rules.decision import Decision
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED, Facts
from rules.hosts import parents, parse_url
from rules.identity import identify
from rules.inside import is_worth_looking
from rules.match import Index, Rule
from rules.policy import FileType, LogLevel, Mime, Pattern, Policy, Profile, Search, Site
from rules.request import Client, Request, Stage
from rules.safe_search import opened_for
from rules.search import engine_at

ITSELF = "Porchlight"
"""In place of an entry, where no line of the file asks for it."""


class Cause(Enum):
    """What an entry wants to see that a site's name does not tell."""

    PATH = "path"
    """Which page of the site."""
    EXPRESSION = "expression"
    """The whole address, whatever the site."""
    SEARCH = "search"
    """What is searched for."""
    FILE = "file"
    """Which kind of file is asked for, or comes back."""
    LOG = "log"
    """Which pages, to write them down."""
    SAFE = "safe"
    """What is asked of a search engine, to have it leave things out."""
    INSIDE = "inside"
    """Which other site a translator, an archive or an image proxy shows."""
    PAGES = "pages"
    """Which page of the site, since a published list names single pages of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An entry that wants to see more than a name."""

    cause: Cause
    entry: str
    """As the parent wrote it."""
    line: int | None
    """1-based. None: no line of the file asks for it."""
    hosts: tuple[str, ...] = ()
    """Where, each with everything below it; `google.*` is that name under every ending. Empty: on every site."""
    sealed: tuple[tuple[str, str], ...] = ()
    """The hosts among those that are never opened for who asks, and why: there the entry is silent."""

    @property
    def is_everywhere(self) -> bool:
        """Whether it opens every site that may be opened."""
        return not self.hosts

    @property
    def opened(self) -> tuple[str, ...]:
        """The hosts that it opens."""
        sealed = {host for host, _ in self.sealed}
        return tuple(host for host in self.hosts if host not in sealed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How deep one profile's rules look, or one device's that has lines of its own on that."""

    profile: Profile
    device: str | None
    """Key. None: every device of the profile that has no such lines."""
    wishes: tuple[Wish, ...]
    """In the order of the file."""
    is_sealed: bool = False
    """`decrypt: never`: nothing is opened on this device."""

    @property
    def is_everywhere(self) -> bool:
        """Whether every site is opened that may be."""
        return not self.is_sealed and any(wish.is_everywhere for wish in self.wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDepth:
    """How deep one host is looked into for somebody."""

    host: str
    decision: Decision
    """By the host's name alone."""
    wishes: tuple[Wish, ...]
    """The entries that want to see more there. At a sealed host they are silent."""

    @property
    def is_opened(self) -> bool:
        """Whether what goes to the host and comes from it is decrypted."""
        return self.decision.look > Stage.NAME


def depths(ruleset: Ruleset, moment: datetime) -> tuple[Depth, ...]:
    """Every profile, each followed by its devices that have lines of their own on what is opened."""
    return tuple(_depths(ruleset, moment))


def depth_for(ruleset: Ruleset, who: str, moment: datetime) -> Depth:
    """How deep the rules look for a profile or a device, by key.

    Raises:
        LookupError: nobody has this name.
    """
    asker = identify(ruleset.roll, Client(name=who))
    device = None if asker.device is None else ruleset.policy.devices[asker.device]
    return Depth(
        profile=asker.profile,
        device=asker.device,
        wishes=tuple(
            replace(wish, sealed=_sealed(ruleset, who, wish, moment))
            for wish in _wishes(ruleset, asker.profile)
        ),
        is_sealed=device is not None and device.is_sealed,
    )


def host_depth(ruleset: Ruleset, who: str, host: str, facts: Facts, moment: datetime) -> HostDepth:
    """How deep a host in normal form is looked into for a profile or a device, by key.

    Raises:
        LookupError: nobody has this name.
    """
    profile = identify(ruleset.roll, Client(name=who)).profile
    decision = _decided(ruleset, who, host, facts, moment)
    wishes = [wish for wish in _wishes(ruleset, profile) if _is_meant(ruleset, wish, host)]
    wishes += _pages(ruleset, profile, host)
    is_silent = decision.look is Stage.NAME and decision.seal is None
    return HostDepth(host=host, decision=decision, wishes=() if is_silent else tuple(wishes))


def _depths(ruleset: Ruleset, moment: datetime) -> Iterator[Depth]:
    owners = ruleset.roll.owners
    for key in ruleset.policy.profiles:
        yield depth_for(ruleset, key, moment)
        for name, device in ruleset.policy.devices.items():
            if owners[name] == key and (device.is_sealed or device.tunnel or device.opens):
                yield depth_for(ruleset, name, moment)


def _wishes(ruleset: Ruleset, profile: Profile) -> Iterator[Wish]:
    found: dict[tuple[int | None, str, Cause], dict[str, None]] = {}
    for entries in _asked(ruleset, profile):
        for rule in entries.rules():
            cause = _cause(rule)
            if cause is not None:
                hosts = found.setdefault((rule.line, rule.entry, cause), {})
                hosts |= dict.fromkeys(_hosts(ruleset, rule))
    if profile.log is LogLevel.FULL:
        found[(*_log_line(ruleset.policy, profile), Cause.LOG)] = {}
    for line, entry, opened in opened_for(ruleset, profile):
        found[line, entry, Cause.SAFE] = dict.fromkeys(opened)
    for (line, entry, cause), hosts in sorted(found.items(), key=lambda one: one[0][0] or 0):
        yield Wish(cause=cause, entry=entry, line=line, hosts=tuple(sorted(hosts)))
    carriers = _carriers(ruleset, profile)
    if carriers:
        yield Wish(cause=Cause.INSIDE, entry=ITSELF, line=None, hosts=carriers)


def _carriers(ruleset: Ruleset, profile: Profile) -> tuple[str, ...]:
    """The hosts that are opened for the address inside theirs."""
    if not is_worth_looking(ruleset, profile):
        return ()
    found = ruleset.catalog.carriers.items()
    return tuple(sorted(host for host, them in found if any(one.is_worth_opening for one in them)))


def _asked(ruleset: Ruleset, profile: Profile) -> Iterator[Index]:
    yield from (ruleset.never, ruleset.anytime, *ruleset.lists(profile.key))
    for ration in ruleset.budgets.get(profile.key, ()):
        if ration.counts is not None:
            yield ration.counts


def _cause(rule: Rule) -> Cause | None:
    match rule.target:
        case Site(path=str()):
            return Cause.PATH
        case Pattern():
            return Cause.EXPRESSION
        case Search():
            return Cause.SEARCH
        case FileType() | Mime():
            return Cause.FILE
        case _:
            return None


def _hosts(ruleset: Ruleset, rule: Rule) -> Iterator[str]:
    match rule.target:
        case Site(host=host):
            yield host
        case Search():
            yield from ruleset.catalog.search_engines


def _log_line(policy: Policy, profile: Profile) -> tuple[int | None, str]:
    where = f"profiles.{profile.key}"
    written = policy.lines.get(f"{where}.log")
    if written is None and profile.preset is not None:
        return policy.lines.get(f"{where}.preset"), preset_entry(profile.preset)
    return written, f"log: {profile.log.value}"


def _sealed(
    ruleset: Ruleset, who: str, wish: Wish, moment: datetime
) -> tuple[tuple[str, str], ...]:
    found = []
    for host in wish.hosts:
        name = host.replace("*", "com")
        seal = _decided(ruleset, who, name, NOTHING_HAPPENED, moment).seal
        if seal is not None:
            found.append((host, seal))
    return tuple(found)


def _decided(ruleset: Ruleset, who: str, host: str, facts: Facts, moment: datetime) -> Decision:
    shown = f"[{host}]" if ":" in host else host
    request = Request(
        id="depth",
        url=parse_url(f"https://{shown}/"),
        client=Client(name=who),
        method="CONNECT",
        stage=Stage.NAME,
    )
    return decide(ruleset, request, facts, moment)


def _is_meant(ruleset: Ruleset, wish: Wish, host: str) -> bool:
    if wish.is_everywhere:
        return True
    if wish.cause is Cause.SEARCH:
        return engine_at(host, ruleset.catalog.search_engines) is not None
    return not set(parents(host)).isdisjoint(wish.hosts)


def _pages(ruleset: Ruleset, profile: Profile, host: str) -> Iterator[Wish]:
    topics = ruleset.listings.said_of(host).pages
    rules = {
        (rule.line, rule.entry): rule
        for entries in (*_asked(ruleset, profile), ruleset.presets[profile.key])
        for topic in topics
        for rule in entries.words.get(topic, ())
    }
    for line, entry in rules:
        yield Wish(cause=Cause.PAGES, entry=entry, line=line, hosts=(host,))
