"""Questions that may pass -> what the name server beyond says, remembered for a minute.

Law: whatever that server does, a question ends within seconds, and so many at once are out, no more.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import dns.asyncquery
import dns.exception
import dns.inet
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from proxy.dns_message import PAYLOAD_BYTES, Found, chain

LONGEST_TTL = 60
"""Seconds that an answer is kept, here and by whoever gets it: an edit or a bedtime takes hold by then."""
SERVER_SECONDS = 1.5
"""For one name server. Devices ask again after five seconds, and browsers give up soon after."""
ALL_SECONDS = 3.0
"""For all of them together."""
RESTED_SECONDS = 10.0
"""How long a name server that did not answer is asked last."""
FAILURE_SECONDS = 1.0
"""How long a question that nobody answered is not asked again."""
READ_AGAIN_SECONDS = 60.0
"""How often this machine's own name servers are looked up: a laptop moves."""
MOST_SERVERS = 3
MOST_OUT = 256
"""Questions at once."""
REMEMBERED = 10_000
"""Answers; about 25 MB."""
LARGEST_REMEMBERED_BYTES = 2_048
"""As it came. Whoever asks for large ones fills no memory."""
_KNOWS_NO_EDNS = frozenset({Rcode.FORMERR, Rcode.NOTIMP})
"""What an old router says; it is asked again without."""
SILENCE = Rcode.SERVFAIL
"""What is said where nobody answers."""

type Name = dns.name.Name
type Server = tuple[str, int]
"""IP address and port."""

logger = logging.getLogger(__name__)


class Upstream:
    """Asks name servers beyond the house."""

    def __init__(self, servers: Callable[[], Sequence[Server]]) -> None:
        """`servers` may read the disk; it is called in a thread."""
        self._look_for_servers = servers
        self._servers: tuple[Server, ...] | None = None
        self._looked_at = 0.0
        self._is_lost = False
        self._looking: asyncio.Task[None] | None = None
        self._rested: dict[Server, float] = {}
        self._known: dict[tuple[Name, RdataType], Found] = {}
        self._out: dict[tuple[Name, RdataType], asyncio.Task[Found]] = {}

    async def ask(self, name: Name, kind: RdataType) -> Found:
        """What is known of a name, SERVFAIL where nobody says. Seconds at most."""
        key = (name, kind)
        known = self._known.get(key)
        if known is not None and known.until > time.monotonic():
            return known
        task = self._out.get(key)
        if task is None:
            if len(self._out) >= MOST_OUT:
                return Found(SILENCE, (), 0.0)
            task = asyncio.create_task(self._find(name, kind))
            if not task.done():  # an eager task may be done already
                self._out[key] = task
                task.add_done_callback(lambda _: self._out.pop(key, None))
        # shielded: one device's hanging up must not fail the others that wait for the name
        return await asyncio.shield(task)

    async def _find(self, name: Name, kind: RdataType) -> Found:
        response = None
        with suppress(TimeoutError):
            async with asyncio.timeout(ALL_SECONDS):
                response = await self._first_answer(name, kind)
        if response is None:
            found = Found(SILENCE, (), time.monotonic() + FAILURE_SECONDS)
        else:
            found = _found(response, name, kind)
        if response is None or len(response.wire or b"") <= LARGEST_REMEMBERED_BYTES:
            self._remember(name, kind, found)
        return found

    def _remember(self, name: Name, kind: RdataType, found: Found) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[name, kind] = found

    async def _first_answer(self, name: Name, kind: RdataType) -> dns.message.Message | None:
        for server in await self._in_order():
            response = await self._of_server(server, name, kind)
            if response is not None:
                return response
        return None

    async def _in_order(self) -> list[Server]:
        now = time.monotonic()
        if self._servers is None:
            await self._look()
        elif now - self._looked_at > READ_AGAIN_SECONDS and self._looking is None:
            self._looking = asyncio.create_task(self._look())
        rested = {server for server, until in self._rested.items() if until > now}
        return sorted((self._servers or ())[:MOST_SERVERS], key=rested.__contains__)

    async def _look(self) -> None:
        self._looked_at = time.monotonic()
        try:
            self._servers = tuple(await asyncio.to_thread(self._look_for_servers))
        except OSError as error:
            if not self._is_lost:
                logger.warning("this machine's name servers are not known: %s", error)
            self._is_lost = True
        else:
            self._is_lost = False
        finally:
            self._looking = None

    async def _of_server(
        self, server: Server, name: Name, kind: RdataType
    ) -> dns.message.Message | None:
        """Its answer; None if it has none, or none to this question."""
        try:
            response = await _query(server, name, kind, edns=0)
            if response.rcode() in _KNOWS_NO_EDNS:
                response = await _query(server, name, kind, edns=-1)
        except (OSError, EOFError, TimeoutError, dns.exception.DNSException, ValueError):
            self._rested[server] = time.monotonic() + RESTED_SECONDS
            return None
        self._rested.pop(server, None)
        return response if response.rcode() in {Rcode.NOERROR, Rcode.NXDOMAIN} else None


def system_servers() -> tuple[Server, ...]:
    """This machine's own name servers, as its system has them written down. Reads the disk.

    Raises:
        OSError: they are not to be found.
    """
    try:
        found = dns.resolver.Resolver().nameservers
    except dns.exception.DNSException as error:
        raise OSError(str(error)) from error
    return tuple((one, 53) for one in found if isinstance(one, str) and dns.inet.is_address(one))


def chosen_server(text: str) -> Server:
    """A name server as the settings write it, `192.168.1.1:53` or `[fd00::1]:53`."""
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


async def _query(server: Server, name: Name, kind: RdataType, *, edns: int) -> dns.message.Message:
    query = dns.message.make_query(name, kind, use_edns=edns, payload=PAYLOAD_BYTES)
    address, port = server
    async with asyncio.timeout(SERVER_SECONDS):
        response, _ = await dns.asyncquery.udp_with_fallback(
            query, address, SERVER_SECONDS, port, ignore_unexpected=True, ignore_errors=True
        )
    return response


def _found(response: dns.message.Message, name: Name, kind: RdataType) -> Found:
    records = tuple(chain(name, kind, response.answer))
    lifetimes = [one.ttl for one in records]
    if not any(one.rdtype == kind for one in records):
        lifetimes += [
            min(one.ttl, one[0].minimum)
            for one in response.authority
            if one.rdtype == dns.rdatatype.SOA
        ]
    ttl = min(LONGEST_TTL, *lifetimes) if lifetimes else 0
    return Found(Rcode(response.rcode()), records, time.monotonic() + ttl)
