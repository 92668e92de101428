"""What the first page says of the lists: that none is on, or that one does not do well. Else nothing."""

from dataclasses import dataclass
from datetime import datetime

from admin.house import House, Standing
from admin.list_lines import statuses
from admin.list_words import age_words, fault_words
from admin.texts import topic_words
from rules.subscription import Subscription
from store.list_status import State, Status

ALARM_AFTER = 3
"""Times its `every`. The page of the lists marks one as old sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNotice:
    """What is worth a parent's look."""

    is_none_on: bool
    ailing: tuple[tuple[str, str], ...]
    """Each list that fails or is old: title and words."""


def list_notice(here: House, standing: Standing) -> ListNotice | None:
    """What the first page says of the lists. None: all is well."""
    subscriptions = standing.policy.lists
    if not subscriptions:
        return ListNotice(is_none_on=True, ailing=())
    ailing = tuple(
        (topic_words(one.key), words)
        for one in statuses(here, standing)
        if (words := _words(one, subscriptions[one.key], here.clock()))
    )
    return ListNotice(is_none_on=False, ailing=ailing) if ailing else None


def _words(status: Status, subscription: Subscription, moment: datetime) -> str:
    if status.state is State.FAILING and status.problem is not None:
        return fault_words(status.problem)
    copy = status.copy
    if copy is not None and moment - copy.checked_at > ALARM_AFTER * subscription.every:
        return age_words(status, subscription)
    return ""
