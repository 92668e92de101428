"""A home of a small family, and the command line run inside it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from porchlight import main
from store.database import open_database
from store.upgrade import migrate

RULES = """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
never: [adult]
profiles:
  younger:
    name: Younger child
    devices: [tablet]
    block:
      - blocked.example
      - site: roblox.com
        until: 2026-12-20
        note: after the exams
    time:
      windows:
        every_day: ["07:00-20:00"]
  teen: {devices: [phone]}
devices:
  tablet: {ip: 192.168.1.7}
  phone: {ip: 192.168.1.8}
"""

type Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "family.yaml").write_text(RULES)
    monkeypatch.setenv("PORCHLIGHT_HOME", str(home))
    monkeypatch.setenv("LANG", "C.UTF-8")
    return home


@pytest.fixture
def database(home: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{home}/porchlight.db")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def run(home: Path) -> Run:
    def run(*arguments: str, given: str | bytes = "") -> Result:
        result = CliRunner().invoke(main, arguments, input=given, prog_name="porchlight")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
