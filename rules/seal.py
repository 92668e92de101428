"""Why a host's encrypted traffic is never opened: what the host is, or what a parent said of it for a device.

Law: a seal opens no door and closes none. It only says that the host's name has to be enough.
"""

from datetime import datetime
from typing import Protocol

from rules.compile import Ruleset
from rules.facts import Facts, Passage
from rules.identity import Asker
from rules.listings import Listing
from rules.match import Index, needs_path, speaks_of
from rules.request import Request

HELP = "help"
"""A site where a child finds help."""
DEVICE = "device"
"""`decrypt: never`: this device trusts no certificate of ours."""
TUNNEL = "tunnel"
"""The device's `tunnel` names it."""
PASSAGE = "passage"
"""A parent let an app that refuses us through on this device, for a while."""
OPENABLE = frozenset({"http", "ws"})
"""Schemes in which everything can be read by anybody on the way: there is nothing to open."""


class Named(Protocol):
    """Who asks for which host: what an Inquiry knows by the name alone."""

    ruleset: Ruleset
    request: Request
    facts: Facts
    moment: datetime
    asker: Asker
    hosts: tuple[str, ...]
    topics: tuple[Listing, ...]


def seal_of(inquiry: Named) -> str | None:
    """Why the host is never opened for who asks: a kind of store/catalog/never_opened.yaml, or one of the above."""
    ruleset, asker = inquiry.ruleset, inquiry.asker
    if inquiry.request.url.scheme in OPENABLE:
        return None
    if not ruleset.catalog.help_sites.isdisjoint(inquiry.hosts):
        return HELP
    kind = _kind(inquiry)
    if kind is not None:
        return kind
    if asker.device is not None:
        if ruleset.policy.devices[asker.device].is_sealed:
            return DEVICE
        if _names(ruleset.tunnels[asker.device], inquiry):
            return TUNNEL
    live = (
        one.given <= inquiry.moment < one.ends
        for one in inquiry.facts.passages
        if is_about(one, inquiry)
    )
    return PASSAGE if any(live) else None


def is_about(passage: Passage, inquiry: Named) -> bool:
    """Whether a parent's leave is about this host on this device, be it before, in or after its time."""
    who = inquiry.asker.device or inquiry.request.client.address
    return passage.device == who and passage.host in inquiry.hosts


def _kind(inquiry: Named) -> str | None:
    """What the catalog says that the host is; nothing where the device's `decrypt` names what may be opened."""
    catalog, device = inquiry.ruleset.catalog, inquiry.asker.device
    kind = next(
        (found for host in inquiry.hosts if (found := catalog.never_opened.get(host))), None
    )
    if kind is None or not catalog.seals[kind].is_liftable or device is None:
        return kind
    return None if _names(inquiry.ruleset.opens[device], inquiry) else kind


def _names(entries: Index, inquiry: Named) -> bool:
    """Whether one of the entries names the host, as a site or by what it is."""
    sites = entries.candidates(inquiry.hosts, is_address=inquiry.request.url.is_address)
    return any(
        rule.is_live(inquiry.moment)
        and not needs_path(rule)
        and speaks_of(rule, inquiry.request.url)
        for rule in sites
    ) or any(
        rule.is_live(inquiry.moment)
        for listing in inquiry.topics
        for rule in entries.words.get(listing.topic, ())
    )
