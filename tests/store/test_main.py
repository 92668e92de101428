"""`python -m store` as a process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from store.list_progress import read_progress
from store.settings import Settings
from tests.store.list_house import lists_of, put_own, settings_of
from tests.store.list_server import ListServer, answer, endless, serving

ROOT = Path(__file__).parents[2]
RULES = "porchlight: 1\ntimezone: UTC\nlists:\n"


@pytest.fixture
def server() -> Iterator[ListServer]:
    with serving(ListServer(trustme.CA())) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: ListServer) -> Settings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return settings_of(home, server, database="postgresql://nobody@127.0.0.1:1/gone")


def put_rules(settings: Settings, *lines: str) -> None:
    settings.rules_path.write_text(RULES + "".join(f"  {line}\n" for line in lines))


@contextmanager
def keeping(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A keeper that is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "store"],
        cwd=ROOT,
        env=os.environ | settings.to_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == '{"ready": true}\n'
            yield process
        finally:
            process.kill()


def wait_until(claim: object, seconds: float = 15.0) -> None:
    ends = time.monotonic() + seconds
    while not claim():  # type: ignore[operator]
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_what_the_rule_file_turns_on_and_off_is_followed_though_the_database_is_gone(
    settings: Settings, server: ListServer
) -> None:
    put_own(settings, "ours.txt", "ours.example")
    url = server.url("/bets.txt", answer(b"bet.example\n"))
    put_rules(settings, f"bets: {{url: '{url}'}}")
    with keeping(settings):
        wait_until(lambda: lists_of(settings, "bet.example") == ["bets"])
        put_rules(settings, "ours: {file: ours.txt}")
        wait_until(lambda: lists_of(settings, "ours.example") == ["ours"])
        assert lists_of(settings, "bet.example") == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_at_once_in_the_middle_of_a_download(
    settings: Settings, server: ListServer, number: signal.Signals
) -> None:
    slow = endless(b"HTTP/1.1 200 OK\r\n\r\n", b"bet.example\n" * 99, pause=0.05)
    url = server.url("/slow.txt", slow)
    put_rules(settings, f"slow: {{url: '{url}'}}")
    with keeping(settings) as process:
        wait_until(lambda: read_progress(settings.lists_dir))
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 3
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert read_progress(settings.lists_dir) is None
    left = {path.name for path in settings.lists_dir.iterdir() if path.suffix != ".lock"}
    assert left == {"own"}


def test_settings_that_cannot_be_used_are_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "store"],
        cwd=ROOT,
        env=os.environ | {"PORCHLIGHT_HOME": str(tmp_path), "PORCHLIGHT_LIST_UPDATES": "maybe"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "PORCHLIGHT_LIST_UPDATES must be true or false, not 'maybe'\n"
