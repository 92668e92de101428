# mypy: allow-untyped-calls
import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import exceptions
from mitmproxy.addonmanager import AddonManager
from mitmproxy.proxy.layers.http._hooks import HttpRequestHook
from mitmproxy.test import tflow

from proxy.leaves import load_authority
from proxy.listeners import Serving
from proxy.master import Master, QuickAddons
from proxy.resolver import Resolver
from proxy.ways import Wanted


class Listener:
    """Hears what it is told."""

    def __init__(self, name: str = "listener") -> None:
        self.name = name
        self.heard: list[str] = []

    def request(self, flow: object) -> None:
        self.heard.append(type(flow).__name__)

    def running(self) -> None:
        self.heard.append("running")

    def done(self) -> None:
        self.heard.append("done")


class Late(Listener):
    """Answers after a while."""

    async def request(self, flow: object) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        super().request(flow)


class Broken(Listener):
    """Raises what it was given."""

    fault: type[Exception] = ValueError

    def request(self, flow: object) -> None:
        del flow
        raise self.fault


def with_master(tmp_path: Path, work: Any) -> None:
    async def run() -> None:
        master = Master(Listener("first"), load_authority(tmp_path), roots=None)
        await work(master)

    asyncio.run(run())


def serving(announce: Callable[[int], None], *, port: int = 0, is_shared: bool = False) -> Serving:
    return Serving(
        host="127.0.0.1",
        port=port,
        is_shared=is_shared,
        ports=Resolver(names={}, reach=(), own_ports=()),
        look=lambda: Wanted(ways=()),
        announce=announce,
        tell=lambda _: None,
    )


def request() -> HttpRequestHook:
    return HttpRequestHook(tflow.tflow())


def test_hooks_are_told_in_order_whether_they_wait_or_not(tmp_path: Path) -> None:
    async def work(master: Master) -> None:
        added = [Listener("a"), Late("b"), Listener("c")]
        master.addons.add(*added)
        await master.addons.handle_lifecycle(request())
        assert [one.heard for one in added] == [["HTTPFlow"]] * 3

    with_master(tmp_path, work)


def test_an_addon_that_comes_or_goes_later_is_noticed(tmp_path: Path) -> None:
    async def work(master: Master) -> None:
        await master.addons.trigger_event(request())
        late = Listener("late")
        master.addons.add(late)
        await master.addons.trigger_event(request())
        master.addons.remove(late)
        await master.addons.trigger_event(request())
        assert late.heard == ["HTTPFlow", "done"]

    with_master(tmp_path, work)


def test_addons_inside_an_addon_are_told(tmp_path: Path) -> None:
    async def work(master: Master) -> None:
        inner = Listener("inner")
        outer = Listener("outer")
        outer.addons = [inner]  # type: ignore[attr-defined]
        master.addons.add(outer)
        await master.addons.trigger_event(request())
        assert (outer.heard, inner.heard) == (["HTTPFlow"], ["HTTPFlow"])

    with_master(tmp_path, work)


def test_one_that_breaks_does_not_keep_the_rest_from_hearing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(master: Master) -> None:
        last = Listener("last")
        master.addons.add(Broken("broken"), last)
        await master.addons.trigger_event(request())
        assert last.heard == ["HTTPFlow"]
        assert "an addon broke in request" in caplog.text

    with_master(tmp_path, work)


def test_halt_ends_the_round_and_wrong_options_are_told(tmp_path: Path) -> None:
    async def work(master: Master) -> None:
        broken, last = Broken("broken"), Listener("last")
        master.addons.add(broken, last)
        broken.fault = exceptions.AddonHalt
        await master.addons.trigger_event(request())
        assert last.heard == []
        broken.fault = exceptions.OptionsError
        with pytest.raises(exceptions.OptionsError):
            await master.addons.trigger_event(request())

    with_master(tmp_path, work)


def test_an_update_is_told_where_somebody_listens(tmp_path: Path) -> None:
    class Updated(Listener):
        def update(self, flows: list[object]) -> None:
            self.heard.append(f"update {len(flows)}")

    async def work(master: Master) -> None:
        one = Updated("one")
        master.addons.add(one)
        await master.addons.handle_lifecycle(request())
        assert one.heard == ["HTTPFlow", "update 1"]

    with_master(tmp_path, work)


def test_it_keeps_all_that_the_stock_manager_has() -> None:
    assert issubclass(QuickAddons, AddonManager)
    own = {name for name in vars(QuickAddons) if not name.startswith("_")}
    assert own <= set(vars(AddonManager))


def test_the_authority_is_the_homes_and_stays_so(tmp_path: Path) -> None:
    async def work(master: Master) -> None:
        tls = master.addons.get("tlsconfig")
        before = tls.certstore
        master.options.update(confdir=str(tmp_path / "elsewhere"))
        await master.running()
        assert tls.certstore is before
        assert not (tmp_path / "elsewhere").exists()

    with_master(tmp_path, work)
    assert {path.name for path in tmp_path.glob("*.pem")} == {
        "porchlight-ca-cert.pem",
        "porchlight-ca.pem",
    }


def test_it_opens_the_door_only_when_all_are_ready_and_says_the_port(tmp_path: Path) -> None:
    async def work(master: Master) -> None:
        first = master.addons.get("first")
        announced: list[tuple[int, bool]] = []

        def announce(port: int) -> None:
            with closing(socket.create_connection(("127.0.0.1", port), 2)):
                announced.append((port, "running" in first.heard))
            master.shutdown()

        await master.serve(serving(announce))
        assert [was_running for _, was_running in announced] == [True]
        assert first.heard == ["running", "done"]
        with pytest.raises(OSError, match=r".+"):
            socket.create_connection(("127.0.0.1", announced[0][0]), 0.2).close()

    with_master(tmp_path, work)


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_port_is_shared_only_by_those_who_ask_for_it(tmp_path: Path, *, is_shared: bool) -> None:
    async def work(master: Master) -> None:
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            door = master.serve(
                serving(lambda _: master.shutdown(), port=port, is_shared=is_shared)
            )
            if is_shared:
                await door
            else:
                with pytest.raises(OSError, match="address already in use"):
                    await door

    with_master(tmp_path, work)


def test_options_are_those_of_a_filter(tmp_path: Path) -> None:
    async def work(master: Master) -> None:
        options = master.options
        assert options.connection_strategy == "lazy"
        assert options.rawtcp is False
        assert options.ssl_insecure is False
        assert options.validate_inbound_headers is True
        assert set(master.addons.lookup) == {
            *("core", "disableh2c", "proxyserver", "first", "nextlayer", "tlsconfig")
        }

    with_master(tmp_path, work)
