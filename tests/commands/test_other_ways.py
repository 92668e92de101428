from dataclasses import replace
from pathlib import Path

from commands.other_ways import other_ways
from rules.policy import Action, Device, Language, Policy, Profile
from store.settings import Settings
from store.wireguard import find_key

POLICY = Policy(
    file="family.yaml",
    revision="",
    timezone="UTC",
    when_filter_fails=Action.BLOCK,
    profiles={"unknown": Profile(key="unknown", name="unknown", line=0, language=Language.ENGLISH)},
    devices={
        "tablet": Device(line=1),
        "tv": Device(line=2, port=8085),
        "phone": Device(line=3, wireguard="away"),
        "watch": Device(line=4, wireguard="watch"),
    },
)


def test_a_house_with_one_proxy_has_no_other_way(tmp_path: Path) -> None:
    assert list(other_ways(Settings(home=tmp_path), None)) == []


def test_each_way_that_is_on_has_its_address(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, address="192.168.1.5", transparent_port=8082)
    find_key(settings, "away")
    assert [line.split() for line in other_ways(settings, POLICY)] == [
        ["Transparent", "192.168.1.5:8082", "(porchlight", "gateway)"],
        ["Port", "of", "tv", "192.168.1.5:8085"],
        ["WireGuard", "192.168.1.5:51820", "phone", "(porchlight", "wireguard", "phone)"],
        ["WireGuard", "soon", "watch", "(porchlight", "wireguard", "watch)"],
    ]
    six = replace(settings, address="fd00::5")
    assert any("[fd00::5]:8082" in line for line in other_ways(six, None))
