"""Who has to sign in, and how little work a right or a wrong password makes. Through a real proxy: tests/e2e/test_sign_in.py."""

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow
from sqlalchemy import Engine

from proxy.clients import client_of
from proxy.live import State
from proxy.recorder import Recorder
from proxy.sightings import Sightings
from proxy.sign_in import CHECKS_AT_ONCE, LONGEST_HEADER, SignIn
from proxy.tries import FREE
from rules.compile import compile_policy
from rules.policy import Device
from store import accounts, sightings
from tests.proxy.conftest import CATALOG, NOON, Notebook, make_policy

STRANGER, TABLET = "127.0.0.9", "127.0.0.2"


@dataclass
class Checks:
    """Stands for Argon2id: a hash is the password behind a `#`. Counts."""

    tried: list[str] = field(default_factory=list)

    def matches(self, stored: str, password: str) -> bool:
        self.tried.append(password)
        return stored == f"#{password}"


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    found = Checks()
    monkeypatch.setattr(accounts, "matches", found.matches)
    monkeypatch.setattr(accounts, "nobodys_hash", lambda: "#nobody")
    return found


@pytest.fixture
def state() -> State:
    policy = make_policy()
    devices = {**policy.devices, "desk": Device(login="teen", line=21)}
    ruleset = compile_policy(replace(policy, devices=devices), CATALOG)
    return State(ruleset=ruleset, logins={"teen": "#right", "lost": "#right"})


def asking(header: str = "", *, address: str = STRANGER, method: str = "GET") -> HTTPFlow:
    flow = tflow.tflow()
    flow.client_conn.peername = (address, 50000)
    flow.request.method = method
    if header:
        flow.request.headers["Proxy-Authorization"] = header
    return flow


def basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


def admit(door: SignIn, state: State, *flows: HTTPFlow) -> list[int | None]:
    async def all_at_once() -> None:
        await asyncio.gather(*(door.admit(flow, state, NOON) for flow in flows))

    asyncio.run(all_at_once())
    return [flow.response.status_code if flow.response else None for flow in flows]


def door(notebook: Notebook | None = None) -> SignIn:
    recorder = cast("Recorder", notebook or Notebook())
    return SignIn(recorder, Sightings(recorder), lambda: 0.0)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 407),
        (basic("teen:right"), None),
        (basic("TEEN:right"), None),
        (basic("teen:wrong"), 407),
        (basic("lost:right"), 407),
        (basic("nobody:nobody"), 407),
        (basic("teen"), 407),
        (basic(":right"), 407),
        ("Basic \u00ff", 407),
        ("Basic", 407),
        ("Bearer abc", 407),
        ("basic " + basic("teen:right").split()[1], None),
        (basic("teen:" + "x" * LONGEST_HEADER), 407),
    ],
)
def test_a_stranger_passes_with_a_right_password_of_a_device(
    checks: Checks, state: State, header: str, status: int | None
) -> None:
    flow = asking(header)
    assert admit(door(), state, flow) == [status]
    assert "proxy-authorization" not in flow.request.headers
    assert client_of(flow.client_conn).login == (None if status else "teen")
    assert len(checks.tried) <= 1


def test_nobody_is_asked_who_is_known_or_where_no_device_signs_in(
    checks: Checks, state: State
) -> None:
    nobody_signs_in = State(ruleset=compile_policy(make_policy(), CATALOG))
    assert admit(door(), nobody_signs_in, asking(), asking(basic("teen:right"))) == [None, None]
    assert admit(door(), state, asking(address=TABLET)) == [None]
    assert checks.tried == []


def test_help_is_open_to_everybody(checks: Checks, state: State) -> None:
    flows = [asking(method=method) for method in ("GET", "CONNECT", "GET")]
    for flow, host in zip(flows, ("HELP.example.", "www.help.example", "a b"), strict=True):
        flow.request.host = host
    assert admit(door(), state, *flows) == [None, None, 407]
    assert checks.tried == []


def test_a_device_that_is_being_set_up_reaches_the_proxy_itself(
    checks: Checks, state: State
) -> None:
    flows = [asking(method=method) for method in ("GET", "CONNECT", "GET")]
    hosts = ("192.0.2.1", "porchlight.home.arpa", "a.porchlight.home.arpa")
    for flow, host in zip(flows, hosts, strict=True):
        flow.request.host = host
    assert admit(door(), state, *flows) == [None, None, 407]
    assert checks.tried == []


@pytest.mark.parametrize("mode", ["transparent", "wireguard:/home/tablet.conf", "dns"])
def test_a_device_that_knows_of_no_proxy_is_not_asked(
    checks: Checks, state: State, mode: str
) -> None:
    flow = asking(basic("teen:right"))
    flow.client_conn.proxy_mode = ProxyMode.parse(mode)
    assert admit(door(), state, flow) == [None]
    assert "proxy-authorization" not in flow.request.headers
    assert checks.tried == []


def test_what_is_inside_a_tunnel_is_not_asked_and_the_next_tunnel_is(
    checks: Checks, state: State
) -> None:
    one = door()
    outer = asking(basic("teen:right"), method="CONNECT")
    inner, again = asking(), asking(method="CONNECT")
    inner.client_conn = again.client_conn = outer.client_conn
    assert admit(one, state, outer) == [None]
    assert admit(one, replace(state, logins={}), inner) == [None]
    assert client_of(inner.client_conn).login == "teen"
    assert admit(one, state, again) == [None]
    assert checks.tried == ["right"]


def test_many_connections_with_one_password_make_one_check(checks: Checks, state: State) -> None:
    one = door()
    flows = [asking(basic("teen:right")) for _ in range(8)]
    assert admit(one, state, *flows) == [None] * 8
    assert admit(one, state, asking(basic("teen:right"))) == [None]
    wrong = [asking(basic("teen:wrong")) for _ in range(8)]
    assert admit(one, state, *wrong) == [407] * 8
    assert checks.tried == ["right", "wrong"]


def test_a_changed_password_is_checked_anew(checks: Checks, state: State) -> None:
    one = door()
    assert admit(one, state, asking(basic("teen:right"))) == [None]
    changed = replace(state, logins={"teen": "#new"})
    assert admit(one, changed, asking(basic("teen:right"))) == [407]
    assert admit(one, changed, asking(basic("teen:new"))) == [None]
    assert checks.tried == ["right", "right", "new"]


def test_a_wrong_password_ends_what_a_right_one_began(checks: Checks, state: State) -> None:
    one, flow = door(), asking(basic("teen:right"))
    assert admit(one, state, flow) == [None]
    later = asking(basic("teen:wrong"))
    later.client_conn = flow.client_conn
    assert admit(one, state, later) == [407]
    assert client_of(flow.client_conn).login is None
    assert len(checks.tried) == 2


def test_while_somebody_has_to_wait_only_what_was_right_before_passes(
    checks: Checks, state: State
) -> None:
    notebook = Notebook()
    one = door(notebook)
    assert admit(one, state, asking(basic("teen:right"))) == [None]
    for n in range(FREE):
        admit(one, state, asking(basic(f"teen:{n}")))
    tried = len(checks.tried)
    new = replace(state, logins={"teen": "#new"})
    assert admit(one, new, asking(basic("teen:new"))) == [429]
    assert admit(one, state, asking(basic("teen:right"))) == [None]
    assert admit(one, state, asking()) == [407]
    assert len(checks.tried) == tried
    told = [job for job in notebook.jobs if job.__name__ == "<lambda>"]
    assert len(told) == 1
    elsewhere = asking(basic("teen:new"), address="127.0.0.10")
    assert admit(one, new, elsewhere) == [None]


def test_guessing_on_many_connections_at_once_is_no_faster(checks: Checks, state: State) -> None:
    guesses = [asking(basic(f"teen:{n}")) for n in range(50)]
    assert set(admit(door(), state, *guesses)) == {407, 429}
    assert len(checks.tried) < FREE + CHECKS_AT_ONCE


def test_a_stranger_who_is_not_let_in_is_seen(
    checks: Checks, state: State, sqlite_engine: Engine
) -> None:
    notebook = Notebook()
    assert admit(door(notebook), state, asking()) == [407]
    for job in notebook.jobs:
        job(sqlite_engine)
    (seen,) = sightings.read(sqlite_engine)
    assert (seen.thing, seen.device, seen.profile) == (STRANGER, None, "unknown")
    assert checks.tried == []
