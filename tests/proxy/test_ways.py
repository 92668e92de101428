import errno
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.ways import Kind, Way, closed, wanted
from rules.policy import Device, Language, Policy
from store.settings import Settings
from store.wireguard import find_key
from tests.proxy.conftest import make_policy


def family(**devices: Device) -> Policy:
    return replace(make_policy(), devices=devices)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, proxy_port=8080)


def test_a_house_with_one_proxy_wants_nothing_more(settings: Settings) -> None:
    assert wanted(make_policy(), settings, is_first=True).ways == ()
    assert not settings.wireguard_dir.exists()


def test_each_device_with_a_port_has_a_door_and_the_proxys_own_is_open_already(
    settings: Settings,
) -> None:
    policy = family(tv=Device(port=8085, line=1), here=Device(port=8080, line=2))
    assert wanted(policy, settings, is_first=False).ways == (Way(kind=Kind.PROXY, port=8085),)


@pytest.mark.parametrize("port", [8000, 8001, 8082, 5353])
def test_a_port_that_is_porchlights_for_something_else_opens_no_door(
    settings: Settings, port: int
) -> None:
    busy = replace(settings, transparent_port=8082, dns_port=5353)
    told = wanted(family(tv=Device(port=port, line=1)), busy, is_first=False)
    assert [way.kind for way in told.ways] == [Kind.TRANSPARENT, Kind.DNS_STREAM]
    assert len(told.problems) == 1
    assert f"own port of tv is closed: port TCP {port} is for something else" in told.problems[0]


@pytest.mark.parametrize("key", ["transparent_port", "dns_port"])
def test_settings_that_name_one_port_twice_are_told(settings: Settings, key: str) -> None:
    told = wanted(make_policy(), replace(settings, **{key: 8080}), is_first=False)  # type: ignore[arg-type]
    assert told.ways == ()
    assert len(told.problems) == 1
    assert "port TCP 8080 is for something else" in told.problems[0]


def test_only_the_first_process_holds_udp_ports(settings: Settings) -> None:
    open_all = replace(settings, transparent_port=8082, dns_port=53)
    policy = family(phone=Device(wireguard="phone", line=1))
    first = wanted(policy, open_all, is_first=True).ways
    second = wanted(policy, open_all, is_first=False).ways
    assert [way.kind for way in second] == [Kind.TRANSPARENT, Kind.DNS_STREAM]
    assert set(first) - set(second) == {
        Way(kind=Kind.DNS_DATAGRAM, port=53),
        Way(kind=Kind.WIREGUARD, port=51820, key=find_key(settings, "phone")),
    }


def test_a_key_that_is_made_anew_is_another_door(settings: Settings) -> None:
    policy = family(phone=Device(wireguard="phone", line=1))
    before = wanted(policy, settings, is_first=True)
    assert wanted(policy, settings, is_first=True) == before
    find_key(settings, "phone").path.unlink()
    assert wanted(policy, settings, is_first=True).ways != before.ways


def test_a_damaged_key_closes_one_door_and_is_told_in_the_familys_language(
    settings: Settings,
) -> None:
    find_key(settings, "phone").path.write_text("{")
    policy = family(
        phone=Device(wireguard="phone", line=1), tablet=Device(wireguard="tablet", line=2)
    )
    told = wanted(policy, settings, is_first=True)
    assert [way.key.name for way in told.ways if way.key] == ["tablet"]
    assert len(told.problems) == 1
    assert "WireGuard key of phone" in told.problems[0]
    assert "phone.conf is damaged" in told.problems[0]
    vietnamese = wanted(replace(policy, language=Language.VIETNAMESE), settings, is_first=True)
    assert "khoá WireGuard của phone" in vietnamese.problems[0]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(Kind))
def test_a_closed_door_says_its_port_and_why(
    settings: Settings, language: Language, kind: Kind
) -> None:
    key = find_key(settings, "phone") if kind is Kind.WIREGUARD else None
    name = "phone" if kind in {Kind.WIREGUARD, Kind.PROXY} else ""
    way = Way(kind=kind, port=8085, key=key, name=name)
    taken = closed(way, OSError(errno.EADDRINUSE, "in use"), language)
    refused = closed(way, OSError(errno.EACCES, "Permission denied"), language)
    assert "Permission denied" in refused
    assert "Permission denied" not in taken
    for sentence in (taken, refused):
        assert ("UDP 8085" in sentence) == way.is_udp
        assert ("phone" in sentence) == bool(name)
        assert "8085" in sentence
