"""The questions that a request is asked, one function each. Their order stands in engine.py."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf

from rules import shapes
from rules.budget import NONE, Balance, balance
from rules.carriers import PROXIES, is_endless
from rules.compile import Ruleset, preset_entry
from rules.decision import Reason
from rules.facts import Facts, Grant
from rules.hosts import Url, parents
from rules.identity import Asker
from rules.kinds import find_file, find_search, speaking_kinds
from rules.listings import OUR_OWN, Listing
from rules.match import Index, Rule, best, needs_path, speaks_of, strength
from rules.policy import Action
from rules.reach import is_loopback_name, is_outside
from rules.request import Request, Stage
from rules.schedule import Opening
from rules.seal import seal_of

BARE_ADDRESS = "bare-address"
"""The category of HTTPS to an IP address without a name: blocked unless an entry allows it."""
SEEN_BY_ITSELF = frozenset({BARE_ADDRESS, shapes.RAW_TUNNELS})
"""Categories that no list can fill: what is asked for is of them by what it is."""

_OPENING = {Reason.SITE, Reason.SEARCH, Reason.FILE}
"""Questions whose allow lets the next ones be asked."""

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
    """False for an open door, and for a search or file that is spared: the clock is asked all the same."""


@dataclass(slots=True, kw_only=True)
class Inquiry:
    """One request on its way through the questions."""

    ruleset: Ruleset
    whole: Request
    """As it came."""
    request: Request
    """As much of it as may be looked at: at a sealed host its name."""
    facts: Facts
    moment: datetime
    asker: Asker
    hosts: tuple[str, ...]
    """The request's host, then each domain above it."""
    topics: tuple[Listing, ...]
    """The categories, services and lists that the host is in, or, where it can be seen, the page."""
    pages: frozenset[str]
    """Topics of some pages of the host, where no page can be seen yet."""
    file_lists: Sequence[Index]
    """The lists that are asked about the kind of file, in order."""
    look: Stage = Stage.NAME
    """The deepest look that a question asked so far has needed."""
    door: Answer | None = None
    """An allow among the sites: it skips the categories and the default, never the clock."""
    opening: Opening | None = None
    """What the windows say; None if they were not asked."""
    balances: tuple[Balance, ...] = ()
    """How the budgets stand that count this, the strictest first."""
    is_carrier: bool = False
    """Other addresses may stand in the request's own (rules/inside.py)."""
    seal: str | None = None
    """Why the host is never opened (rules/seal.py). None: it may be."""

    @property
    def url(self) -> Url:
        """The address that was asked for."""
        return self.request.url


def inquire(
    ruleset: Ruleset, request: Request, facts: Facts, moment: datetime, asker: Asker
) -> Inquiry:
    """The request, ready for the questions."""
    url = request.url
    topics, pages, read = ruleset.listings.said_of(url.host)
    if read is not None and asker.profile.read_names:
        topics += (read,)
    if url.is_address and url.scheme in {"https", "wss"}:
        topics += (Listing(BARE_ADDRESS, url.host, OUR_OWN),)
    inquiry = Inquiry(
        ruleset=ruleset,
        whole=request,
        request=request,
        facts=facts,
        moment=moment,
        asker=asker,
        hosts=parents(url.host),
        topics=topics,
        pages=pages,
        file_lists=ruleset.lists(asker.profile.key),
    )
    inquiry.seal = seal_of(inquiry)
    if inquiry.seal is not None:
        inquiry.request = replace(request, stage=Stage.NAME, reply=None)
    elif pages and request.stage >= Stage.REQUEST:
        inquiry.topics += ruleset.listings.of_page(url)
    inquiry.topics += shapes.listings(inquiry.request)
    inquiry.is_carrier = not ruleset.catalog.carriers.keys().isdisjoint(inquiry.hosts)
    if inquiry.is_carrier and is_endless(inquiry.request, ruleset.catalog.carriers):
        inquiry.topics += (Listing(PROXIES, url.host, OUR_OWN),)
    return inquiry


def again(inquiry: Inquiry, moment: datetime) -> Inquiry:
    """The same request at some moment, ready for the questions."""
    return inquire(inquiry.ruleset, inquiry.whole, inquiry.facts, moment, inquiry.asker)


def speaking(inquiry: Inquiry, entries: Index) -> Iterator[Rule]:
    """Every rule that speaks of the request, whether it counts by now or not."""
    for rule in entries.candidates(inquiry.hosts, is_address=inquiry.url.is_address):
        if _speaks(inquiry, rule):
            yield rule
    for listing in inquiry.topics:
        yield from entries.words.get(listing.topic, ())
    yield from speaking_kinds(entries, inquiry.request, inquiry.ruleset.catalog.search_engines)


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
    floor = inquiry.ruleset.never
    found = _find(inquiry, floor)
    if found is None:
        rule = _best_search(inquiry, (floor,)) or _best_file(inquiry, (floor,))
        found = None if rule is None else (rule, None)
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
    lists = inquiry.ruleset.lists(inquiry.asker.profile.key)
    for position, entries in enumerate(lists):
        rule = _best_site(inquiry, entries)
        if rule is not None:
            answer = _answer((rule, None), Reason.SITE)
            if rule.action is Action.ALLOW:
                inquiry.door = answer
                if needs_path(rule):  # it names the very file; a host alone opens no kind of file
                    inquiry.file_lists = lists[:position]
            return answer
    return None


def ask_search(inquiry: Inquiry) -> Answer | None:
    """Does an entry name the words of this search? An allow spares it, and opens no place."""
    rule = _best_search(inquiry, inquiry.ruleset.lists(inquiry.asker.profile.key))
    return None if rule is None else _answer((rule, None), Reason.SEARCH)


def ask_file(inquiry: Inquiry) -> Answer | None:
    """Does an entry name this kind of file? An allow spares it, and opens no place."""
    rule = _best_file(inquiry, inquiry.file_lists)
    return None if rule is None else _answer((rule, None), Reason.FILE)


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


def ask_budget(inquiry: Inquiry) -> Answer | None:
    """Is there time left today? What is open at any time uses none. The strictest budget decides."""
    key, ruleset = inquiry.asker.profile.key, inquiry.ruleset
    rations = [
        ration
        for ration in ruleset.budgets.get(key, ())
        if ration.counts is None or _find(inquiry, ration.counts) is not None
    ]
    if not rations or _find(inquiry, ruleset.anytime) is not None:
        return None
    usage = inquiry.facts.usage
    found = (balance(one, usage.get((key, one.budget.key)), inquiry.moment) for one in rations)
    inquiry.balances = tuple(sorted(found, key=_leniency))
    strictest = inquiry.balances[0]
    if strictest.left != NONE:
        return None
    return Answer(
        action=Action.BLOCK,
        reason=Reason.BUDGET,
        entry=strictest.budget,
        file_line=strictest.line,
        until=strictest.until,
        listed=strictest.kind,
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
        reason=Reason.ASK if profile.is_asking else Reason.DEFAULT,
        entry=None if preset is None else preset_entry(preset),
        file_line=line if preset is None else lines[f"{where}.preset"],
    )


type Found = tuple[Rule, Listing | None]
"""A rule, and what is said of the host if the rule speaks by name."""


def _leniency(standing: Balance) -> tuple[float, float]:
    """Less time left is stricter; where none is, the one that stays so longer."""
    if standing.left is None:
        return inf, 0
    until = inf if standing.until is None else standing.until.timestamp()
    return standing.left.total_seconds(), -until


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


def _best_search(inquiry: Inquiry, lists: Sequence[Index]) -> Rule | None:
    asked = [entries for entries in lists if entries.searches]
    if not asked:
        return None
    engines = inquiry.ruleset.catalog.search_engines
    found = find_search(asked, inquiry.request, engines, inquiry.moment)
    inquiry.look = max(inquiry.look, found.look)
    return found.rule


def _best_file(inquiry: Inquiry, lists: Sequence[Index]) -> Rule | None:
    asked = [entries for entries in lists if entries.files]
    if not asked:
        return None
    found = find_file(asked, inquiry.request, inquiry.moment)
    inquiry.look = max(inquiry.look, found.look)
    return found.rule


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
        is_final=rule.action is Action.BLOCK or reason not in _OPENING,
    )
