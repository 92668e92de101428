"""Policy + catalog -> Ruleset: everything that does not depend on the request."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rules.budget import Ration
from rules.catalog import Catalog
from rules.domain_table import DomainTable
from rules.entries import counted, spell_out, turns
from rules.identity import Roll, roll_of
from rules.listings import Listings
from rules.match import Index, Rule, expression, index, rank
from rules.policy import EVERYTHING, Action, EntryList, Policy, Profile, Target, Word
from rules.schedule import Calendar

CATEGORY_RANK, SERVICE_RANK = (0, 0, 0), (0, 1, 0)
"""One firm's offer is more exact than a kind of site."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ruleset:
    """A policy ready to be asked. Never changed once made."""

    policy: Policy
    catalog: Catalog
    roll: Roll
    listings: Listings
    """What is said of hosts: the catalog's categories and services, the published lists, the corrections."""
    never: Index
    anytime: Index
    everyone: Index
    own: Mapping[str, Index]
    """By profile: its own entries."""
    presets: Mapping[str, Index]
    """By profile: its preset's entries, empty without one."""
    calendars: Mapping[str, Calendar]
    """By profile; those that have windows."""
    budgets: Mapping[str, tuple[Ration, ...]]
    """By profile; those that have budgets."""
    tunnels: Mapping[str, Index]
    """By device: what is never opened there."""
    opens: Mapping[str, Index]
    """By device: what is opened there though the catalog leaves it alone."""
    has_dates: bool
    """Whether some entry begins or ends."""
    reach: frozenset[str]
    """`address:port` inside the house that the proxy may open."""

    def lists(self, profile: str) -> tuple[Index, Index]:
        """The entries that hold for a profile, in the order in which they are asked."""
        return self.own[profile], self.everyone

    @property
    def revision(self) -> str:
        """Of the policy."""
        return self.policy.revision


def compile_policy(
    policy: Policy,
    catalog: Catalog,
    *,
    reach: Collection[str] = (),
    table: DomainTable | None = None,
) -> Ruleset:
    """The policy ready to be asked, with the published lists of a table. Costs milliseconds for a family's file."""
    zone = ZoneInfo(policy.timezone)
    return Ruleset(
        policy=policy,
        catalog=catalog,
        roll=roll_of(policy),
        listings=Listings(policy, catalog, table),
        never=index(_rules(policy, catalog, policy.never, Action.BLOCK)),
        anytime=index(_rules(policy, catalog, policy.anytime, Action.ALLOW)),
        everyone=_both(policy, catalog, policy.everyone_allow, policy.everyone_block),
        own={
            key: _both(policy, catalog, profile.allow, profile.block)
            for key, profile in policy.profiles.items()
        },
        presets={
            key: index(_preset_rules(policy, catalog, profile))
            for key, profile in policy.profiles.items()
        },
        calendars={
            key: _calendar(policy, profile, zone)
            for key, profile in policy.profiles.items()
            if profile.windows is not None
        },
        budgets={
            key: tuple(_rations(policy, catalog, profile, zone))
            for key, profile in policy.profiles.items()
            if profile.budgets
        },
        tunnels={
            key: index(_rules(policy, catalog, device.tunnel, Action.ALLOW))
            for key, device in policy.devices.items()
        },
        opens={
            key: index(_rules(policy, catalog, device.opens, Action.ALLOW))
            for key, device in policy.devices.items()
        },
        has_dates=bool(turns(policy)),
        reach=frozenset(reach),
    )


def preset_entry(preset: str) -> str:
    """How the rule file writes a preset; a name alone could be a category's, `adult`."""
    return f"preset: {preset}"


def _calendar(policy: Policy, profile: Profile, zone: ZoneInfo) -> Calendar:
    return Calendar(
        windows=profile.windows or {},
        days=policy.days,
        holidays=tuple(policy.holidays.values()),
        zone=zone,
    )


def _rations(
    policy: Policy, catalog: Catalog, profile: Profile, zone: ZoneInfo
) -> Iterator[Ration]:
    calendar = _calendar(policy, profile, zone)
    for key, budget in profile.budgets.items():
        where = f"profiles.{profile.key}.time.budgets.{key}"
        lines = {kind: policy.lines.get(f"{where}.{kind}") for kind in budget.allowances}
        rules = _rules(policy, catalog, counted(policy, budget), Action.ALLOW)
        yield Ration(
            budget=budget,
            calendar=calendar,
            lines={kind: line for kind, line in lines.items() if line is not None},
            counts=None if key == EVERYTHING else index(rules),
        )


def _both(policy: Policy, catalog: Catalog, allow: EntryList, block: EntryList) -> Index:
    return index(
        (
            *_rules(policy, catalog, allow, Action.ALLOW),
            *_rules(policy, catalog, block, Action.BLOCK),
        )
    )


def _rules(policy: Policy, catalog: Catalog, entries: EntryList, action: Action) -> Iterator[Rule]:
    for spoken in spell_out(policy, entries):
        yield Rule(
            action=action,
            target=spoken.target,
            entry=spoken.entry,
            member=None if spoken.entry == spoken.address else spoken.address,
            line=spoken.line,
            starts=spoken.starts,
            ends=spoken.ends,
            note=spoken.note,
            rank=_rank(catalog, spoken.target),
            expression=expression(spoken.target),
        )


def _preset_rules(policy: Policy, catalog: Catalog, profile: Profile) -> Iterator[Rule]:
    """What the preset blocks, as if its name stood in the file as a group's does."""
    if profile.preset is None:
        return
    for word in catalog.presets[profile.preset].block:
        target = Word(name=word)
        yield Rule(
            action=Action.BLOCK,
            target=target,
            entry=preset_entry(profile.preset),
            member=word,
            line=policy.lines[f"profiles.{profile.key}.preset"],
            starts=None,
            ends=None,
            note="",
            rank=_rank(catalog, target),
        )


def _rank(catalog: Catalog, target: Target) -> tuple[int, int, int]:
    if isinstance(target, Word):
        topic = catalog.topics.get(target.name)  # none: the name is a published list's
        return SERVICE_RANK if topic is not None and topic.is_service else CATEGORY_RANK
    return rank(target)
