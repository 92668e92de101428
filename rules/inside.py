"""An address that stands inside another one is judged too, and the stricter answer stands.

Law: a carrier opens nothing: what is closed at its own address is closed inside a translator's or an archive's.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from rules.carriers import MOST_FOUND, MOST_NESTED, PROXIES, carriers_at, inside
from rules.compile import Ruleset
from rules.decision import Decision, Reason, Step
from rules.policy import Action, Profile
from rules.questions import Inquiry, inquire
from rules.request import Request, Stage
from rules.turns import soonest

type Judge = Callable[[Request], Decision]


def step(decision: Decision, *, is_deciding: bool) -> Step:
    """What explain shows of the addresses inside."""
    return Step(
        question="inside",
        answer=decision.action,
        decides=is_deciding,
        entry=decision.entry if is_deciding else None,
        line=decision.line if is_deciding else None,
        detail=decision.inside or "",
    )


def is_worth_looking(ruleset: Ruleset, profile: Profile) -> bool:
    """Whether carriers are opened for a profile. What is seen anyway is judged for everyone.

    Who may use sites that carry whatever they are asked for gets round by those: then nothing is gained.
    """
    key = profile.key
    lists = (ruleset.never, ruleset.own[key], ruleset.presets[key], ruleset.everyone)
    return profile.default is Action.BLOCK or any(
        rule.action is Action.BLOCK for entries in lists for rule in entries.words.get(PROXIES, ())
    )


def weighed(inquiry: Inquiry, decision: Decision, judge: Judge) -> Decision:
    """The stricter of a carrier's own answer and those to the addresses inside."""
    if decision.action is Action.BLOCK:
        return replace(decision, inside=_help_inside(inquiry))
    found = [(one.url.host, judge(one)) for one in inner_requests(inquiry)]
    look = _look(inquiry, decision, [one for _, one in found])
    for host, one in found:
        if is_closed(one, decision):
            return replace(
                one, look=look, seal=decision.seal, rewrite=None, inside=one.inside or host
            )
    return replace(
        decision,
        look=look,
        until=soonest(decision.until, *(one.until for _, one in found)),
        inside=next((one.inside or host for host, one in found), None),
    )


def is_closed(inner: Decision, outer: Decision) -> bool:
    """Whether the answer to an address inside closes its carrier's too."""
    if inner.action is Action.ALLOW or inner.reason is Reason.LOCAL:
        return False  # what leads into a house is nothing that a site elsewhere could show
    # A parent who opens a carrier for a while has answered for the hour.
    return outer.reason is not Reason.GRANT or inner.reason not in {Reason.WINDOW, Reason.BUDGET}


def with_inner(inquiry: Inquiry, depth: int = 0) -> Iterator[Inquiry]:
    """A request and all that is asked about the addresses inside it."""
    yield inquiry
    if depth < MOST_NESTED:
        for one in inner_requests(inquiry):
            inner = inquire(inquiry.ruleset, one, inquiry.facts, inquiry.moment, inquiry.asker)
            yield from with_inner(inner, depth + 1)


def inner_requests(inquiry: Inquiry) -> tuple[Request, ...]:
    """The requests for the addresses inside, as if the client had asked for them itself."""
    request = inquiry.request
    addresses = inside(request, request.url, inquiry.ruleset.catalog.carriers)[:MOST_FOUND]
    return tuple(replace(request, url=one, shape=None, reply=None) for one in addresses)


def _help_inside(inquiry: Inquiry) -> str | None:
    """A help site that somebody looked for inside what is closed: by it the log knows what to leave out."""
    help_sites = inquiry.ruleset.catalog.help_sites
    inner = (one for one in with_inner(inquiry) if one is not inquiry)
    return next((one.url.host for one in inner if not help_sites.isdisjoint(one.hosts)), None)


def _look(inquiry: Inquiry, decision: Decision, found: list[Decision]) -> Stage:
    """How deep it takes to see the address inside, where that could close anything."""
    if decision.seal is not None:
        return decision.look
    needed = [decision.look, *(one.look for one in found)]
    if is_worth_looking(inquiry.ruleset, inquiry.asker.profile):
        carriers = carriers_at(inquiry.hosts, inquiry.ruleset.catalog.carriers)
        if any(carrier.is_worth_opening for _, carrier in carriers):
            needed.append(Stage.REQUEST)
    return max(needed)
