"""How often somebody may try passwords: a few times at once, then after waits that double."""

from dataclasses import dataclass, field

FREE = 5
"""Wrong passwords before the first wait: enough to mistype."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30.0, 900.0
FORGOTTEN_SECONDS = 3600.0
"""Without a wrong password. A right one forgives nothing: whoever has one could guess at another for ever."""
MOST_ADDRESSES = 1000


@dataclass(slots=True)
class _Tried:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


@dataclass(slots=True)
class Tries:
    """Wrong passwords by the address that they come from. In memory: a restart takes the console."""

    _tried: dict[str, _Tried] = field(default_factory=dict)

    def wait(self, address: str, now: float) -> float:
        """For how many seconds nothing from there is looked at; 0 for none."""
        found = self._tried.get(address)
        return max(0.0, found.until - now) if found else 0.0

    def wrong(self, address: str, now: float) -> bool:
        """Count a wrong password; whether it begins a wait."""
        tried = self._tried.pop(address, None) or _Tried()
        if now - tried.last > FORGOTTEN_SECONDS:
            tried = _Tried()
        tried.wrong, tried.last = tried.wrong + 1, now
        if len(self._tried) >= MOST_ADDRESSES:
            del self._tried[next(iter(self._tried))]
        self._tried[address] = tried
        if tried.wrong < FREE:
            return False
        doubled = FIRST_WAIT_SECONDS * 2.0 ** min(tried.wrong - FREE, 16)
        tried.until = now + min(LONGEST_WAIT_SECONDS, doubled)
        return True
