"""`python -m admin` as a process."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from store.settings import Settings

ROOT = Path(__file__).parents[2]


def start(settings: Settings) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-m", "admin"),
        cwd=ROOT,
        env=os.environ | settings.to_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.e2e
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_listens_and_stops_cleanly(tmp_path: Path, stop: signal.Signals) -> None:
    home = tmp_path / "home"
    with start(Settings(home=home, admin_port=0, family_port=0)) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["ready"] is True
        with urllib.request.urlopen(f"http://127.0.0.1:{ready['port']}/setup") as answer:
            assert b"Porchlight" in answer.read()
            assert "Server" not in answer.headers
        with urllib.request.urlopen(f"http://127.0.0.1:{ready['family_port']}/") as answer:
            assert b"family" in answer.read()
            assert "Server" not in answer.headers
        process.send_signal(stop)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (out, err) == ("", "")
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600


@pytest.mark.e2e
@pytest.mark.parametrize("name", ["admin_port", "family_port"])
def test_a_port_in_use_is_one_sentence_and_exit_code_3(tmp_path: Path, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"admin_port": 0, "family_port": 0, name: port}
        with start(Settings(home=tmp_path / "home", **ports)) as process:
            out, err = process.communicate(timeout=20)
    assert process.returncode == 3
    assert out == ""
    assert f"127.0.0.1:{port} is in use" in err
    assert f"choose another {name}" in err
    assert len(err.splitlines()) == 1


@pytest.mark.e2e
def test_a_wrong_setting_is_one_sentence_and_exit_code_3(tmp_path: Path) -> None:
    with start(Settings(home=tmp_path / "home", retention_days=-1)) as process:
        out, err = process.communicate(timeout=20)
    assert process.returncode == 3
    assert out == ""
    assert len(err.splitlines()) == 1


@pytest.mark.e2e
def test_a_request_through_a_proxy_is_refused_by_the_process_too(tmp_path: Path) -> None:
    with start(Settings(home=tmp_path / "home", admin_port=0, family_port=0)) as process:
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        with socket.create_connection(("127.0.0.1", port)) as peer:
            peer.sendall(
                b"GET /setup HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.168.1.20\r\n"
                b"Connection: close\r\n\r\n"
            )
            status = peer.makefile("rb").readline()
        process.terminate()
        process.communicate(timeout=20)
    assert b"403" in status


@pytest.mark.e2e
def test_a_device_that_only_waits_does_not_shut_the_pages(tmp_path: Path) -> None:
    with (
        start(Settings(home=tmp_path / "home", admin_port=0, family_port=0)) as process,
        ExitStack() as waiting,
    ):
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        waiting.callback(process.terminate)
        for _ in range(150):
            waiting.enter_context(socket.create_connection(("127.0.0.1", port)))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/setup", timeout=10) as answer:
            assert answer.status == 200
