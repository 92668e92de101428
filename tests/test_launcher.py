"""./porchlight as a stranger meets it. Nothing is installed here: .ci/run does that in a fresh clone."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FAKE_PORCHLIGHT = 'import os, sys\nprint("ran", os.getcwd(), sys.argv[1:])\n'
"""Stands for porchlight.py."""
FAKE_VENV = """\
#!/bin/sh
# A Python that answers the launcher's probe, makes a virtual environment of itself, and whose pip does FAKE_PIP.
case "$*" in
    -c*sys.version_info*) echo "${FAKE_VERSION:-3.13 64} $0" ;;
    "-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
    "-m pip"*) echo install >>"$(dirname "$0")/../../pip.log"; eval "${FAKE_PIP:-:}" ;;
    "-m pytest"*) echo "$@" ;;
    *) exec python3.real "$@" ;;
esac
"""


class Checkout:
    """A checkout with a fake Python on PATH."""

    def __init__(self, place: Path) -> None:
        self.root = place / "check out"
        self.tools = place / "tools"
        (self.root / "tests").mkdir(parents=True)
        self.tools.mkdir()
        shutil.copy(ROOT / "porchlight", self.root)
        (self.root / "porchlight.py").write_text(FAKE_PORCHLIGHT)
        (self.root / "requirements.lock").write_text("run==1\n")
        (self.root / "tests" / "requirements.lock").write_text("test==1\n")
        (self.tools / "python3").write_text(FAKE_VENV)
        # The launcher looks once a second whether pip is done; here that is at once.
        (self.tools / "sleep").write_text("#!/bin/sh\nexec /bin/sleep 0.05\n")
        for name in ("python3.14", "python3.13", "python3.12"):  # whatever this computer has
            (self.tools / name).write_text("#!/bin/sh\nexit 127\n")
        for tool in self.tools.iterdir():
            tool.chmod(0o755)
        real = Path(os.path.realpath(shutil.which("python3", path="/usr/bin:/bin") or ""))
        (self.tools / "python3.real").symlink_to(real)

    def start(
        self, *arguments: str, way_in: Path | None = None, cwd: Path | None = None, **environ: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [way_in or self.root / "porchlight", *arguments],
            cwd=cwd or self.root,
            env={"PATH": f"{self.tools}:/usr/bin:/bin", **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *arguments: str, way_in: Path | None = None, cwd: Path | None = None, **environ: str
    ) -> tuple[int, str, str]:
        process = self.start(*arguments, way_in=way_in, cwd=cwd, **environ)
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err

    @property
    def installs(self) -> int:
        log = self.root / "pip.log"
        return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_start_installs_and_the_second_does_not(checkout: Checkout) -> None:
    status, out, err = checkout.run("check", "a b")
    assert (status, out) == (0, f"ran {checkout.root} ['check', 'a b']\n")
    assert err.startswith("Installing Porchlight (once, about a minute) ")
    assert err.endswith(" done.\n")
    assert checkout.run("check", "a b") == (0, out, "")
    assert checkout.installs == 1


def test_it_runs_from_anywhere_and_through_symbolic_links(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.run()
    (tmp_path / "one").symlink_to(checkout.root / "porchlight")
    (tmp_path / "two").symlink_to("one")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    status, out, err = checkout.run("log", way_in=tmp_path / "two", cwd=elsewhere)
    assert (status, out, err) == (0, f"ran {elsewhere} ['log']\n", "")


def test_a_program_that_another_python_of_pyenv_runs_may_start_it(checkout: Checkout) -> None:
    fake = checkout.tools / "python3"
    fake.write_text(
        FAKE_VENV.replace("case", '[ -z "${PYENV_VERSION-}" ] || exit 127\ncase', 1),
    )
    status, out, _ = checkout.run("log", PYENV_VERSION="3.11.7")
    assert (status, out) == (0, f"ran {checkout.root} ['log']\n")


def test_a_later_start_costs_no_time(checkout: Checkout) -> None:
    checkout.run()
    (checkout.root / ".venv" / "bin" / "python").write_text("#!/bin/sh\n")
    began = time.monotonic()
    checkout.run()
    assert time.monotonic() - began < 0.3


def test_a_changed_lock_file_installs_again(checkout: Checkout) -> None:
    checkout.run()
    (checkout.root / "requirements.lock").write_text("run==2\n")
    assert checkout.run()[0] == 0
    assert checkout.installs == 2


def test_a_failed_installation_says_so_and_is_done_again(checkout: Checkout) -> None:
    status, out, err = checkout.run(FAKE_PIP="echo first; echo no route to host; exit 1")
    assert (status, out) == (1, "")
    assert "The installation failed; is this computer online?" in err
    assert err.endswith("first\nno route to host\n")
    assert checkout.run()[0] == 0
    assert checkout.installs == 2


def test_an_interrupted_installation_is_begun_anew(checkout: Checkout) -> None:
    process = checkout.start(FAKE_PIP="exec /bin/sleep 30")
    while not checkout.installs:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err.endswith("stopped; the next start begins again.\n")
    half = checkout.root / ".venv" / "half-a-package"
    half.touch()
    status, _, err = checkout.run()
    assert status == 0
    assert err.startswith("Installing")


def test_two_starts_at_once_install_once(checkout: Checkout) -> None:
    starts = [checkout.start(str(number), FAKE_PIP="/bin/sleep 1") for number in range(3)]
    ended = [start.communicate(timeout=30) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert sorted(out[-6:] for out, _ in ended) == ["['0']\n", "['1']\n", "['2']\n"]
    assert checkout.installs == 1
    assert any("Another start is installing" in err for _, err in ended)


@pytest.mark.parametrize("version", ["3.11", "3.9", "2.7"])
def test_a_too_old_python_gets_one_sentence(checkout: Checkout, version: str) -> None:
    status, out, err = checkout.run(FAKE_VERSION=f"{version} 64")
    assert (status, out) == (2, "")
    assert err.startswith(
        f"Porchlight needs Python 3.12 or newer, and this computer has only {version}: install"
    )
    assert err.count("\n") == 1
    assert not (checkout.root / ".venv").exists()


def test_a_newer_python_beside_an_old_one_is_found(checkout: Checkout) -> None:
    shutil.move(checkout.tools / "python3", checkout.tools / "python3.12")
    (checkout.tools / "python3").write_text('#!/bin/sh\necho "3.11 64 $0"\n')
    (checkout.tools / "python3").chmod(0o755)
    assert checkout.run(FAKE_VERSION="3.12 64")[0] == 0


def test_a_32_bit_system_gets_one_sentence(checkout: Checkout) -> None:
    status, out, err = checkout.run(FAKE_VERSION="3.13 32")
    assert (status, out) == (2, "")
    assert "64-bit Raspberry Pi OS" in err
    assert err.count("\n") == 1


def test_a_folder_that_cannot_hold_the_environment_gets_a_sentence(checkout: Checkout) -> None:
    (checkout.tools / "python3").write_text(
        FAKE_VENV.replace('mkdir -p "$last/bin"', "echo ensurepip is not available; exit 1")
    )
    status, out, err = checkout.run()
    assert (status, out) == (1, "")
    assert "sudo apt install python3-venv" in err
    assert err.endswith("ensurepip is not available\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "-m pytest -n2"),
        (("tests/rules", "-q"), "-m pytest -n2 tests/rules -q"),
        (("-n0",), "-m pytest -n0"),
        (("-p", "no:xdist"), "-m pytest -p no:xdist"),
        (("tests/test_a.py::test_b",), "-m pytest tests/test_a.py::test_b"),
    ],
)
def test_test_runs_pytest_in_the_checkout(
    checkout: Checkout, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    status, out, err = checkout.run("test", *arguments, cwd=tmp_path)
    assert (status, out) == (0, f"{said}\n")
    assert "Installing what the tests need" in err
    assert checkout.run("test", *arguments)[2] == ""
    assert checkout.installs == 2
