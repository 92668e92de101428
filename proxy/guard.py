"""The one place where Porchlight's own faults end.

Law: nothing raises past it. mitmproxy lets a flow through unfiltered when a hook raises, dies of SystemExit,
and hangs the connection on any other BaseException.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import asyncio
import inspect
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, TypeGuard

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.dns import DNSFlow
from mitmproxy.flow import Error, Flow
from mitmproxy.http import HTTPFlow, Response
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.tls import ClientHelloData, TlsData

from proxy.enforce import ANSWERED, BLOCKED, close

BEFORE_THE_SITE = frozenset({"http_connect", "requestheaders"})
"""Hooks in which an answer of ours still takes the site's place."""
LAST_RESORT = {"Cache-Control": "no-store", "X-Porchlight": "block; reason=failed; rule=built-in"}

logger = logging.getLogger(__name__)
_seen: set[tuple[type[BaseException], str, int]] = set()
"""Faults whose trace is in the log already: a broken rule must not fill the disk."""


class Guarded(ABC):
    """An addon whose public methods, all of them hooks, cannot raise."""

    def __init_subclass__(cls) -> None:
        """Put the guard around each hook, in stock mitmproxy too: its addon manager guards nothing."""
        super().__init_subclass__()
        for name, hook in list(vars(cls).items()):
            if inspect.isfunction(hook) and not name.startswith("_"):
                setattr(cls, name, _guarded(hook))

    @abstractmethod
    def _on_fault(self, hook: str, subject: object) -> None:
        """Apply what the family wants when the filter fails. May itself fail: then the subject is shut."""


def client_of(subject: object) -> ClientConnection | None:
    """The client that a hook is about; None for those of the program itself."""
    match subject:
        case Flow():
            return subject.client_conn
        case ServerConnectionHookData():
            return subject.client
        case ClientHelloData() | TlsData() | NextLayer():
            return subject.context.client
        case ClientConnection():
            return subject
        case _:
            return None


def is_answerable(subject: object, hook: str) -> TypeGuard[HTTPFlow]:
    """Whether an answer of ours can still take the site's place, and none has yet."""
    return (
        isinstance(subject, HTTPFlow)
        and hook in BEFORE_THE_SITE
        and ANSWERED not in subject.metadata
    )


def shut(hook: str, subject: object) -> None:
    """Let nothing through, with no help from the rest of Porchlight."""
    if isinstance(subject, HTTPFlow):
        _shut_http(hook, subject)
    elif isinstance(subject, DNSFlow):
        subject.error = Error("Porchlight broke")
    elif isinstance(subject, ServerConnectionHookData):
        subject.server.error = "Porchlight broke"
    elif client := client_of(subject):
        close(client)


def report(hook: str, error: BaseException) -> None:
    """Say it on stderr; the trace the first time."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = (
        type(error),
        trace.tb_frame.f_code.co_filename if trace else "",
        trace.tb_lineno if trace else 0,
    )
    is_new = place not in _seen
    _seen.add(place)
    logger.error(
        "Porchlight itself broke in %s: %r", hook, error, exc_info=error if is_new else None
    )


def _shut_http(hook: str, flow: HTTPFlow) -> None:
    if ANSWERED in flow.metadata:
        return  # it already has our answer, and nothing of the site
    flow.request.stream = False
    if hook in BEFORE_THE_SITE:
        flow.response = Response.make(BLOCKED, "The filter broke.", LAST_RESORT)
        flow.metadata[ANSWERED] = hook
        return
    if flow.killable:
        flow.kill()
    if flow.websocket:
        close(flow.client_conn)


def _guarded(hook: Callable[..., Any]) -> Callable[..., Any]:
    name = hook.__name__
    if inspect.iscoroutinefunction(hook):

        @wraps(hook)
        async def guarded(self: Guarded, *args: Any) -> None:
            try:
                await hook(self, *args)
            except BaseException as error:  # noqa: BLE001 - see the law above
                _end(self, name, args, error)

    else:

        @wraps(hook)
        def guarded(self: Guarded, *args: Any) -> None:
            try:
                hook(self, *args)
            except BaseException as error:  # noqa: BLE001 - see the law above
                _end(self, name, args, error)

    return guarded


def _end(addon: Guarded, hook: str, args: tuple[Any, ...], error: BaseException) -> None:
    if _is_meant(error):
        raise error
    subject = args[0] if args else None
    try:
        report(hook, error)
        addon._on_fault(hook, subject)  # noqa: SLF001 - the underscore says that it is no hook
    except BaseException as second:  # noqa: BLE001 - see the law above
        shut(hook, subject)
        with suppress(BaseException):
            report(hook, second)


def _is_meant(error: BaseException) -> bool:
    """Whether the exception is Python ending the task or the program, not a fault."""
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return isinstance(error, (GeneratorExit, KeyboardInterrupt))
