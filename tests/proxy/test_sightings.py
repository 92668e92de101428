"""Who comes through is told once a minute."""

from dataclasses import dataclass, replace
from typing import cast

import pytest
from sqlalchemy import Engine

from proxy.recorder import Recorder
from proxy.sightings import EVERY_SECONDS, MOST_NOTED, Sightings, way_of
from rules.decision import Reason
from rules.identity import roll_of
from rules.policy import Action, Device
from rules.request import Client
from rules.sighting import Way
from store import sightings
from tests.proxy.conftest import NOON, Notebook, make_decision, make_policy

POLICY = make_policy()
ROLL = roll_of(replace(POLICY, devices={**POLICY.devices, "console": Device(port=8083, line=21)}))
TABLET = Client(address="127.0.0.2", port=8080)
STRANGER = Client(address="192.168.1.99", mac="a4:83:e7:12:9f:02", port=8080)


@dataclass
class Watch:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_device_is_written_at_most_once_a_minute(sqlite_engine: Engine) -> None:
    notebook, watch = Notebook(), Watch()
    noted = Sightings(cast("Recorder", notebook), watch)
    for watch.now in (0.0, 1.0, EVERY_SECONDS - 1):
        noted.note(TABLET, make_decision(), ROLL, NOON)
        noted.note_stranger(STRANGER, ROLL, NOON)
    assert len(notebook.jobs) == 2
    for job in notebook.jobs:
        job(sqlite_engine)

    seen = {one.thing: one for one in sightings.read(sqlite_engine)}
    assert seen.keys() == {"tablet", STRANGER.mac}
    assert (seen["tablet"].profile, seen["tablet"].last) == ("younger", NOON)
    assert seen[STRANGER.mac or ""].address == "192.168.1.99"

    watch.now = EVERY_SECONDS
    noted.note(TABLET, make_decision(), ROLL, NOON)
    assert len(notebook.jobs) == 3


def test_who_looks_for_help_leaves_no_trace() -> None:
    notebook = Notebook()
    noted = Sightings(cast("Recorder", notebook))
    help_ = make_decision(Reason.HELP, Action.ALLOW)
    noted.note(TABLET, help_, ROLL, NOON)
    noted.note(STRANGER, replace(help_, device=None), ROLL, NOON, way=Way.DNS)
    assert notebook.jobs == []


def test_made_up_addresses_fill_no_memory() -> None:
    noted = Sightings(cast("Recorder", Notebook()), lambda: 0.0)
    for n in range(MOST_NOTED + 1):
        noted.note_stranger(Client(address=str(n)), ROLL, NOON)
    assert len(noted._noted) == 1


@pytest.mark.parametrize(
    ("client", "device", "way"),
    [
        (TABLET, "tablet", Way.EXPLICIT),
        (Client(address="192.168.1.9", port=8083), "console", Way.PORT),
        (Client(address="127.0.0.2", port=8083), "tablet", Way.EXPLICIT),
        (Client(address="10.0.0.1", wireguard="phone"), "phone", Way.WIREGUARD),
        (Client(address="192.168.1.20"), None, Way.TRANSPARENT),
    ],
)
def test_the_way_is_told_by_the_connection(client: Client, device: str | None, way: Way) -> None:
    assert way_of(client, device, ROLL) is way
