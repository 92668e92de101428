import errno
import socket
from contextlib import closing
from pathlib import Path

import pytest

from proxy import __main__ as program
from proxy.__main__ import NOT_USABLE, PORT_IN_USE, main


@pytest.fixture(autouse=True)
def _in_a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("PORCHLIGHT_PROXY_PORT", "0")


def test_wrong_settings_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORCHLIGHT_WORKERS", "0")
    assert main([]) == NOT_USABLE
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "PORCHLIGHT_WORKERS" in told.err


def test_a_damaged_authority_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ca").mkdir(mode=0o700)
    key = tmp_path / "ca" / "porchlight-ca.pem"
    key.write_text("damaged")
    key.chmod(0o600)
    assert main([]) == NOT_USABLE
    told = capsys.readouterr()
    assert "the certificates cannot be used" in told.err
    assert told.out == ""


def test_a_taken_port_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PORCHLIGHT_PROXY_PORT", str(port))
        assert main(["--worker", "proxy-2"]) == PORT_IN_USE
    told = capsys.readouterr()
    assert told.out == ""
    assert f"Port {port} on 127.0.0.1 is taken" in told.err


def test_a_port_that_may_not_be_opened_is_told_as_such() -> None:
    error = OSError(errno.EACCES, "Permission denied")
    assert program._why_no_port(error, "127.0.0.1", 80) == (
        "Port 80 on 127.0.0.1 cannot be opened: Permission denied."
    )
