"""The command as a whole: its manual, and one sentence where the fault is not the program's."""

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from porchlight import COMMANDS, VERSION, main

ROOT = Path(__file__).parent.parent
UNREACHABLE = "postgresql://nobody:hunter2@127.0.0.1:9/porchlight"
"""Port 9 (discard) answers nowhere."""


WITHOUT_ROOTS_RIGHTS = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
"""Runs a program to which a folder's mode means something, though root starts it."""


def run(
    *arguments: str, home: Path, before: tuple[str, ...] = (), **environ: str
) -> tuple[int, str, str]:
    done = subprocess.run(
        [*before, sys.executable, str(ROOT / "porchlight.py"), *arguments],
        env=os.environ | {"PORCHLIGHT_HOME": str(home)} | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return home


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_the_manual_names_all_commands_in_their_order(home: Path) -> None:
    status, out, _ = run("--help", home=home)
    commands = main.list_commands(click.Context(main))
    assert status == 0
    assert commands == [
        "up",
        "check",
        "say",
        "explain",
        "decide",
        "replay",
        "log",
        "lists",
        "schema",
        "password",
        "login",
        "ca",
        "wireguard",
        "gateway",
        "test",
    ]
    places = [out.index(f"\n  {name} ") for name in commands]
    assert places == sorted(places)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_in_its_manual(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    manual = command.get_help(click.Context(command, info_name=f"porchlight {name}"))
    examples = manual.partition("Examples:")[2]
    assert f"porchlight {name}" in examples
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize("name", ["check", "explain", "decide"])
def test_a_question_loads_neither_migrations_nor_the_proxy_nor_the_pages(name: str) -> None:
    program = (
        "import sys; from porchlight import main; main([sys.argv[1], '--help'], standalone_mode=False);"
        "print(*sorted({'alembic', 'mitmproxy', 'flask'} & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"porchlight {name}" in done.stdout
    assert done.stderr == "\n"


def test_a_command_that_is_not_there_is_one_sentence(home: Path) -> None:
    assert_one_sentence(run("upp", home=home), 2, "No such command 'upp'")


def test_test_points_to_the_launcher(home: Path) -> None:
    status, out, err = run("test", "-q", "tests", home=home)
    assert (status, out) == (2, "")
    assert "./porchlight test" in err


def assert_one_sentence(ended: tuple[int, str, str], status: int, *parts: str) -> None:
    """Nothing on stdout, no traceback, and one line that begins with `Error:`."""
    assert (ended[0], ended[1]) == (status, "")
    assert "Traceback" not in ended[2]
    sentence = ended[2].splitlines()[-1]
    assert sentence.startswith("Error: ")
    for part in parts:
        assert part in sentence


def test_a_broken_settings_file_is_one_sentence(home: Path) -> None:
    (home / "porchlight.toml").write_text("proxy_port = [\n")
    assert_one_sentence(run("up", home=home), 2, "porchlight.toml is not valid TOML")


def test_a_wrong_setting_is_one_sentence(home: Path) -> None:
    (home / "porchlight.toml").write_text('proxy_prot = 8080\nbind = "home"\n')
    ended = run("up", home=home)
    assert_one_sentence(ended, 2, "proxy_prot is no setting")
    assert ended[2].endswith("did you mean proxy_port?\n")


def test_a_wrong_flag_is_one_sentence(home: Path) -> None:
    assert_one_sentence(run("up", "--bind", "somewhere", home=home), 2, "--bind", "somewhere")


def test_a_home_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert_one_sentence(run("up", home=tmp_path / "file"), 2, str(tmp_path / "file"))


def test_a_home_that_cannot_be_read_is_one_sentence(home: Path) -> None:
    before = WITHOUT_ROOTS_RIGHTS if os.geteuid() == 0 else ()
    home.chmod(0)
    try:
        assert_one_sentence(run("up", home=home, before=before), 2, str(home))
    finally:
        home.chmod(stat.S_IRWXU)


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(home: Path) -> None:
    ended = run("up", "--database", UNREACHABLE, home=home)
    assert_one_sentence(ended, 2, "database")
    assert "hunter2" not in ended[2]


def test_a_damaged_database_is_one_sentence(home: Path) -> None:
    (home / "porchlight.db").write_bytes(b"no database at all, but long enough to be read" * 100)
    assert_one_sentence(run("log", home=home), 2, "database", "cannot be used")
    assert_one_sentence(run("up", home=home), 2, "database", "cannot be used")


def test_a_broken_rule_file_is_shown_at_its_lines(home: Path) -> None:
    (home / "family.yaml").write_text("porchlight: 1\ntimezone: UTC\nprofils: {}\n")
    ended = run("explain", "a.example", "--for", "teen", home=home)
    assert_one_sentence(ended, 1, "The rule file is not right.")
    assert ended[2].startswith("family.yaml:3:1: error: ")
