"""What becomes the list in force, what does not, and what is written down of both. Downloads: test_list_hostile.py."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rules.list_formats import Format
from rules.list_names import Skip
from rules.list_text import Example, Skipped
from store import list_copies
from store.list_copies import (
    Copy,
    Problem,
    Record,
    forget,
    list_path,
    read_copy,
    read_record,
    renew,
)
from store.list_faults import Fault, ListRefused
from store.list_fetch import Fetched, NotModified, Validators, read_own
from store.list_wire import Limits
from store.lists import load_guard

SHARED = Path(__file__).parents[3] / "shared" / "lists"
KEY = "danh-sách"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TEN = "".join(f"bet{number}.example\n" for number in range(10))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The family's own file: the simplest way to give a list."""
    folder = tmp_path / "own"
    folder.mkdir()
    return folder / "ours.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def offer(folder: Path, own: Path) -> Callable[..., Record]:
    """Try to renew the list with this content."""

    def tried(content: str | bytes, *, may_shrink: bool = False) -> Record:
        own.write_bytes(content if isinstance(content, bytes) else content.encode())
        return renew_own(folder, own, may_shrink=may_shrink)

    return tried


def renew_own(
    folder: Path,
    own: Path,
    *,
    source: str = "ours.txt",
    moment: datetime = NOW,
    may_shrink: bool = False,
) -> Record:
    return renew(
        folder,
        KEY,
        source=source,
        get=lambda into, known: read_own(own, into, known=known, limits=Limits()),
        moment=moment,
        may_shrink=may_shrink,
    )


def problem(fault: Fault, detail: str, *, source: str) -> Problem:
    """Of a first try."""
    return Problem(fault=fault, detail=detail, source=source, at=NOW, since=NOW, tries=1)


def in_force(folder: Path) -> bytes:
    copy = read_copy(folder, KEY)
    assert copy is not None
    return list_path(folder, KEY, copy).read_bytes()


def lists_in(folder: Path) -> list[Path]:
    return [*folder.glob("*.list")]


def fault_of(record: Record) -> Fault | None:
    return record.problem.fault if record.problem else None


def test_a_list_is_written_down_with_all_that_was_found_in_it(
    folder: Path, offer: Callable[..., Record]
) -> None:
    record = offer(
        "\ufeff# Title: Bets\n# Number of entries: 4\nbet.example\nbad.example/page\n"
        "www.facebook.com\n10.0.0.1\n"
    )

    assert record == read_record(folder, KEY)
    assert record.problem is None
    assert record.copy is not None
    assert record.copy == read_copy(folder, KEY)
    assert record.copy == Copy(
        source="ours.txt",
        validators=record.copy.validators,
        sha256=record.copy.sha256,
        fetched_at=NOW,
        checked_at=NOW,
        format=Format.DOMAINS,
        entries=1,
        pages=1,
        skipped={
            Skip.GUARD: Skipped(1, [Example(5, "www.facebook.com")]),
            Skip.ADDRESS: Skipped(1, [Example(6, "10.0.0.1")]),
        },
        guarded={"gathering": Skipped(1, [Example(5, "www.facebook.com")])},
        stated=4,
        header={"title": "Bets", "number of entries": "4"},
    )


def test_a_list_is_kept_as_it_came(folder: Path, offer: Callable[..., Record]) -> None:
    packed = gzip.compress(TEN.encode())
    offer(packed)

    assert in_force(folder) == packed
    assert lists_in(folder)[0].stat().st_mode & 0o777 == 0o600


def test_a_stranger_cannot_say_much(offer: Callable[..., Record]) -> None:
    copy = offer(f"# Title: {'x' * 9999}\n{TEN}").copy

    assert copy is not None
    assert copy.header == {"title": "x" * 200}


def test_a_list_that_has_not_changed_is_fresh_again(
    folder: Path, own: Path, offer: Callable[..., Record]
) -> None:
    first = offer(TEN).copy
    assert first is not None
    own.rename(own.with_suffix(".gone"))
    assert fault_of(renew_own(folder, own, moment=LATER)) is Fault.NO_FILE
    own.with_suffix(".gone").rename(own)
    again = renew_own(folder, own, moment=LATER)

    assert again == Record(copy=replace(first, checked_at=LATER))
    assert in_force(folder) == TEN.encode()


def test_an_older_list_is_removed_when_another_is_in_force(
    folder: Path, offer: Callable[..., Record]
) -> None:
    offer(TEN)
    offer(TEN.upper())

    assert in_force(folder) == TEN.upper().encode()
    assert len(lists_in(folder)) == 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", Fault.EMPTY),
        ("\n", Fault.EMPTY),
        ("# nothing yet\n", Fault.EMPTY),
        ("www.facebook.com\n", Fault.EMPTY),
        ("<", Fault.NO_LIST),
        ("this is no list\nthis is neither\n", Fault.NO_LIST),
        (f"{TEN}google.com\n", Fault.ALARM),
        (f"{TEN}www.google.com.vn\n", Fault.ALARM),
        ("bet.example\n" * 4, Fault.SHRUNK),
    ],
)
def test_the_last_good_copy_stays(
    folder: Path, offer: Callable[..., Record], content: str, fault: Fault
) -> None:
    good = offer(TEN).copy
    record = offer(content)

    assert record == read_record(folder, KEY)
    assert record.copy == good == read_copy(folder, KEY)
    assert fault_of(record) is fault
    assert in_force(folder) == TEN.encode()
    assert len(lists_in(folder)) == 1


def test_a_list_may_lose_half(folder: Path, offer: Callable[..., Record]) -> None:
    offer(TEN)
    five = TEN[: len(TEN) // 2]

    assert fault_of(offer(five)) is None
    assert in_force(folder) == five.encode()


def test_a_list_may_lose_more_if_the_parent_says_so(
    folder: Path, offer: Callable[..., Record]
) -> None:
    offer(TEN)
    refused = offer("bet.example\n").problem
    assert refused == problem(Fault.SHRUNK, "1 < 10", source="ours.txt")

    assert fault_of(offer("bet.example\n", may_shrink=True)) is None
    assert in_force(folder) == b"bet.example\n"


def test_a_list_from_elsewhere_is_another_list(folder: Path, own: Path) -> None:
    own.write_text(TEN)
    renew_own(folder, own)
    asked: list[Validators] = []

    def get(into: Path, known: Validators) -> Fetched | NotModified:
        asked.append(known)
        own.write_text("bet.example\n")
        return read_own(own, into, known=known, limits=Limits())

    record = renew(folder, KEY, source="https://other.example/", get=get, moment=LATER)

    assert asked == [Validators()]
    assert record.problem is None
    assert record.copy is not None
    assert record.copy.source == "https://other.example/"


def test_a_list_of_one_kind_may_name_the_best_known_of_its_kind(
    offer: Callable[..., Record],
) -> None:
    networks = next(group for group in load_guard().groups if group.key == "gathering")
    record = offer("".join(f"{host}\n" for host in networks.hosts) + TEN)

    assert record.problem is None
    assert record.copy is not None
    assert record.copy.entries == 10
    assert record.copy.guarded["gathering"].count == len(networks.hosts)


def test_a_list_of_favourites_is_no_blocklist(offer: Callable[..., Record]) -> None:
    best = [min(group.hosts) for group in load_guard().groups if not group.is_alarm]
    assert fault_of(offer("\n".join(best) + "\n" + TEN)) is Fault.FAVOURITES

    few = "".join(f"bet{number}.example\n" for number in range(200 * len(best)))
    assert fault_of(offer("\n".join(best) + "\n" + few)) is None


@pytest.mark.skipif(not SHARED.exists(), reason="no published lists in ../shared/lists")
@pytest.mark.parametrize(
    ("name", "fault", "refused"),
    [
        ("chongluadao/urls-pihole.txt", None, 7),
        ("ut1-social_networks.domains.txt", None, 14),
        ("sinfonietta/social-hosts", None, 29),
        ("mixed-ads-trackers.domains.txt", None, 47),
        ("benign/opendns-top-domains.txt", Fault.ALARM, 0),
    ],
)
def test_published_lists_are_told_from_lists_of_favourites(
    folder: Path, name: str, fault: Fault | None, refused: int
) -> None:
    record = renew_own(folder, SHARED / name, source=name)

    assert fault_of(record) is fault
    guarded = record.copy.guarded.values() if record.copy else ()
    assert sum(one.count for one in guarded) == refused


def test_a_kill_between_the_two_files_leaves_the_old_copy(
    folder: Path, own: Path, offer: Callable[..., Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = offer(TEN).copy

    def killed(_path: Path, _content: bytes) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as planted:
        planted.setattr(list_copies, "replace_bytes", killed)
        with pytest.raises(KeyboardInterrupt):
            offer(TEN.upper())
    assert len(lists_in(folder)) == 2
    assert read_copy(folder, KEY) == good
    assert in_force(folder) == TEN.encode()

    renew_own(folder, own)
    assert in_force(folder) == TEN.upper().encode()
    assert len(lists_in(folder)) == 1


@pytest.mark.parametrize("damage", [b"bat0.example\n", None])
def test_a_list_that_is_not_the_one_written_down_is_no_copy(
    folder: Path, own: Path, offer: Callable[..., Record], damage: bytes | None
) -> None:
    offer(TEN)
    if damage is None:
        lists_in(folder)[0].unlink()
    else:
        lists_in(folder)[0].write_bytes(damage)
    assert read_copy(folder, KEY) is None

    # its version is not told to the server: there is nothing to keep
    assert renew_own(folder, own).problem is None
    assert in_force(folder) == TEN.encode()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"copy": {"source": 1}}', b"\xff"])
def test_a_damaged_record_is_none(
    folder: Path, own: Path, offer: Callable[..., Record], damage: bytes
) -> None:
    offer(TEN)
    (folder / f"{KEY}.json").write_bytes(damage)
    assert read_record(folder, KEY) == Record()

    assert renew_own(folder, own).copy == read_copy(folder, KEY)
    assert in_force(folder) == TEN.encode()


def test_a_server_that_says_we_have_it_when_we_have_not_is_refused(folder: Path) -> None:
    record = renew(folder, KEY, source="x", get=lambda _into, _known: NotModified(), moment=NOW)

    assert record == Record(problem=problem(Fault.STATUS, "304", source="x"))


def test_a_try_that_was_cancelled_is_no_problem(folder: Path, offer: Callable[..., Record]) -> None:
    def get(_into: Path, _known: Validators) -> Fetched:
        raise ListRefused(Fault.CANCELLED)

    before = offer("")
    assert renew(folder, KEY, source="ours.txt", get=get, moment=LATER) == before


def test_of_one_list_there_is_one_try_at_a_time(folder: Path, own: Path) -> None:
    own.write_text(TEN)
    is_inside, may_go, order = threading.Event(), threading.Event(), list[str]()

    def slow(into: Path, known: Validators) -> Fetched | NotModified:
        is_inside.set()
        assert may_go.wait(20)
        order.append("slow")
        return read_own(own, into, known=known, limits=Limits())

    def quick(into: Path, known: Validators) -> Fetched | NotModified:
        order.append("quick")
        return read_own(own, into, known=known, limits=Limits())

    def start(get: list_copies.Source) -> threading.Thread:
        thread = threading.Thread(
            target=lambda: renew(folder, KEY, source="ours.txt", get=get, moment=NOW)
        )
        thread.start()
        return thread

    first = start(slow)
    assert is_inside.wait(20)
    second = start(quick)
    second.join(0.2)
    assert order == []
    may_go.set()
    first.join()
    second.join()
    assert order == ["slow", "quick"]


def test_lists_that_nobody_uses_are_forgotten(folder: Path, offer: Callable[..., Record]) -> None:
    offer(TEN)
    for name in ("old.0123456789abcdef.list", "old.json", "old.new", "all.table", "all.table.lock"):
        (folder / name).touch()
    forget(folder, {KEY})
    left = {path.name for path in folder.iterdir()}
    assert {name for name in left if not name.startswith(KEY)} == {
        "own",
        "all.table",
        "all.table.lock",
    }
    assert in_force(folder) == TEN.encode()

    forget(folder, ())
    assert read_record(folder, KEY) == Record()
    assert lists_in(folder) == []
    assert (folder / "own" / "ours.txt").exists()
