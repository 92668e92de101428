"""What comes as a list, kept as it comes, while it is looked through unpacked. Law: memory stays flat, whatever comes."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from store.files import NEW_FILE_MODE, give_to_household
from store.list_faults import Fault, ListRefused
from store.list_files import GZIP_MAGIC

UNPACKED_PIECE_BYTES = 1 << 16
"""A bomb is unpacked in such pieces until it is too large."""
GZIP_WINDOW = 16 + zlib.MAX_WBITS
"""zlib's way to say: gzip, with its checksum."""

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 and UTF-32 begin. Without such a mark their names are full of NUL."""


class Intake:
    """One list as it comes, packed with gzip or not."""

    def __init__(self, file: BinaryIO, *, wire_bytes: int, unpacked_bytes: int) -> None:
        """The file is open for writing and keeps nothing back."""
        self.size = 0
        """Bytes so far, as they came."""
        self._file = file
        self._wire_bytes = wire_bytes
        self._unpacked_bytes = unpacked_bytes
        self._unpacked_size = 0
        self._hash = hashlib.sha256()
        self._start = b""
        self._is_begun = False
        self._gzip: zlib._Decompress | None = None
        self._head: bytes | None = b""

    @property
    def sha256(self) -> str:
        """Of all bytes so far, as they came."""
        return self._hash.hexdigest()

    def feed(self, piece: bytes) -> None:
        """Keep what came next.

        Raises:
            ListRefused: this is no list, or too large, or the disk is full.
        """
        self.size += len(piece)
        if self.size > self._wire_bytes:
            raise ListRefused(Fault.TOO_LARGE, str(self._wire_bytes))
        self._hash.update(piece)
        self._write(piece)
        if not self._is_begun:
            piece = self._start = self._start + piece
            if len(piece) < len(GZIP_MAGIC):
                return
            self._is_begun = True
            self._gzip = zlib.decompressobj(GZIP_WINDOW) if piece.startswith(GZIP_MAGIC) else None
        self._unpack(piece)

    def finish(self) -> None:
        """Say that nothing more comes.

        Raises:
            ListRefused: the packing goes on, or the disk is full.
        """
        if self._gzip is not None and not self._gzip.eof:
            raise ListRefused(Fault.CUT, "gzip")
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _full(error) from error

    def _write(self, piece: bytes) -> None:
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise _full(error) from error

    def _unpack(self, piece: bytes) -> None:
        if self._gzip is None:
            self._look(piece)
            return
        try:
            while piece:
                if self._gzip.eof:
                    # gzip files may be joined, and filled up with zeros (RFC 1952 section 2.2)
                    piece = piece.lstrip(b"\0")
                    if not piece:
                        return
                    self._gzip = zlib.decompressobj(GZIP_WINDOW)
                self._look(self._gzip.decompress(piece, UNPACKED_PIECE_BYTES))
                piece = self._gzip.unused_data or self._gzip.unconsumed_tail
        except zlib.error as error:
            raise ListRefused(Fault.PACKING, "gzip") from error

    def _look(self, text: bytes) -> None:
        self._unpacked_size += len(text)
        if self._unpacked_size > self._unpacked_bytes:
            raise ListRefused(Fault.TOO_LARGE, str(self._unpacked_bytes))
        if self._head is not None:
            head = (self._head + text).removeprefix(_BOM).lstrip()
            self._head = head if len(head) < len(_BOM) else None
            _look_at_head(head)
        if b"\0" in text:
            raise ListRefused(Fault.NOT_TEXT, "NUL")


@contextmanager
def intake(into: Path, *, wire_bytes: int, unpacked_bytes: int) -> Iterator[Intake]:
    """A list on its way into a new file, which is whole on the disk after the block, and gone if the block raises.

    Raises:
        ListRefused: the disk refused.
    """
    try:
        file = open(into, "wb", buffering=0, opener=_private)  # noqa: SIM115  # Path.open takes no opener
    except OSError as error:
        raise _full(error) from error
    try:
        with file:
            give_to_household(into, file.fileno())
            taken = Intake(file, wire_bytes=wire_bytes, unpacked_bytes=unpacked_bytes)
            yield taken
            taken.finish()
    except BaseException:
        into.unlink(missing_ok=True)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, NEW_FILE_MODE)


def _full(error: OSError) -> ListRefused:
    return ListRefused(Fault.DISK, error.strerror or str(error))


def _look_at_head(head: bytes) -> None:
    if head.startswith(_UTF_16):
        raise ListRefused(Fault.NOT_TEXT, "UTF-16")
    # no format of lists has a line that begins so
    if head.startswith(b"<"):
        raise ListRefused(Fault.WEB_PAGE)
    if head.startswith(GZIP_MAGIC):
        raise ListRefused(Fault.PACKING, "gzip, twice")
