from pathlib import Path

import pytest

from rules.domain_table import TableBuilder
from rules.list_entry import Claim, Entry, Source
from store.list_files import write_table
from store.list_table import TABLE_FILE, TableInForce


def put(folder: Path, *names: str) -> None:
    builder = TableBuilder()
    builder.add(Source(name="a"), [Entry(1, name, Claim.TREE) for name in names])
    write_table(folder / TABLE_FILE, builder.finish())


def test_where_no_list_was_fetched_there_is_no_table(tmp_path: Path) -> None:
    assert TableInForce(tmp_path / "nowhere").look() is None


def test_another_table_is_taken_up_and_the_old_one_stays_readable(tmp_path: Path) -> None:
    followed = TableInForce(tmp_path)
    put(tmp_path, "old.example")
    old = followed.look()
    assert old is followed.look()
    put(tmp_path, "new.example", "other.example")
    new = followed.look()
    assert old is not None
    assert new is not None
    assert (bool(old.find("old.example")), bool(new.find("old.example"))) == (True, False)


@pytest.mark.parametrize("damage", [b"", b"no table", b"PORCHTBL" + bytes(100)])
def test_a_damaged_table_changes_nothing(tmp_path: Path, damage: bytes) -> None:
    followed = TableInForce(tmp_path)
    put(tmp_path, "old.example")
    good = followed.look()
    (tmp_path / TABLE_FILE).write_bytes(damage)
    assert followed.look() is good
    put(tmp_path, "new.example", "other.example")
    assert followed.look() is not good


def test_a_table_that_vanishes_stays_in_force(tmp_path: Path) -> None:
    followed = TableInForce(tmp_path)
    put(tmp_path, "old.example")
    good = followed.look()
    (tmp_path / TABLE_FILE).unlink()
    assert followed.look() is good
