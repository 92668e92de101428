"""A door does not outlive its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.supervisor import ROOT

DOOR = "import sys, time\nprint(__name__, sys.argv[1:], flush=True)\ntime.sleep(60)\n"


@pytest.fixture
def child(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "door.py").write_text(DOOR)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "commands.child", "door", "--worker", "proxy-1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
    )
    with process:
        yield process
        process.kill()


def test_the_module_runs_as_main_with_its_own_arguments(child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    assert child.stdout.readline() == "__main__ ['--worker', 'proxy-1']\n"


def test_it_ends_when_its_parent_is_gone(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.readline()
    assert child.poll() is None
    child.stdin.close()
    assert child.wait(timeout=10) == -signal.SIGTERM
