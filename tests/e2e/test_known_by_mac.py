"""A tablet on a real cable: known by its network card whatever its address, and a stranger with another card."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rules.decision import Decision
from store import audit, sightings
from store.database import open_database
from store.sightings import NEW_DEVICE
from tests.cable import (
    HOME,
    HOME_ADDRESSES,
    IP,
    MAC,
    OTHER_MAC,
    TABLET,
    TABLET_ADDRESSES,
    cable,
    change_mac,
    inside,
    ip,
)
from tests.e2e.conftest import House, Origins, build_house, eventually

pytestmark = pytest.mark.e2e

RULES = f"""\
porchlight: 1
timezone: UTC
profiles:
  younger: {{devices: [tablet], block: [bad.example]}}
  unknown: {{block: [bad.example]}}
devices:
  tablet: {{mac: "{MAC}"}}
"""


@dataclass(frozen=True)
class Joined:
    """A home that answers on one of its addresses, over the cable."""

    house: House
    family: int
    """0: IPv4, 1: IPv6."""

    def ask(self) -> Decision:
        """What the log says of a request from the tablet."""
        before = len(self.house.log(0))
        inside(
            TABLET,
            "from http.client import HTTPConnection as Connection\n"
            f"connection = Connection({HOME_ADDRESSES[self.family]!r}, {self.house.port}, 10)\n"
            "connection.request('GET', 'http://bad.example/')\n"
            "assert connection.getresponse().status == 403\n",
        )
        return self.house.log(before + 1)[0].decision


@pytest.fixture(params=[0, 1], ids=["IPv4", "IPv6"])
def joined(request: pytest.FixtureRequest, tmp_path: Path, origins: Origins) -> Iterator[Joined]:
    with cable():
        more = {"PORCHLIGHT_BIND": HOME_ADDRESSES[request.param]}
        built = build_house(tmp_path / "home", origins, more, RULES)
        built.start(IP, "netns", "exec", HOME, sys.executable, "-m", "proxy")
        yield Joined(built, request.param)
        built.stop()


def test_a_tablet_is_known_by_its_card_and_by_nothing_else(joined: Joined) -> None:
    decision = joined.ask()
    assert (decision.profile, decision.device) == ("younger", "tablet")

    prefix = (24, 64)[joined.family]
    ip(f"-n {TABLET} address delete {TABLET_ADDRESSES[joined.family]}/{prefix} dev tablet")
    add = ("address add 10.9.0.77/24 dev tablet", "address add fd09::77/64 dev tablet nodad")
    ip(f"-n {TABLET} {add[joined.family]}")
    assert joined.ask().device == "tablet"

    change_mac(OTHER_MAC)
    stranger = eventually(joined.ask, lambda one: one.device is None)
    assert stranger.profile == "unknown"
    engine = open_database(f"sqlite:///{joined.house.home}/porchlight.db")
    seen = eventually(
        lambda: {one.thing: one for one in sightings.read(engine)}, lambda found: len(found) > 1
    )
    assert seen.keys() == {"tablet", OTHER_MAC}
    assert (seen["tablet"].mac, seen[OTHER_MAC].mac) == (MAC, OTHER_MAC)
    told = [one.detail for one in audit.read(engine, 9) if one.what == NEW_DEVICE]
    assert told == [f"{OTHER_MAC} {seen[OTHER_MAC].address}"]
    engine.dispose()
