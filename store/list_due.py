"""When a list is to be asked for again: on its `every`, sooner after a failure, at once when something is new.

Law: no server is asked more often than the rule file says, or after a failure once in a quarter of an hour.
"""

from datetime import datetime, timedelta
from pathlib import Path

from rules.subscription import Subscription
from store.list_copies import Copy, Problem, list_path, read_record

RETRY = timedelta(minutes=15)
"""After the first failure; twice as long after each further one, and never longer than the list's `every`."""
MOST_DOUBLINGS = 12
"""RETRY doubled so often is longer than the longest `every`."""
MOST_SPREAD = timedelta(hours=1)
"""So much later than its `every` a list is asked for at most, so that not all households come at once."""

type Own = Path
"""The folder of the family's own list files."""


def source_of(subscription: Subscription) -> str:
    """The address or the name of the file that a list comes from."""
    return subscription.url or subscription.file or ""


def due_at(folder: Path, own: Own, subscription: Subscription, moment: datetime) -> datetime:
    """When a list is to be asked for. Not after `moment`: now.

    Args:
        folder: The folder of lists.
        own: The folder of the family's own.
        subscription: The list's.
        moment: Now.

    Raises:
        OSError: the list's record is there and cannot be read.
    """
    record = read_record(folder, subscription.key)
    copy, problem, source = record.copy, record.problem, source_of(subscription)
    if problem is not None and problem.source == source:
        last, pause = problem.at, _pause(subscription, problem)
    elif problem is None and copy is not None and copy.source == source:
        last, pause = copy.checked_at, subscription.every + _spread(subscription, copy)
        if not list_path(folder, subscription.key, copy).is_file():
            return moment
    else:
        return moment  # the first time, or another address
    if last > moment or (subscription.file and _changed(own / subscription.file, last)):
        return (
            moment  # the clock was wrong when it was tried; or a parent has put another file there
        )
    return last + pause


def _pause(subscription: Subscription, problem: Problem) -> timedelta:
    doublings = min(problem.tries - 1, MOST_DOUBLINGS)
    return min(RETRY * (1 << doublings), subscription.every)


def _spread(subscription: Subscription, copy: Copy) -> timedelta:
    """A random time, the same as long as the copy is: the microseconds of a clock are as random as a die."""
    return min(subscription.every / 10, MOST_SPREAD) * (copy.checked_at.microsecond / 1_000_000)


def _changed(path: Path, since: datetime) -> bool:
    try:
        return path.stat().st_ctime > since.timestamp()
    except OSError:
        return False
