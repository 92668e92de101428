"""What was allowed and is still open: tunnels, WebSockets, downloads. Asked again when the answer may be another.

Law: what has become blocked ends, however long ago it began. Nothing here waits for a disk: the state is `live`'s.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.connection import ConnectionState

from proxy import enforce, guard, hello, safe_search, translate
from proxy.live import State
from proxy.strictest import Asked, ask_all, strictest
from rules.policy import Action
from rules.request import Request
from rules.turns import soonest

LOOK_SECONDS = 0.5
AT_ONCE = 200
"""Connections that are asked about before others have their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """One tunnel or exchange that goes on."""

    client: ClientConnection
    requests: tuple[Request, ...]
    """As they were asked, one for each name."""
    due: datetime | None
    """When to ask again, if nobody does anything. None: not by itself."""
    tunnel_port: int | None = None
    """Where an unopened tunnel leads. None: it is an exchange that we read."""
    led_to: str | None = None
    """To which name's addresses it goes, if not to the host's own (Rewrite.connect_to)."""


class OpenConnections:
    """All that is open, by the client's connection, then by a key: the connection's own id, or a flow's."""

    def __init__(
        self, state: Callable[[], State], write: Callable[[State, Asked, datetime], None]
    ) -> None:
        """`write` puts a line into the log."""
        self._state = state
        self._write = write
        self._open: dict[str, dict[str, Open]] = {}
        self._last: State | None = None
        self._watch: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many are open."""
        return sum(map(len, self._open.values()))

    def add(self, key: str, one: Open) -> None:
        """Remember what was allowed."""
        self._open.setdefault(one.client.id, {})[key] = one

    def forget(self, client: ClientConnection, key: str | None = None) -> None:
        """It has ended; without a key all that the client had open."""
        held = self._open.get(client.id, {})
        if key is not None:
            held.pop(key, None)
        if key is None or not held:
            self._open.pop(client.id, None)

    def start(self) -> None:
        """Begin to watch, in the running loop."""
        self._watch = asyncio.get_running_loop().create_task(self._follow(), name="open")

    def stop(self) -> None:
        """End."""
        if self._watch is not None:
            self._watch.cancel()

    async def look(self, moment: datetime) -> None:
        """Ask again what may have another answer by now, and close what is blocked. Microseconds for each."""
        state = self._state()
        is_new, self._last = state is not self._last, state
        due = [
            (key, one)
            for held in self._open.values()
            for key, one in held.items()
            if is_new or (one.due is not None and one.due <= moment)
        ]
        for number, (key, one) in enumerate(due, start=1):
            if key in self._open.get(one.client.id, ()):
                self._ask_safely(key, one, state, moment)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look(datetime.now(UTC))

    def _ask_safely(self, key: str, one: Open, state: State, moment: datetime) -> None:
        """No hook of mitmproxy's calls this, so that a fault ends here, as the guard would end it."""
        try:
            self._ask(key, one, state, moment)
        except Exception as error:  # noqa: BLE001 - see the guard's law
            guard.report("open connections", error)
            if state.ruleset.policy.when_filter_fails is Action.BLOCK:
                self._end(one)

    def _ask(self, key: str, one: Open, state: State, moment: datetime) -> None:
        if one.client.state is ConnectionState.CLOSED:
            self.forget(one.client)  # it was gone before what it asked for was allowed
            return
        ident = translate.new_id()
        requests = tuple(replace(request, id=ident) for request in one.requests)
        answers = ask_all(requests, state, moment)
        asked = strictest(answers)
        if asked.decision.action is Action.BLOCK:
            self._write(state, asked, moment)
        elif one.tunnel_port is None or _may_go_on(one, one.tunnel_port, answers, asked):
            self.add(key, replace(one, due=soonest(*(each.decision.until for each in answers))))
            return
        # What a new rule wants to look into or lead elsewhere ends too: the client comes back to it.
        self._end(one)

    def _end(self, one: Open) -> None:
        self.forget(one.client)
        enforce.close(one.client)


def _may_go_on(one: Open, port: int, answers: Sequence[Asked], asked: Asked) -> bool:
    """Whether a tunnel would be made again as it is."""
    return hello.is_name_enough(answers, port) and safe_search.led_to(asked.decision) == one.led_to
