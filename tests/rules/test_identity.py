"""Address or name -> device -> profile."""

from ipaddress import ip_address

import pytest

from rules.identity import identify, roll_of
from rules.policy import Device, Language, Policy, Profile
from rules.request import Client


def profile(key: str, *devices: str) -> Profile:
    return Profile(key=key, name=key.title(), line=1, language=Language.ENGLISH, devices=devices)


ROLL = roll_of(
    Policy(
        file="family.yaml",
        revision="0",
        timezone="UTC",
        profiles={"younger": profile("younger", "tablet", "tv"), "unknown": profile("unknown")},
        devices={
            "tablet": Device(address=ip_address("192.168.1.20"), line=1),
            "tv": Device(address=ip_address("fd00::7"), line=1),
            "spare": Device(address=ip_address("192.168.1.30"), line=1),
            "phone": Device(mac="a4:83:e7:12:9f:01", port=8083, line=1),
        },
    )
)


@pytest.mark.parametrize(
    ("client", "key", "device"),
    [
        (Client(address="192.168.1.20"), "younger", "tablet"),
        (Client(address="fd00::7"), "younger", "tv"),
        (Client(address="192.168.1.30"), "unknown", "spare"),
        (Client(address="192.168.1.99"), "unknown", None),
        (Client(), "unknown", None),
        (Client(mac="a4:83:e7:12:9f:01", address="192.168.1.20"), "unknown", "phone"),
        (Client(port=8083), "unknown", "phone"),
        (Client(port=8083, address="192.168.1.20"), "younger", "tablet"),
        (Client(name="younger"), "younger", None),
        (Client(name="tv"), "younger", "tv"),
        (Client(name="spare"), "unknown", "spare"),
        (Client(name="younger", address="192.168.1.99"), "younger", None),
    ],
)
def test_who_asks(client: Client, key: str, device: str | None) -> None:
    asker = identify(ROLL, client)

    assert asker.profile.key == key
    assert asker.device == device


def test_a_name_that_nobody_has_is_an_error() -> None:
    with pytest.raises(LookupError, match="nobody"):
        identify(ROLL, Client(name="nobody"))
