# mypy: allow-untyped-calls
import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from mitmproxy import hooks
from mitmproxy.dns import DNSFlow
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import taddons, tflow, tutils
from mitmproxy.tls import ClientHello, ClientHelloData, TlsData

from proxy import guard
from proxy.addon import Porchlight
from proxy.enforce import ANSWERED
from rules.decision import Reason
from rules.policy import Action
from tests.proxy.conftest import lines_of, make_door, make_policy

HELLO = bytes.fromhex("0303" + "00" * 32 + "00" + "0002c02f" + "0100" + "0000")
FAULTS = [ValueError, SystemExit, BaseException, MemoryError, asyncio.CancelledError]

HOOKS = sorted(
    name
    for name in dir(Porchlight)
    if not name.startswith("_") and callable(getattr(Porchlight, name))
)
"""By reflection: a new hook is tested without anybody thinking of it."""


def context() -> Context:
    made = Context(tflow.tclient_conn(), Options())
    made.client.peername = ("127.0.0.2", 50000)
    return made


def told_of_tls() -> TlsData:
    around = context()
    return TlsData(around.client, around)


def name_flow() -> DNSFlow:
    flow = tflow.tdnsflow()
    flow.client_conn.peername = ("127.0.0.2", 50000)
    return flow


def subject_of(hook: str) -> tuple[Any, ...]:
    flow = tflow.tflow()
    flow.client_conn.peername = ("127.0.0.2", 50000)
    flow.response = None
    kinds: dict[str, Callable[[], Any]] = {
        "HTTPFlow": lambda: flow,
        "TCPFlow": tflow.ttcpflow,
        "DNSFlow": name_flow,
        "ClientHelloData": lambda: ClientHelloData(context(), ClientHello(HELLO)),
        "TlsData": told_of_tls,
        "ServerConnectionHookData": lambda: ServerConnectionHookData(
            client=context().client, server=tflow.tserver_conn()
        ),
        "NextLayer": lambda: NextLayer(context()),
        "Client": lambda: context().client,
        "Loader": lambda: None,
    }
    annotations = hooks.all_hooks[hook].__annotations__
    names = [
        str(getattr(kind, "__name__", kind)).rpartition(".")[2] for kind in annotations.values()
    ]
    return tuple(kinds[name]() for name in names if name != "ClassVar")


def broken(hook: str, fault: type[BaseException]) -> type[Porchlight]:
    async def raise_later(self: Porchlight, *_: object) -> None:
        await asyncio.sleep(0)
        raise fault

    def raise_now(self: Porchlight, *_: object) -> None:
        raise fault

    is_async = asyncio.iscoroutinefunction(getattr(Porchlight, hook))
    planted = raise_later if is_async else raise_now
    planted.__name__ = hook
    return type("Broken", (Porchlight,), {hook: planted})


def run(addon: Porchlight, hook: str, *calls: tuple[Any, ...]) -> None:
    async def call() -> None:
        with taddons.context():
            for args in calls:
                result = getattr(addon, hook)(*args)
                if result is not None:
                    await result

    asyncio.run(call())


def test_every_public_method_of_the_addon_is_a_hook() -> None:
    assert [name for name in HOOKS if name not in hooks.all_hooks] == []
    assert len(HOOKS) >= 10


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("hook", HOOKS)
def test_a_fault_in_any_hook_stays_inside_and_lets_nothing_through(
    hook: str, fault: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    door = make_door()
    args = subject_of(hook)
    run(broken(hook, fault)(door), hook, args)

    assert f"broke in {hook}" in caplog.text
    subject = args[0] if args else None
    match subject:
        case None:
            pass
        case ServerConnectionHookData():
            assert subject.server.error
        case ClientHelloData():
            assert not subject.ignore_connection
        case _ if hook in guard.BEFORE_THE_SITE:
            assert subject.response.status_code == 403
            assert "reason=failed" in subject.response.headers["x-porchlight"]
        case _ if hasattr(subject, "response"):
            assert subject.error is not None
    if guard.client_of(subject):
        (line,) = lines_of(door)
        assert (line.decision.reason, line.decision.action) == (Reason.FAILED, Action.BLOCK)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_family_that_wants_it_open_gets_it_open(hook: str) -> None:
    door = make_door(make_policy(when_filter_fails=Action.ALLOW))
    args = subject_of(hook)
    run(broken(hook, ValueError)(door), hook, args)
    subject = args[0] if args else None
    for name in ("response", "error"):
        assert getattr(subject, name, None) is None
    assert [line.decision.action for line in lines_of(door)] == (
        [Action.ALLOW] if guard.client_of(subject) else []
    )


@pytest.mark.parametrize("hook", HOOKS)
def test_an_addon_that_could_not_start_lets_nothing_through(hook: str) -> None:
    if hook in {"load", "done"}:
        return  # load makes what is missing here, done has nothing to do
    args = subject_of(hook)
    run(broken(hook, ValueError)(None), hook, args)
    if hook in guard.BEFORE_THE_SITE:
        assert args[0].response.status_code == 403
    elif isinstance(args[0] if args else None, ServerConnectionHookData):
        assert args[0].server.error


def test_a_fault_in_the_answer_to_a_fault_still_closes() -> None:
    class Twice(broken("requestheaders", ValueError)):  # type: ignore[misc]
        def _on_fault(self, *_: object) -> None:
            raise SystemExit

    (flow,) = subject_of("requestheaders")
    run(Twice(make_door()), "requestheaders", (flow,))
    assert flow.response.status_code == 403


def test_an_answer_that_was_given_is_kept() -> None:
    (flow,) = subject_of("requestheaders")
    flow.metadata[ANSWERED] = "x"
    flow.response = given = tutils.tresp()
    guard.shut("responseheaders", flow)
    assert flow.response is given
    assert flow.error is None


def test_a_page_of_the_site_is_killed_once_it_has_begun() -> None:
    (flow,) = subject_of("responseheaders")
    flow.response = tutils.tresp()
    guard.shut("responseheaders", flow)
    assert flow.error is not None


def test_a_task_that_is_really_cancelled_is_cancelled() -> None:
    class Waiting(Porchlight):
        async def requestheaders(self, *_: object) -> None:
            await asyncio.sleep(60)

    async def cancel() -> bool:
        task = asyncio.create_task(Waiting(make_door()).requestheaders(None))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(cancel())


def test_ctrl_c_is_passed_on() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(
            broken("tcp_start", KeyboardInterrupt)(make_door()),
            "tcp_start",
            subject_of("tcp_start"),
        )


def test_the_trace_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    addon = broken("tcp_start", ZeroDivisionError)(make_door())
    run(addon, "tcp_start", *(subject_of("tcp_start") for _ in range(3)))
    assert caplog.text.count("broke in tcp_start") == 3
    assert caplog.text.count("Traceback") == 1
