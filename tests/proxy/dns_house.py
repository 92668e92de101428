"""A door for names at which tests ask: rules, a name server beyond, and a device's questions."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import cast

import dns.edns
import dns.message
from mitmproxy.connection import Client as ClientConnection
from mitmproxy.dns import DNSFlow
from mitmproxy.proxy.mode_specs import DnsMode, WireGuardMode
from mitmproxy.test import tflow

from proxy.addon import Porchlight
from proxy.dns_wire import Wire
from proxy.door import Door
from proxy.live import Live, State
from rules.catalog import SafeEngine, SafeWay
from rules.compile import compile_policy
from rules.facts import Facts
from rules.policy import Policy
from rules.safe_mode import SafeSearch, YouTube
from store.settings import Settings
from tests.proxy.conftest import CATALOG, StillLive, make_door, make_policy

TABLET, STRANGER, ABROAD = "127.0.0.2", "127.0.0.9", "8.8.8.8"
STRICT = SafeSearch(is_safe=True, youtube=YouTube.STRICT)
DNS_CATALOG = replace(
    CATALOG,
    canaries=frozenset({"mask.icloud.com", "resolver.arpa"}),
    topics={
        **CATALOG.topics,
        "dns-bypass": replace(
            CATALOG.topics["adult"], key="dns-bypass", hosts=frozenset({"mask.icloud.com"})
        ),
    },
    safe_search={
        "search.example": SafeEngine(
            key="search", paths=("/",), ways={"strict": SafeWay(name="safe.search.example")}
        ),
        "plain-search.example": SafeEngine(
            key="plain", paths=("/",), ways={"strict": SafeWay(parameters=(("safe", "on"),))}
        ),
    },
)


def policy(**changes: object) -> Policy:
    made = make_policy()
    younger = replace(made.profiles["younger"], search=STRICT)
    return replace(made, profiles={**made.profiles, "younger": younger}, **changes)  # type: ignore[arg-type]


def door(
    port: int,
    rules: Policy | None = None,
    *,
    names: dict[str, str] | None = None,
    reach: tuple[str, ...] = (),
    facts: Facts | None = None,
) -> Door:
    ruleset = compile_policy(rules or policy(), DNS_CATALOG)
    state = State(ruleset=ruleset) if facts is None else State(ruleset=ruleset, facts=facts)
    settings = Settings(
        home=Path("/nowhere"), names=names or {}, reach=reach, dns_upstream=f"127.0.0.1:{port}"
    )
    return replace(make_door(), settings=settings, live=cast("Live", StillLive(state)))


def client(address: str, *, is_tunnel: bool, transport: str) -> ClientConnection:
    made = tflow.tclient_conn()
    made.peername = (address, 40_000)
    made.transport_protocol = transport  # type: ignore[assignment]
    mode = "wireguard:tablet.conf" if is_tunnel else "dns"
    made.proxy_mode = (WireGuardMode if is_tunnel else DnsMode).parse(mode)
    return made


def ask_wire(
    at: Door | Porchlight,
    wire: bytes,
    sender: str = TABLET,
    *,
    is_tunnel: bool = False,
    transport: str = "udp",
) -> DNSFlow:
    addon = Porchlight(at) if isinstance(at, Door) else at
    flow = DNSFlow(client(sender, is_tunnel=is_tunnel, transport=transport), tflow.tserver_conn())
    flow.request = Wire.read(wire)

    async def run() -> None:
        await addon.dns_request(flow)
        if flow.response is None and flow.error is None:
            await addon.dns_unanswered(flow)

    asyncio.run(run())
    return flow


def ask(
    at: Door | Porchlight,
    name: str,
    kind: str = "A",
    sender: str = TABLET,
    *,
    is_tunnel: bool = False,
    transport: str = "udp",
    edns: bool = True,
) -> dns.message.Message:
    query = dns.message.make_query(name, kind, use_edns=0 if edns else -1, payload=1232)
    flow = ask_wire(at, query.to_wire(), sender, is_tunnel=is_tunnel, transport=transport)
    assert flow.response is not None
    response = dns.message.from_wire(flow.response.packed)
    assert query.is_response(response)
    return response


def told(response: dns.message.Message) -> list[str]:
    return sorted(record.to_text() for rrset in response.answer for record in rrset)


def said(response: dns.message.Message) -> list[str]:
    return [one.to_text() for one in response.options if isinstance(one, dns.edns.EDEOption)]
