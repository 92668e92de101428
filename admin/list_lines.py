"""The published lists as they stand on the pages: which are on and how they do, and which are on offer."""

import logging
from collections.abc import Collection
from dataclasses import dataclass

from admin.house import House, Standing
from admin.list_words import age_words, fault_words, progress_words, stays_words
from admin.texts import country_words, ngettext, number_words, topic_words
from admin.texts import gettext as _
from rules.catalog import ListOffer
from rules.policy_put import written_lists
from rules.subscription import Subscription
from store.list_faults import Fault
from store.list_progress import Progress, read_progress
from store.list_status import State, Status, read_statuses

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """A list that is on."""

    key: str
    title: str
    category: str
    """Empty: only entries that name the list use it."""
    sites: str
    """How many it names, in words; about how many, if it has not come yet. Empty: nobody knows."""
    state: State
    age: str
    problem: str
    """Why the last try failed, empty if it did not."""
    stays: str
    """What is in force meanwhile."""
    progress: str
    """What is done with it just now, empty if nothing is."""
    has_shrunk: bool
    """The parent may take it all the same."""
    is_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """A list that Porchlight knows."""

    key: str
    title: str
    sites: str
    licence: str
    home: str
    is_on: bool
    is_recommended: bool
    countries: str
    """For families of these only. Empty: for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferGroup:
    """The offers of one category."""

    title: str
    offers: tuple[OfferLine, ...]

    @property
    def on(self) -> int:
        """How many of them are on."""
        return sum(offer.is_on for offer in self.offers)


def statuses(here: House, standing: Standing) -> tuple[Status, ...]:
    """How the lists that are on stand; none if their records cannot be read, which the log says."""
    folder, subscriptions = here.settings.lists_dir, standing.policy.lists
    try:
        return read_statuses(subscriptions, folder, table=here.table(), moment=here.clock())
    except OSError as error:
        logger.warning("the records of the lists cannot be read: %s", error)
        return ()


def list_lines(here: House, standing: Standing, found: tuple[Status, ...]) -> list[ListLine]:
    """The lists that are on, in the rule file's order."""
    progress = read_progress(here.settings.lists_dir)
    subscriptions = standing.policy.lists
    return [_line(here, one, subscriptions[one.key], progress) for one in found]


def _line(
    here: House, status: Status, subscription: Subscription, progress: Progress | None
) -> ListLine:
    problem = status.problem
    return ListLine(
        key=status.key,
        title=topic_words(status.key),
        category=topic_words(subscription.category),
        sites=_sites(status, here.catalog.offers.get(status.key)),
        state=status.state,
        age=age_words(status, subscription),
        problem=fault_words(problem) if problem else "",
        stays=stays_words(status) if problem else "",
        progress=progress_words(progress) if progress and progress.key == status.key else "",
        has_shrunk=problem is not None and problem.fault is Fault.SHRUNK,
        is_in_force=status.is_in_force,
    )


def _sites(status: Status, offer: ListOffer | None) -> str:
    if status.copy is None:
        return _("About %(number)s sites", number=number_words(offer.domains)) if offer else ""
    entries = status.copy.entries
    return ngettext("%(number)s site", "%(number)s sites", entries, number=number_words(entries))


def offer_groups(here: House, standing: Standing) -> list[OfferGroup]:
    """All offers, under their categories."""
    by_category: dict[str, list[OfferLine]] = {}
    for offer in here.catalog.offers.values():
        line = _offer_line(offer, standing.policy.lists)
        by_category.setdefault(offer.category, []).append(line)
    return [
        OfferGroup(title=topic_words(category), offers=tuple(offers))
        for category, offers in by_category.items()
    ]


def _offer_line(offer: ListOffer, on: Collection[str]) -> OfferLine:
    return OfferLine(
        key=offer.key,
        title=topic_words(offer.key),
        sites=number_words(offer.domains),
        licence=offer.licence,
        home=offer.home,
        is_on=offer.key in on,
        is_recommended=offer.is_recommended,
        countries=", ".join(map(country_words, offer.countries)),
    )


def recommended(here: House, standing: Standing) -> list[ListOffer]:
    """The offers that one click turns on: recommended here, and neither on nor turned off by hand."""
    known, country = written(standing), standing.policy.country
    return [
        offer
        for offer in here.catalog.offers.values()
        if offer.is_recommended
        and offer.key not in known
        and (not offer.countries or country in offer.countries)
    ]


def written(standing: Standing) -> tuple[str, ...]:
    """The keys of the lists that the rule file names, on or off; none if it is broken."""
    return () if standing.problems else written_lists(standing.text)


def own_lists_off(here: House, standing: Standing) -> list[str]:
    """The family's own lists that are off."""
    names = (*here.catalog.offers, *standing.policy.lists)
    return [key for key in written(standing) if key not in names]
