"""The parts of `porchlight up`; tests/e2e/test_first_light.py sees the whole."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from commands.supervisor import ROOT
from commands.up import as_object, as_text, choose_ports, make_ready, programs
from store import accounts
from store.database import open_database
from store.files import locked
from store.settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def settings(home: Path = Path("/srv/porchlight"), **more: object) -> Settings:
    return Settings(home=home, **more)  # type: ignore[arg-type]


def test_each_door_is_a_program_and_the_lists_have_one_keeper() -> None:
    assert [program.command for program in programs(settings(workers=2))] == [
        ("admin",),
        ("proxy", "--worker", "proxy-1"),
        ("proxy", "--worker", "proxy-2"),
        ("store",),
    ]


def test_port_0_becomes_a_real_one_for_both_doors_to_know() -> None:
    chosen = choose_ports(settings(proxy_port=0, admin_port=0, family_port=0))
    ports = {chosen.proxy_port, chosen.admin_port, chosen.family_port}
    assert len(ports) == 3
    assert 0 not in ports


@pytest.mark.parametrize(
    ("setting", "flag"),
    [
        ("proxy_port", "--proxy-port"),
        ("admin_port", "--admin-port"),
        ("family_port", "--family-port"),
    ],
)
def test_a_port_in_use_is_one_sentence_with_the_flag_that_helps(
    taken: int, setting: str, flag: str
) -> None:
    chosen = replace(settings(proxy_port=0, admin_port=0, family_port=0), **{setting: taken})  # type: ignore[arg-type]
    with pytest.raises(click.ClickException) as refused:
        choose_ports(chosen)
    assert f"Port {taken} on 127.0.0.1 cannot be used" in refused.value.message
    assert f"choose another with {flag}." in refused.value.message


def test_two_doors_on_one_port_is_one_sentence() -> None:
    for twice in ("admin_port", "family_port"):
        with pytest.raises(click.ClickException, match="Port 8080 cannot be for two things"):
            choose_ports(replace(settings(), **{twice: 8080}))  # type: ignore[arg-type]


def test_an_address_of_another_computer_points_to_bind() -> None:
    elsewhere = settings(bind="192.0.2.1", proxy_port=0, admin_port=0)
    with pytest.raises(click.ClickException, match=r"not this computer's, choose .* with --bind\."):
        choose_ports(elsewhere)


def test_a_port_in_use_ends_the_start_with_status_1(taken: int, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "porchlight.py"), "up", "--json", "--proxy-port", str(taken)],
        env=os.environ | {"PORCHLIGHT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: Port {taken} on 127.0.0.1 cannot be used")
    assert done.stderr.count("\n") == 1


def test_a_second_start_with_the_same_home_is_one_sentence(home: Path) -> None:
    with locked(home / "porchlight"):
        ended = subprocess.run(
            [sys.executable, str(ROOT / "porchlight.py"), "up", "--proxy-port", "0"],
            env=os.environ | {"PORCHLIGHT_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 1
    assert f"runs already with the home folder {home}" in ended.stderr
    assert ended.stdout == ""


def test_a_home_without_a_parent_gets_a_set_up_code(tmp_path: Path) -> None:
    home = settings(tmp_path)
    code = make_ready(home)
    assert code is not None
    assert home.ca_certificate.is_file()
    assert make_ready(home) != code


def test_a_home_with_a_parent_gets_none(tmp_path: Path) -> None:
    code = make_ready(settings(tmp_path))
    engine = open_database(settings(tmp_path).database_url)
    accounts.claim(engine, code or "", "Mai", "four old wooden boats", datetime.now(UTC))
    engine.dispose()
    assert make_ready(settings(tmp_path)) is None


def test_the_object_names_everything() -> None:
    assert json.loads(as_object(settings(bind="0.0.0.0"), "ABCD-EFGH")) == {
        "ready": True,
        "proxy": "http://127.0.0.1:8080",
        "admin": "http://127.0.0.1:8000",
        "family": "http://127.0.0.1:8001",
        "ca": "/srv/porchlight/ca/porchlight-ca-cert.pem",
        "setup_code": "ABCD-EFGH",
    }
    assert json.loads(as_object(settings(), None))["setup_code"] is None


def test_the_door_for_names_is_named_where_there_is_one() -> None:
    asking = replace(settings(), dns_port=5353)
    assert json.loads(as_object(asking, None))["dns"] == "127.0.0.1:5353"
    assert "127.0.0.1:5353  (UDP and TCP)" in as_text(asking, None)
    assert "Name server" not in as_text(settings(), None)


def test_the_summary_tells_a_family_all_it_needs() -> None:
    said = as_text(settings(), "ABCD-EFGH")
    for part in (
        "http://127.0.0.1:8080",
        "http://127.0.0.1:8001",
        "http://127.0.0.1:8000/setup?code=ABCD-EFGH",
        "/srv/porchlight/family.yaml",
        "/srv/porchlight/ca/porchlight-ca-cert.pem",
        "curl -i -x http://127.0.0.1:8080 ",
    ):
        assert part in said
    assert [line for line in said.splitlines() if line.startswith("ready")] == [
        said.splitlines()[-1]
    ]
    assert "network" not in said
    assert "/setup" not in as_text(settings(), None)


def test_an_open_house_is_warned_in_words() -> None:
    said = as_text(settings(bind="0.0.0.0"), None)
    assert "Everyone in this house's network can use the proxy" in said
    assert "Never open these three ports to the internet" in said
    said = as_text(settings(bind="192.168.1.5"), None)
    assert "http://192.168.1.5:8080  and  http://192.168.1.5:8000" in said
    assert "and  http://192.168.1.5:8001" in said
    assert "http://[::1]:8080" in as_text(settings(bind="::"), None)
