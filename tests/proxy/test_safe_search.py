# mypy: allow-untyped-calls
import asyncio
from dataclasses import replace
from typing import Any

import pytest
from mitmproxy.http import Headers, HTTPFlow
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import taddons, tflow

from proxy import safe_search
from proxy.addon import Porchlight
from proxy.door import Door
from proxy.live import State
from proxy.strictest import Asked
from rules.catalog import SafeEngine, SafeWay
from rules.compile import compile_policy
from rules.decision import Reason, Rewrite
from rules.hosts import parse_url
from rules.policy import Action
from rules.request import Client, Request
from rules.safe_mode import SafeSearch
from tests.proxy.conftest import (
    CATALOG,
    OUTSIDE,
    lines_of,
    make_decision,
    make_door,
    make_policy,
)

SAFE = "198.51.100.1"
INSIDE = "192.168.1.5"


def engine(name: str) -> SafeEngine:
    way = SafeWay(parameters=(("safe", "on"),), name=name)
    return SafeEngine(key=name, paths=("/search",), ways={"strict": way})


ENGINES = {
    "good.example": engine("safe.good.example"),
    "other.example": engine("nobody-has-this.invalid"),
    "inner.example": engine("inside.example"),
}


@pytest.fixture
def door() -> Door:
    policy = make_policy()
    child = replace(policy.profiles["younger"], search=SafeSearch(is_safe=True))
    policy = replace(policy, profiles={**policy.profiles, "younger": child})
    made = make_door(policy)
    ruleset = compile_policy(policy, replace(CATALOG, safe_search=ENGINES))
    vars(made.live)["state"] = State(ruleset=ruleset)
    made.resolver._names = dict.fromkeys(ENGINES, OUTSIDE) | {
        "safe.good.example": "93.184.216.35",
        "inside.example": INSIDE,
    }
    return made


def flow_to(host: str, device: str = "127.0.0.2") -> HTTPFlow:
    flow = tflow.tflow()
    flow.client_conn.peername = (device, 50000)
    flow.client_conn.sni = None
    flow.response = None
    flow.request.data.host = host
    flow.request.data.scheme = b"https"
    flow.request.data.port = 443
    flow.request.data.authority = b""
    flow.request.path = "/search?safe=off&q=cat"
    flow.request.headers = Headers([(b"host", host.encode())])
    return flow


def asked(door: Door, flow: HTTPFlow) -> HTTPFlow:
    async def run() -> None:
        with taddons.context():
            await Porchlight(door).requestheaders(flow)

    asyncio.run(run())
    return flow


def connected(door: Door, host: str, device: str = "127.0.0.2") -> tuple[str | None, Any]:
    """What is wrong with a connection to the host, and the addresses that it would go to."""
    client, server = tflow.tclient_conn(), tflow.tserver_conn()
    client.peername = (device, 50000)
    server.state = type(server.state)(0)
    server.address, server.error = (host, 443), None

    async def run() -> Any:
        with taddons.context():
            loop = asyncio.get_running_loop()
            door.resolver.attach(loop)
            await Porchlight(door).server_connect(ServerConnectionHookData(server, client))
            if server.error:
                return None
            return [found[4][0] for found in await loop.getaddrinfo(host, 443, type=1)]

    found = asyncio.run(run())
    return server.error, found


def test_a_search_is_sent_as_the_profile_wants_and_judged_as_it_was_asked(door: Door) -> None:
    flow = asked(door, flow_to("good.example"))
    assert flow.response is None
    assert flow.request.data.path == b"/search?q=cat&safe=on"
    assert [line.path for line in lines_of(door)] == ["/search?safe=off&q=cat"]


def test_another_profiles_search_is_left_alone(door: Door) -> None:
    flow = asked(door, flow_to("good.example", device="127.0.0.9"))
    assert flow.request.data.path == b"/search?safe=off&q=cat"


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        (b"/search?q=caf\xe9&SAFE=1", b"/search?q=caf\xe9&safe=on"),
        (b"/search", b"/search?safe=on"),
        (b"/search?q=\xff\xfe", b"/search?q=\xff\xfe&safe=on"),
    ],
)
def test_bytes_that_are_not_changed_go_on_as_they_came(
    door: Door, path: bytes, changed: bytes
) -> None:
    flow = flow_to("good.example")
    flow.request.data.path = path
    safe_search.apply(flow, (answer(Rewrite(parameters=(("safe", "on"),))),), door.live.state)
    assert flow.request.data.path == changed


def test_a_header_stands_in_the_place_of_all_of_its_name(door: Door) -> None:
    flow = flow_to("good.example")
    flow.request.headers = Headers([(b"restrict", b"off"), (b"Restrict", b"no"), (b"a", b"b")])
    wanted = answer(Rewrite(headers=(("Restrict", "Strict"),)))
    safe_search.apply(flow, (wanted, answer(None)), door.live.state)
    assert flow.request.headers.get_all("restrict") == ["Strict"]
    assert flow.request.headers["a"] == "b"


def test_a_connection_leads_to_the_safe_name_and_keeps_its_own(door: Door) -> None:
    assert connected(door, "good.example") == (None, ["93.184.216.35"])
    assert connected(door, "GOOD.example.") == (None, ["93.184.216.35"])
    assert connected(door, "good.example", "127.0.0.9") == (None, [OUTSIDE])


def test_the_name_in_the_hello_leads_too(door: Door) -> None:
    client = tflow.tclient_conn()
    client.peername, client.sni = ("127.0.0.2", 50000), "good.example"
    assert safe_search.aim(door.live.state, client, "other.test") == "safe.good.example"
    client.sni = None
    assert safe_search.aim(door.live.state, client, "other.test") == "other.test"


def test_an_engine_behind_another_name_is_changed_or_not_asked(door: Door) -> None:
    door.resolver._names = {**door.resolver._names, "front.example": OUTSIDE}
    flow = flow_to("front.example")
    flow.request.headers["host"] = "good.example"
    asked(door, flow)
    assert flow.response is None
    assert flow.request.data.path == b"/search?q=cat&safe=on"

    for host, status in (("good.example", None), ("front.example", 502)):
        flow = flow_to(host)
        flow.request.headers["host"] = "good.example"
        flow.request.path = "/pictures"
        asked(door, flow)
        assert (flow.response and flow.response.status_code) == status


def test_a_safe_name_that_leads_inside_is_refused(door: Door) -> None:
    error, _ = connected(door, "inner.example")
    assert error == "this address is inside the house"
    flow = asked(door, flow_to("inner.example"))
    assert flow.response is not None
    assert f"reason={Reason.LOCAL.value}" in flow.response.headers["x-porchlight"]


def test_a_safe_name_that_nobody_knows_is_said_and_nothing_is_sent(door: Door) -> None:
    flow = asked(door, flow_to("other.example"))
    assert flow.response is not None
    assert flow.response.status_code == 502
    assert b"Safe search does not answer" in (flow.response.content or b"")
    with pytest.raises(OSError, match=r".+"):
        connected(door, "other.example")


def test_what_is_no_host_leads_nowhere_else(door: Door) -> None:
    client = tflow.tclient_conn()
    assert safe_search.aim(door.live.state, client, "a b") == "a b"


def answer(rewrite: Rewrite | None) -> Asked:
    url = parse_url("https://good.example/search")
    decision = replace(make_decision(action=Action.ALLOW), rewrite=rewrite)
    return Asked(decision, Request(id="1", url=url, client=Client()))
