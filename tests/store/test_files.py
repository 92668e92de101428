"""Replacing a file: whole or not at all, one writer at a time, mode and links kept."""

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from store.files import is_locked, locked, replace_bytes, replace_text, stamp
from store.list_body import intake

NOBODY = 65534


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "family.yaml"

    replace_text(path, "Nhà mình\r\n")

    assert path.read_bytes() == "Nhà mình\r\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "all.table"

    replace_bytes(path, b"\xff\0\r\n")

    assert path.read_bytes() == b"\xff\0\r\n"


def test_the_mode_stays(tmp_path: Path) -> None:
    path = tmp_path / "family.yaml"
    path.touch()
    path.chmod(0o664)

    replace_text(path, "new")

    assert stat.S_IMODE(path.stat().st_mode) == 0o664


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_makes_anew_is_its_folders_owners(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    path, taken = tmp_path / "all.table", tmp_path / "bets.new"
    with locked(path), intake(taken, wire_bytes=9, unpacked_bytes=9):
        replace_bytes(path, b"table")
    assert {one.name: one.stat().st_uid for one in tmp_path.iterdir()} == {
        "all.table": NOBODY,
        "all.table.lock": NOBODY,
        "bets.new": NOBODY,
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_parents_file_stays_theirs_when_a_service_of_root_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "family.yaml"
    path.touch()
    os.chown(path, NOBODY, NOBODY)

    replace_text(path, "new")

    assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY, NOBODY)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "notes" / "rules.yaml"
    real.parent.mkdir()
    real.write_text("old", encoding="utf-8")
    link = tmp_path / "family.yaml"
    link.symlink_to(real)

    replace_text(link, "new")

    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"


def test_what_a_crash_left_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "family.yaml"
    (tmp_path / ".family.yaml.new").write_text("half of a much longer text", encoding="utf-8")

    replace_text(path, "new")

    assert path.read_text(encoding="utf-8") == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["family.yaml"]


def test_a_link_laid_where_the_new_text_goes_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("precious", encoding="utf-8")
    (tmp_path / ".family.yaml.new").symlink_to(other)

    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        replace_text(tmp_path / "family.yaml", "new")

    assert other.read_text(encoding="utf-8") == "precious"


def test_text_that_utf8_cannot_say_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "family.yaml"
    path.write_text("old", encoding="utf-8")

    with pytest.raises(UnicodeEncodeError):
        replace_text(path, "\ud800")

    assert path.read_text(encoding="utf-8") == "old"


def test_the_lock_lets_one_in_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "counter"
    path.write_text("0", encoding="utf-8")

    def add_one(_: int) -> None:
        with locked(path):
            replace_text(path, str(int(path.read_text(encoding="utf-8")) + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(40)))

    assert path.read_text(encoding="utf-8") == "40"


def test_the_lock_is_given_up_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with pytest.raises(KeyError), locked(path):
        raise KeyError

    with locked(path):
        assert (tmp_path / "x.lock").exists()


def test_who_does_not_wait_for_the_lock_is_told(tmp_path: Path) -> None:
    path = tmp_path / "home"
    with locked(path), pytest.raises(BlockingIOError), locked(path, wait=False):
        pass
    with locked(path, wait=False):
        assert (tmp_path / "home.lock").exists()


def test_whether_somebody_has_a_lock_can_be_asked_without_taking_it(tmp_path: Path) -> None:
    path = tmp_path / "family.yaml"
    assert not is_locked(path)
    with locked(path):
        assert is_locked(path)
    assert not is_locked(path)


def test_a_stamp_changes_with_the_file_and_with_its_replacement(tmp_path: Path) -> None:
    path = tmp_path / "family.yaml"
    assert stamp(path) is None
    replace_text(path, "old")
    first = stamp(path)
    assert first is not None
    assert first == stamp(path)
    replace_text(path, "new")
    os.utime(path, ns=(first[0], first[0]))
    assert stamp(path) not in {None, first}


def test_what_fails_its_check_does_not_take_the_place(tmp_path: Path) -> None:
    path = tmp_path / "all.table"
    replace_bytes(path, b"old")

    def check(beside: Path) -> None:
        assert (beside.read_bytes(), path.read_bytes()) == (b"new", b"old")
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        replace_bytes(path, b"new", check=check)
    assert path.read_bytes() == b"old"
