"""When a table is compiled, of what, and what happens to a copy that cannot be used."""

import gzip
import tracemalloc
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from rules.guard import Guard, GuardGroup
from rules.subscription import Subscription
from store import list_compile
from store.list_compile import compile_copies, made_of, present_copies
from store.list_copies import list_path, read_copy, renew
from store.list_fetch import read_own
from store.list_files import read_lines
from store.list_progress import Step
from store.list_table import TABLE_FILE, TableInForce
from store.list_wire import Limits
from tests.store.list_house import NOW, by_key, own

BETS, SCAMS = own("bets"), own("scams", category=None)
BOTH = by_key(BETS, SCAMS)


def put(folder: Path, key: str, text: str | bytes, moment: datetime = NOW) -> None:
    """A copy of a list."""
    path = folder / f"{key}.source"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    record = renew(
        folder,
        key,
        source=key,
        get=lambda into, known: read_own(path, into, known=known, limits=Limits()),
        moment=moment,
    )
    assert record.problem is None


def compiled(folder: Path, lists: dict[str, Subscription] = BOTH) -> int | None:
    return compile_copies(folder, lists, lambda *_: None)


def found(folder: Path, host: str) -> list[str]:
    table = TableInForce(folder).look()
    assert table is not None
    return [hit.source.name for hit in table.find(host)]


def test_all_copies_go_into_one_table_under_their_keys(tmp_path: Path) -> None:
    put(tmp_path, "bets", "bet.example\nboth.example\n")
    put(tmp_path, "scams", gzip.compress(b"scam.example\nboth.example\n"))
    assert compiled(tmp_path) == 3
    assert found(tmp_path, "www.both.example") == ["bets", "scams"]
    assert found(tmp_path, "bet.example") == ["bets"]
    table = TableInForce(tmp_path).look()
    assert table is not None
    assert [(one.name, one.categories) for one in table.sources] == [
        ("bets", ("gambling",)),
        ("scams", ()),
    ]


def test_what_no_list_may_block_is_not_in_the_table(tmp_path: Path) -> None:
    put(tmp_path, "bets", "bet.example\nwikipedia.org\n")
    assert compiled(tmp_path) == 1
    assert found(tmp_path, "wikipedia.org") == []


def test_the_same_copies_are_compiled_once(tmp_path: Path) -> None:
    put(tmp_path, "bets", "bet.example\n")
    assert compiled(tmp_path) == 1
    before = (tmp_path / TABLE_FILE).stat()
    put(tmp_path, "bets", "bet.example\n")
    assert compiled(tmp_path) is None
    assert compiled(tmp_path, by_key(SCAMS, replace(BETS, category="adult"))) is None
    assert (tmp_path / TABLE_FILE).stat() == before


def test_another_copy_or_list_is_another_table(tmp_path: Path) -> None:
    put(tmp_path, "bets", "bet.example\n")
    compiled(tmp_path)
    put(tmp_path, "bets", "other.example\nmore.example\n")
    assert compiled(tmp_path) == 2
    put(tmp_path, "scams", "scam.example\n")
    assert compiled(tmp_path) == 3
    assert compiled(tmp_path, by_key(SCAMS)) == 1
    assert found(tmp_path, "other.example") == []


def test_another_guard_or_way_of_reading_is_another_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "bets", "bet.example\nhelp.example\n")
    assert compiled(tmp_path) == 2
    group = GuardGroup(key="help", why={}, hosts=frozenset({"help.example"}))
    monkeypatch.setattr(list_compile, "load_guard", lambda: Guard(groups=(group,)))
    list_compile._guard.cache_clear()
    assert compiled(tmp_path) == 1
    monkeypatch.setattr(list_compile, "READING", 10_000)
    assert compiled(tmp_path) == 1
    assert compiled(tmp_path) is None
    list_compile._guard.cache_clear()


def test_a_house_without_lists_needs_no_table(tmp_path: Path) -> None:
    assert compiled(tmp_path) is None
    assert not (tmp_path / TABLE_FILE).exists()


def test_when_the_last_list_is_off_the_table_is_empty(tmp_path: Path) -> None:
    put(tmp_path, "bets", "bet.example\n")
    compiled(tmp_path)
    assert compiled(tmp_path, {}) == 0
    assert found(tmp_path, "bet.example") == []
    assert compiled(tmp_path, {}) is None


@pytest.mark.parametrize("damage", [b"", b"no table", b"PORCHTBL" + bytes(100)])
def test_a_damaged_table_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    put(tmp_path, "bets", "bet.example\n")
    (tmp_path / TABLE_FILE).write_bytes(damage)
    assert compiled(tmp_path) == 1


def test_a_damaged_copy_is_left_out_and_fetched_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path, "bets", "bet.example\n")
    put(tmp_path, "scams", "scam.example\n")
    copy = read_copy(tmp_path, "bets")
    assert copy is not None
    list_path(tmp_path, "bets", copy).write_text("wikipedia.example\n")
    assert compiled(tmp_path) == 1
    assert found(tmp_path, "wikipedia.example") == []
    assert "bets was damaged" in caplog.text
    assert "bets" not in present_copies(tmp_path, BOTH)
    put(tmp_path, "bets", "bet.example\n")
    assert compiled(tmp_path) == 2


def test_a_copy_that_is_read_as_no_list_any_more_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path, "bets", "bet.example\n")
    put(tmp_path, "scams", "scam.example\n")
    words = ["no list at all\n"] * 9
    monkeypatch.setattr(
        list_compile, "read_lines", lambda path: words if "bets" in path.name else read_lines(path)
    )
    assert compiled(tmp_path) == 1
    assert found(tmp_path, "scam.example") == ["scams"]
    assert "bets is read as no list any more" in caplog.text
    assert compiled(tmp_path) is None


def test_a_disk_that_refuses_leaves_the_old_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "bets", "bet.example\n")
    compiled(tmp_path)
    before = (tmp_path / TABLE_FILE).read_bytes()
    put(tmp_path, "bets", "other.example\nmore.example\n")
    (tmp_path / f".{TABLE_FILE}.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        compiled(tmp_path)
    assert (tmp_path / TABLE_FILE).read_bytes() == before


def test_it_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_compile, "NOTED_LINES", 1)
    put(tmp_path, "bets", "bet.example\nbet2.example\n")
    put(tmp_path, "scams", gzip.compress(b"scam.example\n"))
    noted: list[object] = []
    compile_copies(tmp_path, BOTH, lambda *said: noted.append(said))
    assert noted == [
        ("bets", Step.COMPILE, 0, 25),
        ("bets", Step.COMPILE, 12, 25),
        ("scams", Step.COMPILE, 0, None),
    ]


def test_what_it_is_made_of_does_not_depend_on_the_order(tmp_path: Path) -> None:
    put(tmp_path, "bets", "bet.example\n")
    put(tmp_path, "scams", "scam.example\n")
    one = present_copies(tmp_path, BOTH)
    other = present_copies(tmp_path, by_key(SCAMS, BETS))
    assert made_of(one) == made_of(other)
    assert made_of(one).startswith("table 1, reading 1, guard ")


def test_memory_grows_by_less_than_100_bytes_a_domain(tmp_path: Path) -> None:
    put(tmp_path, "bets", "".join(f"bet{number}.example\n" for number in range(50_000)))
    put(tmp_path, "scams", "scam.example\n")
    compiled(tmp_path, by_key(SCAMS))  # what is loaded once does not count
    tracemalloc.start()
    compiled(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * 50_000
