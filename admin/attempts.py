"""How often somebody may guess: counted in memory, with waits that grow."""

from datetime import UTC, datetime, timedelta
from threading import Lock

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

SIGN_IN = tuple(parse_many("5 per 15 minutes; 10 per 2 hours; 20 per day"))
"""The wait grows with the number of tries: minutes, then hours, then until tomorrow."""
SIGN_IN_FROM = tuple(parse_many("30 per 15 minutes; 100 per day"))
"""From one address under all names together: each try costs 50 ms and a line of the audit log."""
SETUP_CODE = tuple(parse_many("5 per 10 minutes; 20 per day"))


class Attempts:
    """Counts tries by who makes them. A restart forgets them: it takes the console to cause one."""

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._lock = Lock()

    def wait(self, limits: tuple[RateLimitItem, ...], *who: str) -> timedelta | None:
        """Count a try; how long to wait if it is one too many, else None.

        A refused try is not counted, so impatience makes no wait longer.
        """
        with self._lock:
            full = [limit for limit in limits if not self._window.test(limit, *who)]
            if not full:
                for limit in limits:
                    self._window.hit(limit, *who)
                return None
            reset = max(self._window.get_window_stats(limit, *who).reset_time for limit in full)
        return datetime.fromtimestamp(reset, UTC) - datetime.now(UTC)

    def forget(self, limits: tuple[RateLimitItem, ...], *who: str) -> None:
        """Forgive the tries of somebody who has shown to know the secret."""
        with self._lock:
            for limit in limits:
                self._window.clear(limit, *who)
