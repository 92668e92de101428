"""Devices that sign in: Proxy-Authorization -> a login, and 407 for who is otherwise a stranger.

Law: what was sent is taken out of the request, and neither logged nor kept but as a keyed hash.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import asyncio
import hashlib
import hmac
import secrets
import time
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from weakref import WeakSet

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.http import HTTPFlow

from proxy import sign_in_page
from proxy.clients import client_of, is_explicit, sign_in
from proxy.enforce import give
from proxy.live import State
from proxy.names import is_own
from proxy.recorder import Recorder
from proxy.sightings import Sightings
from proxy.translate import normal_name
from proxy.tries import Tries
from rules.hosts import parents
from rules.policy_devices import login_of
from store import accounts, audit
from store.logins import TRIED_TOO_OFTEN

HEADER = "proxy-authorization"
LONGEST_HEADER = 1000
"""Characters; a user name and a password have room."""
CHECKS_AT_ONCE = 2
"""Argon2id takes 46 MiB and 50 ms of a processor each."""
REMEMBERED = 1000
"""Credentials that were tried."""

type Credentials = tuple[str, str]
"""User name, in normal form, and password."""


class SignIn:
    """Who has signed in, and who has to."""

    def __init__(
        self,
        recorder: Recorder,
        sightings: Sightings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Strangers who are not let in are seen all the same; the recorder writes down who tries too often."""
        self._recorder = recorder
        self._sightings = sightings
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._tries = Tries()
        self._known: dict[bytes, tuple[str, bool]] = {}
        """By keyed hash of credentials: the stored hash that they were held against, and whether they fitted."""
        self._checks: dict[bytes, asyncio.Task[bool]] = {}
        self._room = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._tunnels: WeakSet[ClientConnection] = WeakSet()

    async def admit(self, flow: HTTPFlow, state: State, moment: datetime) -> None:
        """Note who signs in with this request; answer in the site's place if a stranger has to first.

        Waits for a password that was not tried before: some 50 ms, off the event loop.
        """
        header = flow.request.headers.get(HEADER, "")
        flow.request.headers.pop(HEADER, None)  # the site must not see it
        connection, roll = flow.client_conn, state.ruleset.roll
        is_inside = connection in self._tunnels and flow.request.method != "CONNECT"
        if is_inside or not is_explicit(connection):
            return
        said = _credentials(header) if roll.by_login else None
        if said is not None:
            login = said[0] if await self._is_right(connection, said, state, moment) else None
            sign_in(connection, login)
        client = client_of(connection)
        is_stranger = roll.by_login and roll.device(client) is None
        if is_stranger and not _is_open_to_all(flow.request.host, state):
            self._sightings.note_stranger(client, roll, moment)
            self._refuse(flow, state, client.address or "", has_tried=said is not None)
        elif flow.request.method == "CONNECT":
            self._tunnels.add(connection)

    def _refuse(self, flow: HTTPFlow, state: State, address: str, *, has_tried: bool) -> None:
        language = state.ruleset.policy.language
        wait = self._tries.wait(address, self._clock()) if has_tried else 0.0
        if wait:
            give(flow, sign_in_page.too_many(language, wait))
        else:
            give(flow, sign_in_page.sign_in_first(language))

    async def _is_right(
        self, connection: ClientConnection, said: Credentials, state: State, moment: datetime
    ) -> bool:
        name, password = said
        is_used = name in state.ruleset.roll.by_login
        stored = state.logins.get(name, "") if is_used else ""
        digest = hmac.digest(self._key, f"{name}\0{password}".encode(), hashlib.sha256)
        known = self._known.get(digest)
        if known is not None and known[0] == stored:
            return known[1]
        check = self._checks.get(digest)
        if check is None:  # a browser opens many connections at once with the same password
            address = client_of(connection).address or ""
            check = asyncio.create_task(self._check(digest, said, stored, address, moment))
            self._checks[digest] = check
            check.add_done_callback(lambda _: self._checks.pop(digest, None))
        return await asyncio.shield(check)

    async def _check(
        self, digest: bytes, said: Credentials, stored: str, address: str, moment: datetime
    ) -> bool:
        name, password = said
        async with self._room:
            if self._tries.wait(address, self._clock()):
                return False
            fits = await asyncio.to_thread(
                lambda: accounts.matches(stored or accounts.nobodys_hash(), password)
            )
            is_right = fits and bool(stored)
            if len(self._known) >= REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[digest] = stored, is_right
            if not is_right and self._tries.wrong(address, self._clock()):
                self._tell(f"{name} {address}", moment)
        return is_right

    def _tell(self, detail: str, moment: datetime) -> None:
        self._recorder.later(
            lambda engine: audit.write(engine, moment, "", TRIED_TOO_OFTEN, detail)
        )


def _is_open_to_all(host: str, state: State) -> bool:
    """Whether a help site is asked for, or the proxy itself, on which a device is set up; whatever else comes is a stranger's."""
    if is_own(host):
        return True
    with suppress(ValueError):
        help_sites = state.ruleset.catalog.help_sites
        return any(one in help_sites for one in parents(normal_name(host)))
    return False


def _credentials(header: str) -> Credentials | None:
    """What was sent, RFC 7617; None if it is nothing that could be right."""
    scheme, _, encoded = header[:LONGEST_HEADER].partition(" ")
    if scheme.lower() != "basic":
        return None
    with suppress(ValueError):
        name, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
        login = login_of(name)
        if colon and login is not None:
            return login, password
    return None
