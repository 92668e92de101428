"""Lists and tables on disk: packed, damaged, hostile, replaced while mapped."""

import gzip
from pathlib import Path

import pytest

from rules.domain_table import TableBuilder
from rules.list_entry import Claim, Entry, Source
from store import list_files
from store.list_files import (
    LONGEST_LINE,
    is_table,
    map_table,
    read_lines,
    verify_table,
    write_table,
)


def table_of(*names: str) -> bytes:
    builder = TableBuilder()
    builder.add(Source(name="a"), [Entry(1, name, Claim.TREE) for name in names])
    return builder.finish()


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / "list.txt"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lines_are_read_packed_or_not(tmp_path: Path, pack: type[bytes]) -> None:
    path = file_of(tmp_path, pack("\ufeffa.com\r\ncốccốc.vn\n".encode()))

    assert [line.rstrip() for line in read_lines(path)] == ["a.com", "cốccốc.vn"]


def test_what_is_not_utf_8_does_not_end_the_reading(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"a.com\n\xff\xfe.com\nb.com\n")

    assert [line.rstrip() for line in read_lines(path)] == ["a.com", "\ufffd\ufffd.com", "b.com"]


@pytest.mark.parametrize("cut", [15, -1])
def test_a_packed_list_that_is_cut_short_is_an_error(tmp_path: Path, cut: int) -> None:
    path = file_of(tmp_path, gzip.compress(b"a.com\n" * 1000)[:cut])

    with pytest.raises(OSError, match="cut short"):
        list(read_lines(path))


def test_a_packed_list_that_is_damaged_is_an_error(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(b"a.com\n" * 1000))
    content[-8] ^= 1
    path = file_of(tmp_path, bytes(content))

    with pytest.raises(OSError, match="CRC"):
        list(read_lines(path))


def test_a_list_that_grows_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_files, "MOST_CHARACTERS", 10_000)
    path = file_of(tmp_path, gzip.compress(b"a.com\n" * 10_000))

    with pytest.raises(ValueError, match="larger than any list"):
        list(read_lines(path))


def test_a_line_without_end_comes_in_pieces(tmp_path: Path) -> None:
    path = file_of(tmp_path, gzip.compress(b"a" * (3 * LONGEST_LINE)))

    assert [len(piece) for piece in read_lines(path)] == [LONGEST_LINE] * 3


def test_a_list_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_lines(tmp_path / "nowhere.txt"))


def test_a_table_written_is_a_table_mapped(tmp_path: Path) -> None:
    path = tmp_path / "all.table"

    write_table(path, table_of("a.com"))

    assert is_table(path)
    verify_table(path)
    assert [hit.domain for hit in map_table(path).find("www.a.com")] == ["a.com"]


def test_who_has_mapped_a_table_keeps_it_when_a_new_one_comes(tmp_path: Path) -> None:
    path = tmp_path / "all.table"
    write_table(path, table_of("a.com"))
    old = map_table(path)

    write_table(path, table_of("b.com", "c.com"))

    assert old.find("a.com")
    assert not old.find("b.com")
    assert map_table(path).find("b.com")


def test_a_table_that_is_not_whole_does_not_take_the_place_of_one_that_is(tmp_path: Path) -> None:
    path = tmp_path / "all.table"
    write_table(path, table_of("a.com"))
    damaged = table_of("b.com")[:-1] + b"?"

    with pytest.raises(ValueError, match="damaged"):
        write_table(path, damaged)

    assert map_table(path).find("a.com")


@pytest.mark.parametrize("content", [b"", b"a.com\n", table_of("a.com")[:-1]])
def test_a_file_that_holds_no_whole_table_is_not_mapped(tmp_path: Path, content: bytes) -> None:
    path = file_of(tmp_path, content)

    with pytest.raises(ValueError, match=r"table|empty"):
        map_table(path)


def test_a_damaged_table_is_noticed_when_it_is_read_whole(tmp_path: Path) -> None:
    path = file_of(tmp_path, table_of("a.com")[:-1] + b"\1")

    with pytest.raises(ValueError, match="checksum"):
        verify_table(path)


def test_a_list_is_no_table(tmp_path: Path) -> None:
    assert not is_table(file_of(tmp_path, b"a.com\n"))
    assert not is_table(file_of(tmp_path, b""))
