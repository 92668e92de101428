"""The schema for editors in the home folder."""

import json
import stat
from pathlib import Path

import pytest

from rules.policy_schema import schema_text
from store.files import locked
from store.lists import load_catalog
from store.schema_file import SCHEMA_FILE, keep_schema
from store.settings import Settings, prepare


def test_a_home_has_the_schema_beside_its_rule_file(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    prepare(settings)
    path = settings.rules_path.with_name(SCHEMA_FILE)
    assert path.read_text(encoding="utf-8") == schema_text(load_catalog())
    assert json.loads(path.read_bytes())["$id"] == "urn:porchlight:family:1"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_older_schema_is_replaced(tmp_path: Path) -> None:
    (tmp_path / SCHEMA_FILE).write_text("{}")
    keep_schema(tmp_path)
    assert (tmp_path / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text(load_catalog())


def test_a_schema_that_is_up_to_date_is_not_written_again(tmp_path: Path) -> None:
    keep_schema(tmp_path)
    before = (tmp_path / SCHEMA_FILE).stat()
    keep_schema(tmp_path)
    after = (tmp_path / SCHEMA_FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_schema_that_cannot_be_written_stops_no_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / SCHEMA_FILE / "in the way").mkdir(parents=True)
    home.chmod(0o700)
    prepare(Settings(home=home))
    assert (home / "family.yaml").is_file()


def test_a_start_does_not_wait_for_another_that_writes_the_schema(tmp_path: Path) -> None:
    with locked(tmp_path / SCHEMA_FILE):
        keep_schema(tmp_path)
    assert not (tmp_path / SCHEMA_FILE).exists()


def test_without_our_own_sources_a_home_has_no_schema_and_still_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_sources(_: object) -> str:
        raise OSError("could not get source code")  # as inspect says it

    monkeypatch.setattr("store.schema_file.schema_text", without_sources)
    keep_schema(tmp_path)
    assert [*tmp_path.iterdir()] == []
