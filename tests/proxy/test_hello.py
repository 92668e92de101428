"""What becomes of an encrypted connection at its ClientHello."""

# mypy: allow-untyped-calls
import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import taddons, tflow
from mitmproxy.tls import ClientHelloData

from proxy import enforce
from proxy.addon import Porchlight
from proxy.door import Door
from proxy.hello import Fate, Trusts, Verdict, judge
from proxy.live import State
from rules.compile import compile_policy
from rules.decision import Reason
from rules.policy import Action, Device, LogLevel, Policy
from rules.request import Client, Stage
from tests.proxy.conftest import CATALOG, OUTSIDE, entry, lines_of, make_door, make_policy

NAMES_ALONE = make_policy(log=LogLevel.SITES)
"""Nothing has to be opened."""


def hello(host: str, sni: str | None, *, port: int = 443, mode: str = "regular") -> ClientHelloData:
    context = Context(tflow.tclient_conn(), Options())
    context.client.peername = ("127.0.0.2", 50000)
    context.client.proxy_mode = ProxyMode.parse(mode)
    context.server.address = (host, port)
    data = ClientHelloData(context, None)  # type: ignore[arg-type]
    data.client_hello = type("Hello", (), {"sni": sni})()
    return data


def nobody_knows(_: Client) -> bool | None:
    return None


def verdict(
    data: ClientHelloData, policy: Policy = NAMES_ALONE, trusts: Trusts = nobody_knows
) -> Verdict:
    door: Door = make_door()
    state = State(ruleset=compile_policy(policy, CATALOG))
    return asyncio.run(judge(data, state, datetime.now(UTC), door.resolver, trusts))


def blocking(*hosts: str, path: str | None = None, device: Device | None = None) -> Policy:
    """The house where the tablet's profile closes some sites, or a path of them."""
    younger = NAMES_ALONE.profiles["younger"]
    block = tuple(entry(host, 9, path) for host in hosts)
    profiles = {**NAMES_ALONE.profiles, "younger": replace(younger, block=block)}
    tablet = device or NAMES_ALONE.devices["tablet"]
    address = NAMES_ALONE.devices["tablet"].address
    return replace(
        NAMES_ALONE, profiles=profiles, devices={"tablet": replace(tablet, address=address)}
    )


@pytest.mark.parametrize(
    ("host", "sni", "fate"),
    [
        ("good.example", "good.example", Fate.SPLICE),
        ("GOOD.example.", "Good.Example", Fate.SPLICE),
        ("good.example", None, Fate.SPLICE),
        (OUTSIDE, None, Fate.BUMP),  # a bare address is closed
        ("help.example", "help.example", Fate.SPLICE),
        # what is never opened is not opened because of a second name that is never opened either
        ("help.example", "sub.help.example", Fate.SPLICE),
        ("good.example", "sub.good.example", Fate.BUMP),
        ("help.example", "good.example", Fate.BUMP),
        ("good.example", "help.example", Fate.BUMP),
        (OUTSIDE, "good.example", Fate.BUMP),
        ("good.example", "bad.example", Fate.BUMP),
        ("bad.example", "bad.example", Fate.BUMP),
        ("cloudflare-ech.com", "cloudflare-ech.com", Fate.BUMP),
        ("good.example", "not a host", Fate.BUMP),
    ],
)
def test_only_names_that_agree_are_carried_untouched(
    host: str, sni: str | None, fate: Fate
) -> None:
    assert verdict(hello(host, sni)).fate is fate


def test_a_rule_that_needs_the_path_opens_its_site_and_no_other() -> None:
    rules = blocking("good.example", path="/secret")
    assert verdict(hello("good.example", "good.example"), rules).fate is Fate.BUMP
    assert verdict(hello("app.example", "app.example"), rules).fate is Fate.SPLICE


def test_a_full_log_opens_all_but_what_is_never_opened() -> None:
    rules = make_policy(log=LogLevel.FULL)
    assert verdict(hello("good.example", "good.example"), rules).fate is Fate.BUMP
    for host in ("bank.example", "app.example", "help.example"):
        assert verdict(hello(host, host), rules).fate is Fate.SPLICE


@pytest.mark.parametrize(
    ("host", "device", "fate"),
    [
        ("good.example", None, Fate.BUMP),
        ("app.example", None, Fate.BUMP),
        ("bank.example", None, Fate.CLOSE),
        ("good.example", Device(line=3, is_sealed=True), Fate.CLOSE),
        ("good.example", Device(line=3, tunnel=(entry("good.example", 4),)), Fate.CLOSE),
    ],
)
def test_a_block_shows_its_page_where_somebody_could_see_it(
    host: str, device: Device | None, fate: Fate
) -> None:
    found = verdict(hello(host, host), blocking(host, device=device))
    assert found.fate is fate
    assert found.asked
    assert found.asked.decision.reason is Reason.SITE


@pytest.mark.parametrize(
    ("trusts", "fate"), [(None, Fate.BUMP), (True, Fate.BUMP), (False, Fate.CLOSE)]
)
def test_a_client_that_refuses_us_is_shown_nothing(*, trusts: bool | None, fate: Fate) -> None:
    data = hello("bad.example", "bad.example")
    assert verdict(data, trusts=lambda _: trusts).fate is fate


def test_what_is_not_http_passes_by_its_name_though_a_rule_would_look() -> None:
    rules = make_policy(log=LogLevel.FULL)
    assert verdict(hello("good.example", "good.example", port=993), rules).fate is Fate.SPLICE
    assert verdict(hello("bad.example", "bad.example", port=993), rules).fate is Fate.CLOSE


def test_a_name_that_leads_inside_is_not_carried() -> None:
    found = verdict(hello("nas.example", "nas.example"))
    assert found.fate is Fate.BUMP
    assert found.asked
    assert found.asked.decision.reason is Reason.LOCAL
    sealed = blocking(device=Device(line=3, is_sealed=True))
    assert verdict(hello("nas.example", "nas.example"), sealed).fate is Fate.CLOSE


def test_a_name_that_nobody_knows_gets_a_page_and_no_tunnel() -> None:
    host = "name-that-nobody-has.invalid"
    assert verdict(hello(host, host)).fate is Fate.BUMP


@pytest.mark.parametrize("mode", ["transparent", "wireguard", "local"])
def test_a_connection_that_was_led_here_goes_where_its_name_is(mode: str) -> None:
    data = hello("198.51.100.9", "Good.Example", mode=mode)
    found = verdict(data)
    assert found.fate is Fate.SPLICE
    assert data.context.server.address == ("good.example", 443)
    assert [one.url.host for one in found.requests] == ["good.example"]


def test_without_a_name_a_connection_that_was_led_here_is_its_bare_address() -> None:
    data = hello("198.51.100.9", None, mode="transparent")
    assert [one.url.host for one in verdict(data).requests] == ["198.51.100.9"]
    assert data.context.server.address == ("198.51.100.9", 443)


def test_what_goes_nowhere_yet_is_judged_by_its_requests() -> None:
    data = hello("good.example", "good.example")
    data.context.server.address = None
    assert verdict(data).fate is Fate.BUMP


def call(door: Door, data: ClientHelloData, trusts: Trusts = nobody_knows) -> ClientHelloData:
    async def run() -> None:
        with taddons.context():
            addon = Porchlight(door)
            addon.trusts = trusts
            await addon.tls_clienthello(data)

    asyncio.run(run())
    return data


def test_what_its_name_allows_is_carried_untouched_and_written_down_once() -> None:
    door = make_door(make_policy(log=LogLevel.SITES))
    data = call(door, hello("good.example", "good.example"))
    assert data.ignore_connection
    (line,) = lines_of(door)
    assert (line.method, line.host, line.path) == ("CONNECT", "good.example", "")
    assert (line.decision.action, line.decision.look) == (Action.ALLOW, Stage.NAME)


def test_a_help_site_is_carried_untouched_and_not_written_down() -> None:
    door = make_door()
    assert call(door, hello("help.example", "help.example")).ignore_connection
    assert lines_of(door) == []


def test_what_is_opened_is_written_down_by_its_requests_alone() -> None:
    door = make_door()
    data = call(door, hello("good.example", "good.example"))
    assert not data.ignore_connection
    assert lines_of(door) == []


def test_a_blocked_name_is_closed_where_nobody_could_see_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[object] = []
    monkeypatch.setattr(enforce, "close", closed.append)
    door = make_door()
    data = hello("bad.example", "bad.example")
    call(door, data, lambda client: client.address != "127.0.0.2")
    assert closed == [data.context.client]
    (line,) = lines_of(door)
    assert (line.method, line.decision.action, line.decision.line) == ("CONNECT", Action.BLOCK, 9)
