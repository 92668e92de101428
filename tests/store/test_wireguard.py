import json
import os
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from mitmproxy_rs.wireguard import genkey, pubkey

from store.settings import Settings
from store.wireguard import all_keys, find_key, forget, profile_text, public_half


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, address="192.168.1.5")


def test_a_key_is_made_once_for_the_owners_eyes_only(settings: Settings) -> None:
    assert not settings.wireguard_dir.exists()
    key = find_key(settings, "phone")
    assert find_key(settings, "phone") == key
    assert settings.wireguard_dir.stat().st_mode & 0o777 == 0o700
    assert key.path.stat().st_mode & 0o777 == 0o600
    assert json.loads(key.path.read_text()) == {
        "server_key": key.server_key,
        "client_key": key.client_key,
        "port": 51820,
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_a_key_that_root_made_is_the_households(settings: Settings) -> None:
    os.chown(settings.home, 12345, 12345)
    key = find_key(settings, "phone")
    assert {path.stat().st_uid for path in (key.path, settings.wireguard_dir)} == {12345}


def test_a_key_is_not_told_by_the_way(settings: Settings) -> None:
    key = find_key(settings, "phone")
    assert key.server_key not in repr(key)
    assert key.client_key not in repr(key)


def test_each_device_has_a_port_and_addresses_of_its_own(settings: Settings) -> None:
    keys = [find_key(settings, name) for name in ("phone", "tablet", "máy-mai")]
    assert [key.port for key in keys] == [51820, 51821, 51822]
    assert [str(one) for one in keys[1].addresses] == ["10.111.202.109", "fd70:6f72:6368::ca6d"]
    assert len({key.client_key for key in keys} | {key.server_key for key in keys}) == 6
    assert {key.name for key in all_keys(settings)} == {"phone", "tablet", "máy-mai"}


def test_a_key_stays_when_the_first_port_is_changed(settings: Settings) -> None:
    key = find_key(settings, "phone")
    moved = replace(settings, wireguard_port=4500)
    assert find_key(moved, "phone") == key
    assert find_key(moved, "tablet").port == 4500


def test_a_forgotten_key_leaves_its_port_and_comes_back_as_another(settings: Settings) -> None:
    key = find_key(settings, "phone")
    assert forget(settings, "phone")
    assert not forget(settings, "phone")
    again = find_key(settings, "phone")
    assert again.port == key.port
    assert again.client_key != key.client_key


def test_many_who_ask_at_once_get_one_key(settings: Settings) -> None:
    found: list[str] = []
    threads = [
        Thread(target=lambda: found.append(find_key(settings, "phone").client_key))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("name", ["../family", "a/b", "", ".", "a.b", "a@b", "-x"])
def test_a_name_cannot_lead_out_of_the_folder(settings: Settings, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a key"):
        find_key(settings, name)
    with pytest.raises(ValueError, match="cannot be the name of a key"):
        forget(settings, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"server_key": "x", "client_key": "y", "port": 51820}',
        '{"server_key": 1, "client_key": 2, "port": 3}',
        '{"port": 51820}',
    ],
)
def test_a_damaged_file_is_told_and_never_written_over(settings: Settings, text: str) -> None:
    key = find_key(settings, "phone")
    key.path.write_text(text)
    with pytest.raises(ValueError, match=r"phone\.conf is damaged"):
        find_key(settings, "phone")
    assert key.path.read_text() == text
    assert all_keys(settings) == ()


@pytest.mark.parametrize("port", [0, -1, 65536, "51820", True])
def test_a_port_that_is_none_is_damage(settings: Settings, port: object) -> None:
    path = find_key(settings, "phone").path
    path.write_text(json.dumps(json.loads(path.read_text()) | {"port": port}))
    with pytest.raises(ValueError, match="is damaged"):
        find_key(settings, "phone")


def test_ports_end(settings: Settings) -> None:
    last = replace(settings, wireguard_port=65535)
    assert find_key(last, "phone").port == 65535
    with pytest.raises(ValueError, match="every UDP port"):
        find_key(last, "tablet")


def test_the_public_half_is_the_one_that_the_tunnels_other_end_reckons_with() -> None:
    private = genkey()
    assert public_half(private) == pubkey(private)


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!"])
def test_what_is_no_key_has_no_public_half(key: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        public_half(key)


def test_the_devices_profile_sends_everything_through_the_tunnel(settings: Settings) -> None:
    key = find_key(settings, "phone")
    assert profile_text(settings, key) == (
        "[Interface]\n"
        f"PrivateKey = {key.client_key}\n"
        "Address = 10.111.202.108/32, fd70:6f72:6368::ca6c/128\n"
        "DNS = 10.112.0.53\n"
        "\n"
        "[Peer]\n"
        f"PublicKey = {public_half(key.server_key)}\n"
        "AllowedIPs = 0.0.0.0/0, ::/0\n"
        "Endpoint = 192.168.1.5:51820\n"
        "PersistentKeepalive = 25\n"
    )


def test_an_ipv6_endpoint_is_written_in_brackets(settings: Settings) -> None:
    six = replace(settings, address="fd00::5")
    assert "Endpoint = [fd00::5]:51820\n" in profile_text(six, find_key(six, "phone"))
