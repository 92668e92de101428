"""An address that stands inside another one is judged too, and the stricter answer stands.

Law: a carrier opens nothing: what is closed at its own address is closed inside a translator's or an archive's.
"""

from collections.abc import Callable
from dataclasses import replace

from rules.carriers import carried, carriers_at
from rules.decision import Decision, Reason, Step
from rules.listings import OUR_OWN, Listing
from rules.policy import Action
from rules.questions import Inquiry
from rules.request import Request, Stage
from rules.turns import soonest

MOST_NESTED = 3
"""Carriers one in another; nobody needs a translation of an archive's copy of a translation."""
PROXIES = "proxies"
"""The category in which a place is that carries on and on."""

type Judge = Callable[[Request], Decision]


def is_carrier(inquiry: Inquiry) -> bool:
    """Whether addresses may stand inside the request's. Costs one comparison of sets."""
    return not inquiry.ruleset.catalog.carriers.keys().isdisjoint(inquiry.hosts)


def listings_inside(inquiry: Inquiry) -> tuple[Listing, ...]:
    """The category of a place that still carries on where nobody looks any deeper."""
    if not is_carrier(inquiry) or not inner_requests(inquiry):
        return ()
    return (Listing(PROXIES, inquiry.url.host, OUR_OWN),)


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


def weighed(inquiry: Inquiry, decision: Decision, judge: Judge) -> Decision:
    """The stricter of a carrier's own answer and those to the addresses inside."""
    if decision.action is Action.BLOCK or not is_carrier(inquiry):
        return decision
    look = max(decision.look, _look(inquiry))
    found = [(one.url.host, judge(one)) for one in inner_requests(inquiry)]
    for host, one in found:
        if is_closed(one):
            return replace(one, look=max(look, one.look), inside=one.inside or host)
    return replace(
        decision,
        look=max(look, *(one.look for _, one in found)) if found else look,
        until=soonest(decision.until, *(one.until for _, one in found)),
        inside=next((one.inside or host for host, one in found), None),
    )


def is_closed(decision: Decision) -> bool:
    """Whether the answer to an address inside closes the carrier's too."""
    # what leads into a house is nothing that a site elsewhere could show
    return decision.action is Action.BLOCK and decision.reason is not Reason.LOCAL


def inner_requests(inquiry: Inquiry) -> tuple[Request, ...]:
    """The requests for the addresses inside, as if the client had asked for them itself."""
    request = inquiry.request
    by_name_alone = request.stage < Stage.REQUEST
    addresses = carried(request.url, inquiry.ruleset.catalog.carriers, by_name_alone=by_name_alone)
    return tuple(replace(request, url=one, shape=None, reply=None) for one in addresses)


def _look(inquiry: Inquiry) -> Stage:
    """How deep it takes to see the address inside, where that could close anything."""
    if inquiry.asker.profile.key not in inquiry.ruleset.judges_inside:
        return Stage.NAME
    carriers = carriers_at(inquiry.hosts, inquiry.ruleset.catalog.carriers)
    is_worth = any(carrier.is_worth_opening for _, carrier in carriers)
    return Stage.REQUEST if is_worth else Stage.NAME
