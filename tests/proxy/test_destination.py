"""Where a request would go: which names are refused, which pages are given, without a connection."""

# mypy: allow-untyped-calls
import asyncio

import pytest
from mitmproxy.http import HTTPFlow
from mitmproxy.test import tflow

from proxy import destination
from proxy.door import Door
from proxy.strictest import Asked
from rules.decision import Reason
from rules.hosts import parse_url
from rules.policy import Action
from rules.request import Client, Request
from tests.proxy.conftest import OUTSIDE, make_decision, make_door


@pytest.fixture
def door() -> Door:
    made = make_door()
    made.resolver._names = {"good.example": OUTSIDE, "inner.example": "192.168.1.5"}
    return made


def followed(door: Door, host: str) -> tuple[Asked, HTTPFlow]:
    flow = tflow.tflow()
    flow.request.host, flow.request.port = host, 80
    request = Request(id="TEST", url=parse_url(f"http://{host}/"), client=Client())
    asked = Asked(make_decision(action=Action.ALLOW), request)
    found = asyncio.run(destination.follow(flow, door.live.state, asked, door.resolver))
    return found, flow


def test_what_leads_outside_keeps_its_answer(door: Door) -> None:
    asked, flow = followed(door, "good.example")
    assert asked.decision.action is Action.ALLOW
    assert flow.response is None


def test_what_leads_into_the_house_is_refused_whatever_the_rules_say(door: Door) -> None:
    asked, _ = followed(door, "inner.example")
    assert (asked.decision.action, asked.decision.reason) == (Action.BLOCK, Reason.LOCAL)


def test_a_name_that_nobody_knows_gets_a_page_that_is_no_block(door: Door) -> None:
    asked, flow = followed(door, "nobody-has-this.invalid")
    assert asked.decision.action is Action.ALLOW
    assert flow.response is not None
    assert flow.response.status_code == 502
    assert "nobody-has-this.invalid" in (flow.response.text or "")


@pytest.mark.parametrize(
    ("host", "inside"),
    [("good.example", False), ("inner.example", True), ("nobody-has-this.invalid", False)],
)
def test_only_what_is_found_inside_is_inside(door: Door, host: str, *, inside: bool) -> None:
    assert asyncio.run(destination.is_inside(host, 443, door.resolver)) is inside
