"""Name -> the addresses that a connection may use: only such as lie outside the house.

Law: the address that was judged is the address that is used. `attach` makes asyncio ask here, so that
a name cannot answer one thing to the judge and another to the connection.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from proxy.clients import plain_address
from proxy.translate import normal_name
from rules.hosts import is_address
from rules.reach import is_loopback_name, is_outside

REMEMBERED_SECONDS = 60.0
"""How long an answer of DNS is used. asyncio does not tell its real lifetime."""
FAILURE_SECONDS = 3.0
"""How long a name that DNS does not know is not asked again."""
REMEMBERED_NAMES = 20_000
MOST_LOOK_UPS = 64
"""At once. Each is a thread, since the C library's look-up blocks."""

type AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As getaddrinfo gives it: family, type, protocol, canonical name, address."""


class Refused(OSError):  # noqa: N818 - it is the answer, not a mistake
    """Every address of this name is inside the house, or is Porchlight itself."""


@dataclass(frozen=True, slots=True)
class _Known:
    addresses: tuple[str, ...]
    outside: tuple[str, ...]
    fault: OSError | None
    until: float


class Resolver:
    """Judges where a connection would go."""

    def __init__(
        self,
        *,
        names: Mapping[str, str],
        reach: Collection[str],
        own_ports: Collection[int],
        family: tuple[str, int] = ("", 0),
    ) -> None:
        """Own ports are refused on this machine's addresses whatever `reach` says.

        `family` is the name of this machine, if it has one, and the port of the pages that
        children may see: open on every address of this machine.
        """
        self._names = names
        self._reach = frozenset(reach)
        self._own_ports = set(own_ports)
        self._family_name, self._family_port = family
        self._known: dict[str, _Known] = {}
        self._asked: dict[str, asyncio.Task[_Known]] = {}
        self._slots = asyncio.Semaphore(MOST_LOOK_UPS)
        self._instead: ContextVar[tuple[str, str] | None] = ContextVar("instead", default=None)

    def own(self, port: int) -> None:
        """Add a port that this program listens on."""
        self._own_ports.add(port)

    def disown(self, port: int) -> None:
        """Take out a port that this program listens on no more."""
        self._own_ports.discard(port)

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses that a connection may use, in the order to try them.

        Raises:
            Refused: there are none.
            OSError: the name is not known, or DNS does not answer.
            ValueError: this is no host.
        """
        name = normal_name(host)
        known = self._known.get(name)
        if known is None or known.until < time.monotonic():
            known = await self._ask_once(name)
        if known.fault is not None:
            raise known.fault
        reachable = (one for one in known.addresses if self._is_reachable(one, port))
        # a name of ours that DNS leads elsewhere must not take what passes before the rules there
        is_ours = self.is_family_page(name, port)
        may = tuple(reachable) if is_ours else known.outside or tuple(reachable)
        if not may:
            raise Refused(f"{name} is inside the house")
        return may

    def lead(self, host: str, name: str) -> None:
        """Have the connection that this task opens to a host go to the addresses of another name.

        Only there: what it says, and the certificate that it wants to see, stay the host's.
        """
        self._instead.set((host, name))

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make every outgoing connection of this loop use the addresses judged here."""
        # On the instance: mitmproxy calls asyncio.open_connection, which asks its loop.
        vars(loop)["getaddrinfo"] = self._getaddrinfo

    async def _getaddrinfo(
        self,
        host: str,
        port: int,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - asyncio's own name
        proto: int = 0,
        flags: int = 0,
    ) -> list[AddressInfo]:
        found: list[AddressInfo] = []
        instead = self._instead.get()
        if instead is not None and instead[0] == host:
            host = instead[1]
        for address in await self.addresses(host, port):
            found += socket.getaddrinfo(
                address, port, family, type, proto, flags | socket.AI_NUMERICHOST
            )
        return found

    def is_family_page(self, host: str, port: int) -> bool:
        """Whether a host and port are those of the pages that children may see. Asks no name server."""
        if not port or port != self._family_port or port in self._own_ports:
            return False
        name = host.strip("[]")
        is_this_machine = is_own(name) if is_address(name) else name == self._family_name
        return is_this_machine or is_loopback_name(name)

    def _is_reachable(self, address: str, port: int) -> bool:
        if port in self._own_ports and is_own(address):
            return False
        if port and port == self._family_port and is_own(address):
            return True
        shown = f"[{address}]" if ":" in address else address
        return f"{shown}:{port}" in self._reach or f"{address}:{port}" in self._reach

    async def _ask_once(self, name: str) -> _Known:
        task = self._asked.get(name)
        if task is None:
            task = asyncio.create_task(self._ask(name))
            if not task.done():  # an eager task may be done already
                self._asked[name] = task
                task.add_done_callback(lambda _: self._asked.pop(name, None))
        # shielded: one device's hanging up must not fail the others that wait for the name
        return await asyncio.shield(task)

    async def _ask(self, name: str) -> _Known:
        fault: OSError | None = None
        found: tuple[str, ...] = ()
        try:
            found = await self._find(name)
        except OSError as error:
            fault = error
        lifetime = REMEMBERED_SECONDS if fault is None else FAILURE_SECONDS
        known = _Known(
            addresses=found,
            outside=tuple(one for one in found if is_outside(one) and not is_own(one)),
            fault=fault,
            until=time.monotonic() + lifetime,
        )
        if len(self._known) >= REMEMBERED_NAMES:
            self._known.clear()
        self._known[name] = known
        return known

    async def _find(self, name: str) -> tuple[str, ...]:
        if name in self._names:
            return (self._names[name],)
        if is_address(name):
            return (name,)
        if is_loopback_name(name):
            return ("127.0.0.1",)
        async with self._slots:
            return await _look_up(name)


def is_own(address: str) -> bool:
    """Whether this machine itself has the address. Sends nothing."""
    if address in {"0.0.0.0", "::"} or address.startswith("127.") or address == "::1":  # noqa: S104 - compared, not bound
        return True
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            # A datagram socket only picks a route; for an address of our own, from itself to itself.
            probe.connect((address, 9))
        except OSError:
            return False
        return bool(probe.getsockname()[0] == address)


async def _look_up(name: str) -> tuple[str, ...]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def settle(found: tuple[str, ...], fault: OSError | None) -> None:
        if answer.cancelled():
            return
        if fault is None:
            answer.set_result(found)
        else:
            answer.set_exception(fault)

    def work() -> None:
        found: tuple[str, ...] = ()
        fault: OSError | None = None
        try:
            infos = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
            found = tuple(dict.fromkeys(plain_address(str(info[4][0])) for info in infos))
        except (OSError, UnicodeError) as error:
            fault = error if isinstance(error, OSError) else OSError(str(error))
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, found, fault)

    # A daemon thread, not the loop's executor: Python waits for those at exit, and DNS may hang for 30 s.
    threading.Thread(target=work, daemon=True, name="look-up").start()
    return await answer
