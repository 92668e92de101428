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
from proxy.recorder import Recorder
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

    def __init__(self, recorder: Recorder, clock: Callable[[], float] = time.monotonic) -> None:
        """The recorder writes down where passwords are tried too often."""
        self._recorder = recorder
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
        if is_stranger and not _is_help(flow.request.host, state):
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
        address = client_of(connection).address or ""
        if self._tries.wait(address, self._clock()):
            return False
        is_right = await self._check(digest, stored, password)
        if self._remember(digest, stored, is_right=is_right) and not is_right:
            self._count(address, name, moment)
        return is_right

    async def _check(self, digest: bytes, stored: str, password: str) -> bool:
        """A browser opens many connections at once with the same password: it is tried once."""
        task = self._checks.get(digest)
        if task is None:
            task = self._checks[digest] = asyncio.create_task(self._matches(stored, password))
            task.add_done_callback(lambda _: self._checks.pop(digest, None))
        return await asyncio.shield(task)

    async def _matches(self, stored: str, password: str) -> bool:
        async with self._room:
            fits = await asyncio.to_thread(
                lambda: accounts.matches(stored or accounts.nobodys_hash(), password)
            )
        return fits and bool(stored)

    def _remember(self, digest: bytes, stored: str, *, is_right: bool) -> bool:
        """Whether it is news."""
        found = stored, is_right
        if self._known.get(digest) == found:
            return False
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[digest] = found
        return True

    def _count(self, address: str, name: str, moment: datetime) -> None:
        if self._tries.wrong(address, self._clock()):
            detail = f"{name} {address}"
            self._recorder.later(
                lambda engine: audit.write(engine, moment, "", TRIED_TOO_OFTEN, detail)
            )


def _is_help(host: str, state: State) -> bool:
    """Whether a help site is asked for, which is open to everybody; whatever else comes is a stranger's."""
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
