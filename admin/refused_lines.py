"""Apps that refuse our certificate, and the leaves that were given, as they stand on the pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from itertools import groupby

from admin.house import House, Standing
from admin.proposal import sites
from admin.rows import profile_name
from admin.texts import gettext as _
from admin.texts import near_words, topic_words
from rules.facts import Facts, Passage
from rules.handshakes import ANYWHERE, Handshakes, is_refusing, trusts
from rules.identity import identify
from rules.passages import can_pass, name_request
from store import handshakes
from store.facts import read_facts

MANY = 5
"""Hosts at which one device refuses, with nothing accepted since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one leave can mean."""

    key: str
    """As the form sends it, and as the rule file would have it: a site, or a service's name."""
    words: str
    hosts: tuple[str, ...]
    """Each with everything below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An app that refuses us at one host, on one device."""

    device: str
    is_named: bool
    """The device stands in the rules."""
    who: str
    """Whose rules it follows."""
    host: str
    name: str
    """The service's, for people; the host if the catalog knows none."""
    times: int
    last: str
    is_taken_too: bool
    """Something else on the device takes our certificate there: a browser, mostly."""
    reaches: tuple[Reach, ...]
    """The narrowest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What was let through with one click."""

    device: str
    names: str
    hosts: tuple[str, ...]
    ends: str
    by: str


def refusals(here: House, standing: Standing) -> list[Refusal]:
    """What a parent can be asked about now: newest first; nothing that a name closes, and nothing put off."""
    moment = here.clock()
    known = handshakes.read(here.engine, moment)
    facts = read_facts(here.engine, moment)
    found = sorted(known.values(), key=lambda one: one.last_refused or one.seen, reverse=True)
    return [
        _refusal(standing, one)
        for one in found
        if one.host != ANYWHERE
        and is_refusing(one, known.get((one.device, ANYWHERE)), moment)
        and not _is_put_off(one, moment)
        and _is_somebody(standing, one.device)
        and can_pass(standing.ruleset, facts, moment, device=one.device, host=one.host)
    ]


def doubts(here: House) -> list[tuple[str, str]]:
    """Devices that seem to have lost our certificate, each with when they last took it.

    An app refuses at its own hosts; that several refuse and nothing accepts is rarely an app.
    """
    moment = here.clock()
    known = handshakes.read(here.engine, moment)
    return [
        (device, near_words(anywhere.last_accepted))
        for (device, host), anywhere in sorted(known.items())
        if host == ANYWHERE
        and anywhere.last_accepted is not None
        and trusts(anywhere, moment)
        and _refused_since(known, device, anywhere.last_accepted) >= MANY
    ]


def leaves(facts: Facts) -> list[Leave]:
    """The leaves that hold, as they were given."""
    groups = groupby(facts.passages, key=lambda one: (one.given, one.device, one.ends, one.by))
    return [_leave(list(passages)) for _key, passages in groups]


def _refused_since(
    known: Mapping[tuple[str, str], Handshakes], device: str, moment: datetime
) -> int:
    """At how many hosts a device has come to refuse since a moment."""
    return sum(
        one.refuses_since is not None and one.refuses_since > moment
        for one in known.values()
        if one.device == device and one.host != ANYWHERE
    )


def _is_put_off(one: Handshakes, moment: datetime) -> bool:
    return one.quiet_until is not None and moment < one.quiet_until


def _is_somebody(standing: Standing, device: str) -> bool:
    """Not a device that has left the rules since."""
    if device in standing.policy.devices:
        return True
    try:
        ip_address(device)
    except ValueError:
        return False
    return True


def _refusal(standing: Standing, one: Handshakes) -> Refusal:
    request = name_request(standing.ruleset, one.device, one.host)
    profile = identify(standing.ruleset.roll, request.client).profile.key
    service = next(_services(standing, one.host), None)
    return Refusal(
        device=one.device,
        is_named=one.device in standing.policy.devices,
        who=profile_name(standing, profile),
        host=one.host,
        name=one.host if service is None else topic_words(service),
        times=one.refused,
        last=near_words(one.last_refused or one.seen),
        is_taken_too=one.accepted > 0,
        reaches=tuple(_reaches(standing, one.host)),
    )


def _reaches(standing: Standing, host: str) -> Iterator[Reach]:
    narrowest, *wider = reversed(sites(host))
    yield Reach(key=narrowest, words=_("Only %(host)s", host=narrowest), hosts=(narrowest,))
    for site in wider:
        yield Reach(key=site, words=_("All of %(site)s", site=site), hosts=(site,))
    for key in _services(standing, host):
        hosts = tuple(sorted(standing.ruleset.catalog.topics[key].hosts))
        words = _(
            "All that belongs to %(name)s: %(sites)s", name=topic_words(key), sites=", ".join(hosts)
        )
        yield Reach(key=key, words=words, hosts=hosts)


def _services(standing: Standing, host: str) -> Iterator[str]:
    topics = standing.ruleset.catalog.topics
    for listing in standing.ruleset.listings.said_of(host).topics:
        if listing.topic in topics and topics[listing.topic].is_service:
            yield listing.topic


def _leave(passages: list[Passage]) -> Leave:
    first, hosts = passages[0], tuple(one.host for one in passages)
    return Leave(
        device=first.device,
        names=", ".join(hosts),
        hosts=hosts,
        ends=near_words(first.ends),
        by=first.by,
    )
