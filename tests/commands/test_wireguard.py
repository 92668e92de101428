import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from commands.wireguard import qr_code
from store.settings import Settings
from store.wireguard import find_key, profile_text
from tests.commands.conftest import RULES

type Run = Callable[..., Result]


@pytest.fixture
def settings(home: Path) -> Settings:
    (home / "family.yaml").write_text(
        RULES.replace("{ip: 192.168.1.8}", "{ip: 192.168.1.8, wireguard: away}")
    )
    (home / "porchlight.toml").write_text('bind = "0.0.0.0"\naddress = "home.example"\n')
    return Settings(home=home, bind="0.0.0.0", address="home.example")


@pytest.mark.parametrize("name", ["away", "phone"])
def test_a_device_is_named_by_itself_or_by_its_key(run: Run, settings: Settings, name: str) -> None:
    result = run("wireguard", name)
    assert result.exit_code == 0
    assert result.stdout == profile_text(settings, find_key(settings, "away"))
    assert "Endpoint = home.example:51820\n" in result.stdout
    assert result.stderr == ""


def test_a_script_gets_all_of_it(run: Run, settings: Settings) -> None:
    row = json.loads(run("wireguard", "away", "--json").stdout)
    assert row == {
        "name": "away",
        "device": "phone",
        "port": 51820,
        "addresses": ["10.111.202.108", "fd70:6f72:6368::ca6c"],
        "profile": profile_text(settings, find_key(settings, "away")),
    }


@pytest.mark.parametrize("name", ["tablet", "nobody", "../family"])
def test_no_key_is_made_for_what_is_not_in_the_rule_file(
    run: Run, settings: Settings, name: str
) -> None:
    result = run("wireguard", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"`wireguard: {name}`" in result.stderr
    assert not settings.wireguard_dir.exists()


def test_the_list_tells_whose_each_key_is_and_no_secret(run: Run, settings: Settings) -> None:
    assert "No key yet" in run("wireguard").stdout
    assert json.loads(run("wireguard", "--json").stdout) == []
    keys = find_key(settings, "away"), find_key(settings, "gone")
    said = run("wireguard").stdout.splitlines()
    assert said[0] == "away  UDP 51820  phone"
    assert said[1].startswith("gone  UDP 51821  no device of the rule file")
    rows = run("wireguard", "--json").stdout
    assert [row["device"] for row in json.loads(rows)] == ["phone", None]
    assert not any(key.client_key in rows + "".join(said) for key in keys)


def test_a_key_can_be_thrown_away(run: Run, settings: Settings) -> None:
    before = run("wireguard", "phone").stdout
    assert "The key away is gone" in run("wireguard", "--forget", "phone").stdout
    assert not (settings.wireguard_dir / "away.conf").exists()
    assert run("wireguard", "--forget", "away").exit_code == 1
    assert run("wireguard", "phone").stdout != before
    find_key(settings, "gone")
    assert run("wireguard", "--forget", "gone").exit_code == 0
    assert run("wireguard", "--forget").exit_code == 2


def test_a_damaged_key_is_one_sentence(run: Run, settings: Settings) -> None:
    find_key(settings, "away").path.write_text("{}")
    result = run("wireguard", "away")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "away.conf is damaged" in result.stderr


@pytest.mark.parametrize(
    ("toml", "part"),
    [
        ("", "Only this computer can use it"),
        ('bind = "0.0.0.0"\n', "which counts at home alone"),
    ],
)
def test_a_profile_that_does_not_work_everywhere_says_so(
    run: Run, settings: Settings, toml: str, part: str
) -> None:
    settings.settings_path.write_text(toml)
    result = run("wireguard", "away")
    assert result.exit_code == 0
    assert result.stdout.startswith("[Interface]")
    assert part in result.stderr


def test_the_code_for_the_camera_is_square_and_fits_a_terminal() -> None:
    drawn = click.unstyle(qr_code("x" * 350)).splitlines()
    assert len({len(line) for line in drawn}) == 1
    assert len(drawn[0]) < 80
    assert len(drawn) < 45
