"""What may come as a list, in whatever pieces."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.list_body import intake
from store.list_faults import Fault, ListRefused

LIST = b"a.example\nb.example\n" * 20
BAD = [
    (gzip.compress(LIST)[:-9], Fault.CUT),
    (gzip.compress(LIST) + b"more", Fault.PACKING),
    (gzip.compress(LIST)[:-8] + bytes(8), Fault.PACKING),
    (gzip.compress(gzip.compress(LIST)), Fault.PACKING),
    (LIST.decode().encode("utf-16"), Fault.NOT_TEXT),
    (LIST.decode().encode("utf-16-le"), Fault.NOT_TEXT),
    (LIST.decode().encode("utf-32"), Fault.NOT_TEXT),
    (gzip.compress(LIST + b"\0"), Fault.NOT_TEXT),
    (b"\xef\xbb\xbf \r\n<!DOCTYPE html>" + LIST, Fault.WEB_PAGE),
    (gzip.compress(b"\n<html>" + LIST), Fault.WEB_PAGE),
    (b"a.example\n" * 500, Fault.TOO_LARGE),
    (gzip.compress(b"a.example\n" * 2000), Fault.TOO_LARGE),
]
GOOD = [
    LIST,
    b"\xef\xbb\xbf" + LIST,
    b"# <html> is not how it begins\n" + LIST,
    "cốccốc.example\n".encode(),
    "café.example\n".encode("latin-1"),
    gzip.compress(LIST),
    gzip.compress(LIST) + gzip.compress(LIST) + bytes(600),
    b"",
    b"a",
]


def take(into: Path, pieces: Iterable[bytes]) -> str:
    with intake(into, wire_bytes=4096, unpacked_bytes=16384) as taken:
        for piece in pieces:
            taken.feed(piece)
    return taken.sha256


def cut_up(content: bytes, places: set[int]) -> list[bytes]:
    ends = sorted({place % (len(content) + 1) for place in places} | {0, len(content)})
    return [content[start:end] for start, end in pairwise(ends)]


@pytest.fixture(scope="module")
def into(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists") / "bets.new"


@given(content=st.sampled_from(GOOD), places=st.sets(st.integers(0, 5000), max_size=20))
def test_a_list_is_kept_as_it_comes_in_whatever_pieces(
    into: Path, content: bytes, places: set[int]
) -> None:
    sha256 = take(into, cut_up(content, places))

    assert into.read_bytes() == content
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert into.stat().st_mode & 0o777 == 0o600


@given(bad=st.sampled_from(BAD), places=st.sets(st.integers(0, 5000), max_size=20))
def test_what_is_no_list_is_refused_and_not_kept_in_whatever_pieces(
    into: Path, bad: tuple[bytes, Fault], places: set[int]
) -> None:
    content, fault = bad
    with pytest.raises(ListRefused) as refused:
        take(into, cut_up(content, places))

    assert refused.value.fault is fault
    assert not into.exists()


def test_a_piece_of_a_bomb_is_unpacked_no_further_than_the_limit(
    into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[int] = []
    real = zlib.decompressobj

    class Counting:
        def __init__(self, window: int) -> None:
            self._real = real(window)

        def decompress(self, piece: bytes, most: int) -> bytes:
            text = self._real.decompress(piece, most)
            unpacked.append(len(text))
            return text

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    with pytest.raises(ListRefused):
        take(into, [gzip.compress(b"a" * 2_000_000)])

    assert sum(unpacked) <= 16384 + 65536


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    into = tmp_path / "full"
    into.symlink_to("/dev/full")
    with pytest.raises(ListRefused) as refused:
        take(into, [LIST])

    assert refused.value.fault is Fault.DISK
    assert refused.value.detail == os.strerror(28)
    assert not into.is_symlink()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ListRefused) as refused:
        take(tmp_path / "gone" / "bets.new", [LIST])

    assert refused.value.fault is Fault.DISK
