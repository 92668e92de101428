from pathlib import Path

import pytest

from proxy.door import open_door
from proxy.resolver import Refused
from store import workers
from store.database import open_database
from store.settings import SettingsError


def environ(home: Path, **more: str) -> dict[str, str]:
    return {"PORCHLIGHT_HOME": str(home), **more}


def test_a_first_start_makes_a_home_and_closes_it_in_order(tmp_path: Path) -> None:
    door = open_door(environ(tmp_path / "home"), worker="proxy-9")
    assert door.settings.rules_path.is_file()
    assert door.live.problem == ""
    door.live.look()
    door.close()
    engine = open_database(door.settings.database_url)
    assert workers.read(engine) == ()
    engine.dispose()


def test_its_own_ports_come_from_the_settings(tmp_path: Path) -> None:
    more = {"PORCHLIGHT_ADMIN_PORT": "8123", "PORCHLIGHT_REACH": "127.0.0.1:8123,127.0.0.1:8124"}
    door = open_door(environ(tmp_path, **more))
    assert door.resolver._is_reachable("127.0.0.1", 8124)
    assert not door.resolver._is_reachable("127.0.0.1", 8123)
    door.close()
    assert issubclass(Refused, OSError)


def test_it_opens_without_a_database(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "porchlight.db").mkdir()
    door = open_door(environ(tmp_path))
    assert "goes on without the database" in caplog.text
    door.close()


def test_settings_that_are_wrong_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PORCHLIGHT_PROXY_PORT"):
        open_door(environ(tmp_path, PORCHLIGHT_PROXY_PORT="many"))
