"""The questions that a request is asked, one function each. Their order stands in engine.py."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from rules.compile import Ruleset, preset_entry
from rules.decision import Reason
from rules.facts import Facts, Grant
from rules.hosts import Url, parents
from rules.identity import Asker
from rules.listings import OUR_OWN, Listing
from rules.match import Index, Rule, best, needs_path, speaks_of, strength
from rules.policy import Action
from rules.reach import is_loopback_name, is_outside
from rules.request import Request, Stage
from rules.schedule import Opening

BARE_ADDRESS = "bare-address"
"""The category of HTTPS to an IP address without a name: blocked unless an entry allows it."""

DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one question says."""

    action: Action
    reason: Reason
    entry: str | None = None
    file_line: int | None = None
    until: datetime | None = None
    """Until when this answer stands, where a window or a parent gave it."""
    category: str | None = None
    listed: str | None = None
    source: str | None = None
    note: str = ""
    grant: str | None = None
    is_final: bool = True
    """False for an open door: the clock is asked all the same."""


@dataclass(slots=True, kw_only=True)
class Inquiry:
    """One request on its way through the questions."""

    ruleset: Ruleset
    request: Request
    facts: Facts
    moment: datetime
    asker: Asker
    hosts: tuple[str, ...]
    """The request's host, then each domain above it."""
    topics: list[Listing]
    """The categories, services and lists that the host is in, or, where it can be seen, the page."""
    pages: frozenset[str]
    """Topics of some pages of the host, where no page can be seen yet."""
    look: Stage = Stage.NAME
    """The deepest look that a question asked so far has needed."""
    door: Answer | None = None
    """An allow among the sites: it skips the categories and the default, never the clock."""
    opening: Opening | None = None
    """What the windows say; None if they were not asked."""

    @property
    def url(self) -> Url:
        """The address that was asked for."""
        return self.request.url


def inquire(
    ruleset: Ruleset, request: Request, facts: Facts, moment: datetime, asker: Asker
) -> Inquiry:
    """The request, ready for the questions."""
    url = request.url
    hosts = parents(url.host)
    listings = ruleset.listings
    topics = listings.of(hosts)
    pages = listings.of_pages(url.host)
    if pages and request.stage >= Stage.REQUEST:
        topics += listings.of_page(url, hosts)
    if url.is_address and url.scheme in {"https", "wss"}:
        topics.append(Listing(BARE_ADDRESS, url.host, OUR_OWN))
    return Inquiry(
        ruleset=ruleset,
        request=request,
        facts=facts,
        moment=moment,
        asker=asker,
        hosts=hosts,
        topics=topics,
        pages=pages,
    )


def speaking(inquiry: Inquiry, entries: Index) -> Iterator[Rule]:
    """Every rule that speaks of the request, whether it counts by now or not."""
    for rule in entries.candidates(inquiry.hosts, is_address=inquiry.url.is_address):
        if _speaks(inquiry, rule):
            yield rule
    for listing in inquiry.topics:
        yield from entries.words.get(listing.topic, ())


def concerns(grant: Grant, inquiry: Inquiry) -> bool:
    """Whether a parent's answer speaks of the request, whether it counts by now or not."""
    return grant.profile in {None, inquiry.asker.profile.key} and (
        grant.site is None or grant.site in inquiry.hosts
    )


def address_and_port(url: Url) -> str:
    """The machine and door that a URL of an IP address means, as `reach` is written."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{host}:{url.port or DEFAULT_PORTS[url.scheme]}"


def ask_local(inquiry: Inquiry) -> Answer | None:
    """Is this an address inside the house? The proxy opens none that the settings do not name.

    A name may still lead inside; the proxy judges that where it looks the name up.
    """
    url = inquiry.url
    if not url.is_address:
        is_inside = is_loopback_name(url.host)
    else:
        is_inside = not is_outside(url.host) and not _is_reachable(inquiry)
    return Answer(action=Action.BLOCK, reason=Reason.LOCAL) if is_inside else None


def ask_help(inquiry: Inquiry) -> Answer | None:
    """Is this a place where a child finds help? Such a place is always open."""
    if inquiry.ruleset.catalog.help_sites.isdisjoint(inquiry.hosts):
        return None
    return Answer(action=Action.ALLOW, reason=Reason.HELP)


def ask_never(inquiry: Inquiry) -> Answer | None:
    """Is it under the family's floor?"""
    found = _find(inquiry, inquiry.ruleset.never)
    return None if found is None else _answer(found, Reason.NEVER)


def ask_grant(inquiry: Inquiry) -> Answer | None:
    """Has a parent opened or closed this for a while? The newest answer counts."""
    live = [
        grant
        for grant in inquiry.facts.grants
        if grant.given <= inquiry.moment < grant.ends and concerns(grant, inquiry)
    ]
    if not live:
        return None
    grant = max(live, key=lambda one: (one.given, one.action is Action.BLOCK))
    return Answer(
        action=grant.action,
        reason=Reason.GRANT,
        entry=grant.site,
        until=grant.ends,
        note=grant.note,
        grant=grant.id,
    )


def ask_site(inquiry: Inquiry) -> Answer | None:
    """Does an entry name this address? The profile's own are asked before the family's."""
    for entries in (inquiry.ruleset.own[inquiry.asker.profile.key], inquiry.ruleset.everyone):
        rule = _best_site(inquiry, entries)
        if rule is not None:
            answer = _answer((rule, None), Reason.SITE)
            if rule.action is Action.ALLOW:
                inquiry.door = answer
            return answer
    return None


def ask_window(inquiry: Inquiry) -> Answer | None:
    """Is the internet open now?"""
    key = inquiry.asker.profile.key
    calendar = inquiry.ruleset.calendars.get(key)
    if calendar is None or _find(inquiry, inquiry.ruleset.anytime) is not None:
        return None
    opening = calendar.at(inquiry.moment)
    inquiry.opening = opening
    if opening.is_open:
        return None
    where = f"profiles.{key}.time.windows"
    lines = inquiry.ruleset.policy.lines
    return Answer(
        action=Action.BLOCK,
        reason=Reason.WINDOW,
        entry=opening.kind or None,
        file_line=lines.get(f"{where}.{opening.kind}", lines.get(where)),
        until=opening.until,
    )


def ask_category(inquiry: Inquiry) -> Answer | None:
    """Is the host of a kind that an entry names? The profile's own, then its preset's, then the family's."""
    if inquiry.door is not None:
        return None
    ruleset, key = inquiry.ruleset, inquiry.asker.profile.key
    for entries in (ruleset.own[key], ruleset.presets[key], ruleset.everyone):
        found = _best_word(inquiry, entries)
        if found is not None:
            return _answer(found, Reason.CATEGORY)
    if any(one.topic == BARE_ADDRESS for one in inquiry.topics) and not _is_reachable(inquiry):
        return Answer(action=Action.BLOCK, reason=Reason.CATEGORY, category=BARE_ADDRESS)
    return None


def ask_default(inquiry: Inquiry) -> Answer:
    """What happens to what no other rule speaks of?"""
    if inquiry.door is not None:
        return replace(inquiry.door, is_final=True)
    profile, lines = inquiry.asker.profile, inquiry.ruleset.policy.lines
    where = f"profiles.{profile.key}"
    line = lines.get(f"{where}.default")
    preset = profile.preset if line is None else None
    return Answer(
        action=profile.default,
        reason=Reason.DEFAULT,
        entry=None if preset is None else preset_entry(preset),
        file_line=line if preset is None else lines[f"{where}.preset"],
    )


type Found = tuple[Rule, Listing | None]
"""A rule, and what is said of the host if the rule speaks by name."""


def _is_reachable(inquiry: Inquiry) -> bool:
    return address_and_port(inquiry.url) in inquiry.ruleset.reach


def _find(inquiry: Inquiry, entries: Index) -> Found | None:
    """What speaks of the request at all: an address before a name."""
    rule = _best_site(inquiry, entries)
    return (rule, None) if rule is not None else _best_word(inquiry, entries)


def _best_site(inquiry: Inquiry, entries: Index) -> Rule | None:
    candidates = entries.candidates(inquiry.hosts, is_address=inquiry.url.is_address)
    if not candidates:
        return None
    return best((rule for rule in candidates if _speaks(inquiry, rule)), inquiry.moment)


def _speaks(inquiry: Inquiry, rule: Rule) -> bool:
    if needs_path(rule):
        inquiry.look = max(inquiry.look, Stage.REQUEST)
        if inquiry.request.stage < Stage.REQUEST:
            return False
    return speaks_of(rule, inquiry.url)


def _best_word(inquiry: Inquiry, entries: Index) -> Found | None:
    words = entries.words
    if not inquiry.pages.isdisjoint(words):
        inquiry.look = max(inquiry.look, Stage.REQUEST)
    live = [
        (rule, listing)
        for listing in inquiry.topics
        for rule in words.get(listing.topic, ())
        if rule.is_live(inquiry.moment)
    ]
    return max(live, key=lambda found: strength(found[0]), default=None)


def _answer(found: Found, reason: Reason) -> Answer:
    rule, listing = found
    return Answer(
        action=rule.action,
        reason=reason,
        entry=rule.entry,
        file_line=rule.line,
        category=None if listing is None else listing.topic,
        listed=rule.member if listing is None else listing.listed,
        source=None if listing is None else listing.source,
        note=rule.note,
        is_final=not (reason is Reason.SITE and rule.action is Action.ALLOW),
    )
