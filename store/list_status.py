"""How each list that is on stands, for people: is there a copy, is it fresh, is it in force, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from rules.domain_table import DomainTable
from rules.subscription import Subscription
from store.list_copies import Copy, Problem, read_record

OLD_AFTER = 2
"""Times its `every`. Once is the usual state shortly before it is fetched again."""


class State(Enum):
    """In one word."""

    WAITING = "waiting"
    """It is on, and nobody has tried to get it yet."""
    FRESH = "fresh"
    OLD = "old"
    """Nobody has asked for it for more than twice its `every`: Porchlight did not run, or fetches by hand."""
    FAILING = "failing"
    """The last try changed nothing. The last good copy, if there is one, stays in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How one list stands."""

    key: str
    state: State
    copy: Copy | None
    """The last good one. None: there has been none."""
    problem: Problem | None
    """Of the last try; it is there when the state is failing."""
    is_in_force: bool
    """Whether the table that answers requests holds it."""

    @property
    def skipped(self) -> int:
        """How many entries of the copy are not obeyed; its `skipped` has the reasons."""
        return sum(one.count for one in self.copy.skipped.values()) if self.copy else 0


def read_statuses(
    subscriptions: Mapping[str, Subscription],
    folder: Path,
    *,
    table: DomainTable | None,
    moment: datetime,
) -> tuple[Status, ...]:
    """How the lists that are on stand, in their order. Reads their records; of the lists themselves nothing.

    Args:
        subscriptions: A policy's `lists`.
        folder: The folder of lists.
        table: The one in force.
        moment: Now.

    Raises:
        OSError: a record is there and cannot be read.
    """
    in_force = frozenset(source.name for source in table.sources) if table else frozenset()
    found = []
    for key, subscription in subscriptions.items():
        record = read_record(folder, key)
        status = Status(
            key=key,
            state=_state(subscription, record.copy, record.problem, moment),
            copy=record.copy,
            problem=record.problem,
            is_in_force=key in in_force,
        )
        found.append(status)
    return tuple(found)


def _state(
    subscription: Subscription, copy: Copy | None, problem: Problem | None, moment: datetime
) -> State:
    if problem is not None:
        return State.FAILING
    if copy is None:
        return State.WAITING
    is_old = moment - copy.checked_at > OLD_AFTER * subscription.every
    return State.OLD if is_old else State.FRESH
