"""Who comes through, told to the database once a minute for each device and each stranger."""

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from proxy.recorder import Recorder
from rules.decision import Decision, Reason
from rules.identity import Roll
from rules.policy import UNKNOWN
from rules.request import Client
from rules.sighting import Sighting, Way
from store import sightings

EVERY_SECONDS = 60.0
MOST_NOTED = 5000
"""Then all are noted anew: whoever makes up addresses fills no memory."""


class Sightings:
    """Notes who asks, and hands it to the recorder."""

    def __init__(self, recorder: Recorder, clock: Callable[[], float] = time.monotonic) -> None:
        """The recorder writes, in its own thread."""
        self._recorder = recorder
        self._clock = clock
        self._noted: dict[str, float] = {}
        self._waiting: deque[Sighting] = deque()

    def note(
        self,
        client: Client,
        decision: Decision,
        roll: Roll,
        moment: datetime,
        *,
        way: Way | None = None,
    ) -> None:
        """Note who made a request, if it is a minute since. Never waits. Without a way the client tells it.

        Who looks for help leaves no trace.
        """
        if decision.reason is not Reason.HELP:
            way = way or way_of(client, decision.device, roll)
            self._note(client, decision.device, decision.profile, moment, way)

    def note_stranger(self, client: Client, roll: Roll, moment: datetime) -> None:
        """Note somebody unknown who was not let in, so that no request was decided."""
        self._note(client, None, UNKNOWN, moment, way_of(client, None, roll))

    def _note(
        self, client: Client, device: str | None, profile: str, moment: datetime, way: Way
    ) -> None:
        thing = device or client.mac or client.address
        if thing is None:
            return
        now = self._clock()
        noted = self._noted.get(thing)
        if noted is not None and now - noted < EVERY_SECONDS:
            return
        if len(self._noted) >= MOST_NOTED:
            self._noted.clear()
        self._noted[thing] = now
        seen = Sighting(
            thing=thing,
            device=device,
            address=client.address or "",
            mac=client.mac,
            profile=profile,
            way=way,
            first=moment,
            last=moment,
        )
        self._waiting.append(seen)
        # one job takes all that wait; where it is lost, the next minute brings them again
        self._recorder.later(self._write)

    def _write(self, engine: Engine) -> None:
        seen = []
        while self._waiting:
            seen.append(self._waiting.popleft())
        if seen:
            sightings.write(engine, seen, self._recorder.timezone)


def way_of(client: Client, device: str | None, roll: Roll) -> Way:
    """The way on which a web request came, by what its connection shows."""
    if client.wireguard is not None:
        return Way.WIREGUARD
    if client.port is None:
        return Way.TRANSPARENT
    is_own_port = device is not None and roll.by_port.get(client.port) == device
    return Way.PORT if is_own_port else Way.EXPLICIT
