"""Lists and compiled tables as files on disk: lines of the one, packed or not, and the other mapped, never loaded."""

import gzip
import mmap
import zlib
from collections.abc import Iterator
from pathlib import Path

from rules.domain_table import MAGIC, DomainTable, verify
from store.files import locked, replace_bytes

MOST_CHARACTERS = 1 << 29
"""Of a list unpacked; the largest that is published (UT1 adult, 4.5 million domains) has 1 << 27."""
LONGEST_LINE = 1 << 16
"""Characters. Longer lines are given in pieces, so that one without an end fills no memory."""
GZIP_MAGIC = b"\x1f\x8b"


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a list, gzip or plain. What is not UTF-8 comes as replacement characters.

    Raises:
        OSError: the file cannot be read, or the packing is broken.
        ValueError: unpacked, it is larger than any list.
    """
    left = MOST_CHARACTERS
    opened = gzip.open if _begins_with(path, GZIP_MAGIC) else open
    with opened(path, "rt", encoding="utf-8-sig", errors="replace") as text:
        try:
            while line := text.readline(LONGEST_LINE):
                left -= len(line)
                if left < 0:
                    raise ValueError(f"{path.name} is larger than any list")
                yield line
        except (EOFError, zlib.error) as error:
            raise OSError(f"{path.name} is cut short or damaged") from error


def is_table(path: Path) -> bool:
    """Whether a file holds a compiled table, damaged or not.

    Raises:
        OSError: the file cannot be read.
    """
    return _begins_with(path, MAGIC)


def map_table(path: Path) -> DomainTable:
    """The table in a file, mapped: every process that maps it shares its memory. Costs less than a millisecond.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no table, or a damaged one.
    """
    return DomainTable(_mapped(path))


def verify_table(path: Path) -> None:
    """Read the table in a file whole, and compare its checksum.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no table, or a damaged one.
    """
    verify(_mapped(path))


def write_table(path: Path, table: bytes) -> None:
    """Put a table in the place of a file, whole and read once more, or not at all. Who has mapped the old one keeps it.

    Raises:
        OSError: the disk refused; the old file is untouched.
        ValueError: what the disk gives back is no whole table; the old file is untouched.
    """
    with locked(path):
        replace_bytes(path, table, check=verify_table)


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        # the mapping lives as long as a view of it does, longer than the open file
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
