"""A device, or somebody unknown, as it was last seen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

FEWEST_DAYS = 3
"""Before this nothing is daily."""
MOST_OF = 0.8
"""Of the days between the first and the last: a device that is used daily rests on some."""
SILENCE = timedelta(days=1)
"""What is daily and longer gone than this has gone silent: switched off, or past the filter."""


class Way(Enum):
    """How a device's requests come to Porchlight."""

    EXPLICIT = "explicit"
    """The device knows of the proxy."""
    PORT = "port"
    """The same, through a port of its own by which it was known."""
    WIREGUARD = "wireguard"
    TRANSPARENT = "transparent"
    """A router sends what the device believes to be a direct connection."""
    DNS = "dns"
    """It asks for names only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One row for each device, and for each stranger by what is known of it."""

    thing: str
    """The device's key; of a stranger its MAC address, else its IP address."""
    device: str | None
    """The device's key. None: a stranger."""
    address: str
    """Where it was last."""
    mac: str | None
    """None where no neighbour table knew it."""
    profile: str
    """Key of the profile whose rules it followed last."""
    way: Way
    first: datetime
    """Aware."""
    last: datetime
    """Aware, a minute exact."""
    days: int = 1
    """On how many days of the family it was seen."""
    left_alone: datetime | None = None
    """When a parent said that this stranger may stay unknown. None: nobody has."""

    def is_silent(self, moment: datetime) -> bool:
        """Whether it was here on most days, and has not been for longer than a day."""
        spread = (self.last - self.first) / timedelta(days=1) + 1
        is_daily = self.days >= max(FEWEST_DAYS, spread * MOST_OF)
        return is_daily and moment - self.last > SILENCE
