"""Is the filter working, and with which rules? As its workers last reported."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from admin.house import House, Standing
from store import workers
from store.workers import Worker

FRESH = timedelta(seconds=15)
"""A worker reports every few seconds; one that was silent for longer is not working."""


class State(Enum):
    """What the light at the top of every page says."""

    WORKING = "working"
    BEHIND = "behind"
    """The filter works, but not with what the rule file says."""
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of the filter at one moment."""

    state: State
    revision: str
    """In force. Empty if no worker is there."""
    since: datetime | None
    """Since when every worker has had that revision."""
    dropped: int
    """Lines of the log that were lost because the disk was full or slow."""
    problem: str
    """A worker's own words on what is wrong, empty if nothing is."""
    last_seen: datetime | None
    """When any worker last reported. None: none ever did."""


def look(house: House, standing: Standing, moment: datetime) -> Health:
    """How the filter is doing."""
    known = workers.read(house.engine)
    live = [worker for worker in known if moment - worker.seen <= FRESH]
    seen = max((worker.seen for worker in known), default=None)
    if not live:
        return Health(
            state=State.SILENT, revision="", since=None, dropped=0, problem="", last_seen=seen
        )
    # the newest of them, so that a page never says "in force" before the last worker has it
    newest = max(live, key=lambda worker: worker.in_force_since)
    return Health(
        state=State.WORKING if _all_have(live, standing) else State.BEHIND,
        revision=newest.revision,
        since=newest.in_force_since,
        dropped=sum(worker.dropped for worker in live),
        problem=next((worker.problem for worker in live if worker.problem), ""),
        last_seen=seen,
    )


def _all_have(live: list[Worker], standing: Standing) -> bool:
    return all(worker.revision == standing.revision and not worker.problem for worker in live)
