"""What devices say of what is opened there, and what has no effect."""

from collections.abc import Iterator
from datetime import datetime

from rules.catalog import Catalog
from rules.check_entries import last_day, name_of
from rules.compile import Ruleset
from rules.entries import spell_out
from rules.hosts import parents
from rules.policy import Device, EntryList, Site
from rules.problems import Problem, Sentence, warning
from rules.witness import Suspicion, without_request


def device_suspicions(ruleset: Ruleset, moment: datetime) -> Iterator[Suspicion]:
    """Lines of devices that have ended by `moment`, or could as well not be there."""
    for problem in _problems(ruleset, moment):
        yield without_request(problem)


def _problems(ruleset: Ruleset, moment: datetime) -> Iterator[Problem]:
    for name, device in ruleset.policy.devices.items():
        yield from _ended(ruleset, f"devices.{name}.tunnel", device.tunnel, moment)
        yield from _ended(ruleset, f"devices.{name}.decrypt", device.opens, moment)
        yield from _idle_tunnel(ruleset, name, device)
        yield from _idle_opens(ruleset, name, device)


def _ended(ruleset: Ruleset, path: str, entries: EntryList, moment: datetime) -> Iterator[Problem]:
    for entry in entries:
        if entry.ends is not None and entry.ends <= moment:
            message = Sentence(
                "{entry} has ended on {end}", entry=name_of(entry), end=last_day(entry.ends)
            )
            hint = Sentence("remove it, or move until:")
            yield warning(ruleset.policy.file, entry.line, path, message, hint)


def _idle_tunnel(ruleset: Ruleset, name: str, device: Device) -> Iterator[Problem]:
    if device.is_sealed and device.tunnel:
        message = Sentence("nothing is opened on {device} anyhow", device=name)
        hint = Sentence("keep one of the two: {keys}", keys="tunnel:, decrypt: never")
        path, line = f"devices.{name}.tunnel", device.tunnel[0].line
        yield warning(ruleset.policy.file, line, path, message, hint)


def _idle_opens(ruleset: Ruleset, name: str, device: Device) -> Iterator[Problem]:
    for one in spell_out(ruleset.policy, device.opens):
        # of sites alone: a category holds such and others
        if isinstance(one.target, Site) and _is_never_opened(ruleset.catalog, one.target.host):
            message = Sentence("{entry} is never opened, whatever a line says", entry=one.address)
            hint = Sentence("banks, health, the state and help sites stay unopened: remove it")
            yield warning(ruleset.policy.file, one.line, f"devices.{name}.decrypt", message, hint)


def _is_never_opened(catalog: Catalog, host: str) -> bool:
    hosts = parents(host)
    kind = next((catalog.never_opened[one] for one in hosts if one in catalog.never_opened), None)
    is_closed = kind is not None and not catalog.seals[kind].is_liftable
    return is_closed or not catalog.help_sites.isdisjoint(hosts)
