import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from commands.gateway import script
from store.settings import Settings

type Run = Callable[..., Result]


@pytest.fixture
def open_house(home: Path) -> Path:
    (home / "porchlight.toml").write_text('bind = "0.0.0.0"\ntransparent_port = 8082\n')
    return home


@pytest.fixture
def check() -> Callable[[str], str]:
    """What nft says against a script that it does not run; empty if it takes it."""
    if shutil.which("nft") is None:
        pytest.skip("nft is not installed: apt-get install nftables")
    if subprocess.run(["nft", "list", "tables"], capture_output=True, check=False).returncode:  # noqa: S607
        pytest.skip("nft may not look at this machine's tables")

    def said(text: str) -> str:
        command = ["nft", "-c", "-f", "-"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        return done.stderr or ("" if done.returncode == 0 else "refused")

    return said


def test_nft_takes_the_script_and_its_undoing(
    run: Run, open_house: Path, check: Callable[[str], str]
) -> None:
    script = run("gateway", "--interface", "eth0").stdout
    assert check(script) == ""
    assert check(run("gateway", "--undo").stdout) == ""
    toml = open_house / "porchlight.toml"
    toml.write_text(toml.read_text() + "dns_port = 5353\n")
    with_names = run("gateway", "--interface", "eth0").stdout
    assert with_names != script
    assert check(with_names) == ""
    assert check(script.replace("redirect to :8082", "redirect to nowhere")) != ""


@pytest.mark.usefixtures("open_house")
def test_nft_takes_the_stricter_line_too(run: Run, check: Callable[[str], str]) -> None:
    strict, lines = re.subn(
        r"# (meta l4proto .*)", r"\1", run("gateway", "--interface", "eth0").stdout
    )
    assert lines == 1
    assert check(strict) == ""


@pytest.mark.usefixtures("open_house")
def test_the_script_says_what_it_does_and_how_to_undo_it(run: Run) -> None:
    said = run("gateway", "--interface", "eth0").stdout
    for part in (
        "porchlight gateway --undo",
        "net.ipv4.ip_forward=1",
        "net.ipv4.conf.eth0.send_redirects=0",
        'iifname != "eth0" accept',
        "tcp dport { 80, 443 } redirect to :8082",
        "udp dport { 443, 853 } reject",
        "fib daddr type local accept",
        "door for them is closed",
    ):
        assert part in said, part
    assert max(map(len, said.splitlines())) <= 120


def test_names_are_sent_to_the_door_for_them_where_it_is_open() -> None:
    said = script(Settings(home=Path("/srv"), transparent_port=8082, dns_port=5353), "eth0")
    assert "udp dport 53 redirect to :5353" in said
    assert "tcp dport 53 redirect to :5353" in said
    assert "closed" not in said


def test_a_closed_way_is_said(run: Run, home: Path) -> None:
    result = run("gateway", "--interface", "eth0")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "set transparent_port = 8082" in result.stderr
    (home / "porchlight.toml").write_text("transparent_port = 8082\n")
    result = run("gateway", "--interface", "eth0")
    assert (result.exit_code, result.stdout) == (1, "")
    assert 'set bind = "0.0.0.0"' in result.stderr


@pytest.mark.parametrize("name", ['eth0"; drop', "", "a b", "much-too-long-for-linux", "é"])
@pytest.mark.usefixtures("open_house")
def test_what_is_no_interface_gets_into_no_script(run: Run, name: str) -> None:
    result = run("gateway", "--interface", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is no network interface" in result.stderr


@pytest.mark.parametrize(
    ("links", "said"),
    [
        (["lo", "eth7"], 'iifname != "eth7"'),
        (["lo", "eth0", "wlan0"], "this computer has eth0, wlan0"),
        (["lo"], "none but lo"),
    ],
)
@pytest.mark.usefixtures("open_house")
def test_the_only_interface_need_not_be_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, links: list[str], said: str
) -> None:
    monkeypatch.setattr("socket.if_nameindex", lambda: list(enumerate(links, 1)))
    assert said in run("gateway").output
