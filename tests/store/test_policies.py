"""The rule file and its history: no edit is lost, none is mixed, whatever breaks in between."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from rules.catalog import Catalog
from rules.policy_text import PolicyError, revision_of
from store import policies
from store.policies import NOTHING, PolicyText, RevisionMoved

CATALOG = Catalog()
OLD = "porchlight: 1\ntimezone: UTC\n"
NEW = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh  # ở nhà\r\n"
THIRD = "porchlight: 1\ntimezone: Europe/Paris\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "family.yaml"
    write(path, OLD)
    return path


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def save(engine: Engine, path: Path, text: str = NEW, *, expected: str = OLD) -> PolicyText:
    return policies.save(
        engine,
        path,
        text,
        expected=revision_of(expected),
        who="Mẹ",
        why="ngủ sớm hơn",
        catalog=CATALOG,
    )


def past(engine: Engine) -> list[tuple[str, str]]:
    return [(entry.text, entry.who) for entry in policies.history(engine)]


def test_a_file_is_read_as_it_is(path: Path) -> None:
    write(path, NEW)

    assert policies.read(path) == PolicyText(text=NEW, revision=revision_of(NEW))


def test_a_file_that_is_no_text_is_refused_with_its_line(path: Path) -> None:
    path.write_bytes(b"porchlight: 1\nname: \xff\n")

    with pytest.raises(PolicyError, match=r"family.yaml:2:1: the file is not UTF-8 text"):
        policies.read(path)


def test_a_file_that_is_too_large_is_refused(path: Path) -> None:
    path.write_bytes(b"#" * (1024 * 1024))
    assert len(policies.read(path).text) == 1024 * 1024

    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(PolicyError, match="larger than 1 MiB"):
        policies.read(path)


def test_a_missing_file_is_the_systems_to_tell(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        policies.read(tmp_path / "none.yaml")


def test_an_edit_replaces_the_file_and_both_texts_are_in_the_history(
    database: Engine, path: Path
) -> None:
    saved = save(database, path)

    assert saved == policies.read(path) == PolicyText(text=NEW, revision=revision_of(NEW))
    assert past(database) == [(NEW, "Mẹ"), (OLD, "file")]
    newest = policies.newest(database)
    assert newest is not None
    assert newest.why == "ngủ sớm hơn"


def test_a_wrong_text_changes_nothing(database: Engine, path: Path) -> None:
    with pytest.raises(PolicyError):
        save(database, path, "porchlight: 1\ntimezone: Mars/Base\n")

    assert policies.read(path).text == OLD
    assert past(database) == []


def test_a_text_that_fails_its_own_expectations_changes_nothing(
    database: Engine, path: Path
) -> None:
    old = path.read_text()
    failing = f"{old}expect:\n  - {{who: unknown, url: example.com, is: blocked}}\n"
    with pytest.raises(PolicyError, match="should be blocked for unknown"):
        save(database, path, failing)
    assert path.read_text() == old


def test_an_edit_of_another_revision_is_refused(database: Engine, path: Path) -> None:
    write(path, THIRD)

    with pytest.raises(RevisionMoved):
        save(database, path)

    assert policies.read(path).text == THIRD
    assert past(database) == []


def test_of_edits_at_once_one_wins(database: Engine, path: Path) -> None:
    def edit(number: int) -> bool:
        try:
            save(database, path, f"{OLD}# edit {number}\n")
        except RevisionMoved:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(edit, range(8)))

    assert results.count(True) == 1
    winner = results.index(True)
    assert policies.read(path).text == f"{OLD}# edit {winner}\n"
    assert past(database) == [(f"{OLD}# edit {winner}\n", "Mẹ"), (OLD, "file")]


def test_saving_the_same_text_again_adds_nothing(database: Engine, path: Path) -> None:
    save(database, path)
    before = path.stat().st_ino

    save(database, path, expected=NEW)

    assert path.stat().st_ino == before
    assert len(past(database)) == 2


@pytest.mark.parametrize("lost", [None, b"\xff\xfe"], ids=["missing", "no text"])
def test_a_lost_file_can_be_saved_again(database: Engine, path: Path, lost: bytes | None) -> None:
    path.unlink()
    if lost:
        path.write_bytes(lost)

    with pytest.raises(RevisionMoved):
        save(database, path)
    assert revision_of("") == NOTHING
    save(database, path, expected="")

    assert policies.read(path).text == NEW
    assert past(database) == [(NEW, "Mẹ")]


def test_a_wrong_text_that_was_in_the_file_does_not_enter_the_history(
    database: Engine, path: Path
) -> None:
    write(path, "porchlight: 99\n")

    save(database, path, expected="porchlight: 99\n")

    assert past(database) == [(NEW, "Mẹ")]


def test_an_edit_in_an_editor_is_remembered_once(database: Engine) -> None:
    old = PolicyText(text=OLD, revision=revision_of(OLD))
    for text in (old, old, PolicyText(text=NEW, revision=revision_of(NEW)), old):
        policies.remember(database, text, who="file", why="edited outside the pages")

    assert [text for text, _ in past(database)] == [OLD, NEW, OLD]


def test_workers_that_see_an_edit_at_once_remember_it_once(database: Engine) -> None:
    text = PolicyText(text=OLD, revision=revision_of(OLD))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: policies.remember(database, text, who="", why=""), range(8)))

    assert len(past(database)) == 1


def test_revisions_are_found_and_listed_newest_first(database: Engine) -> None:
    for number, text in enumerate((OLD, NEW, OLD, THIRD)):
        found = PolicyText(text=text, revision=revision_of(text))
        policies.remember(database, found, who=str(number), why="")

    assert [entry.who for entry in policies.history(database, 2)] == ["3", "2"]
    again = policies.find(database, revision_of(OLD))
    assert again is not None
    assert (again.text, again.who) == (OLD, "2")
    assert policies.find(database, "0123456789ab") is None


def test_an_empty_history_has_no_newest(database: Engine) -> None:
    assert policies.newest(database) is None
    assert policies.history(database) == ()


def fail_at_call(number: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, but its call of this number finds the disk full."""
    calls = iter(range(1, 100))

    def call(*arguments: Any, **named: Any) -> Any:
        if next(calls) == number:
            raise OSError(28, "No space left on device")
        return function(*arguments, **named)

    return call


@pytest.mark.parametrize(
    ("place", "name", "call", "left"),
    [
        (os, "open", 1, OLD),  # the lock
        (os, "open", 2, OLD),  # the file beside
        (os, "fchmod", 1, OLD),
        (os, "fsync", 1, OLD),  # the text
        (Path, "replace", 1, OLD),
        (os, "open", 3, NEW),  # the folder
        (os, "fsync", 2, NEW),
    ],
)
def test_a_full_disk_leaves_the_old_rules_or_the_new(  # noqa: PLR0917  # one fault
    database: Engine, path: Path, place: object, name: str, call: int, left: str
) -> None:
    save(database, path, THIRD)
    save(database, path, OLD, expected=THIRD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, fail_at_call(call, getattr(place, name)))
        with pytest.raises(OSError, match="No space left"):
            save(database, path)

    assert policies.read(path).text == left
    assert past(database)[0] == (OLD, "Mẹ")

    save(database, path, expected=left)

    assert policies.read(path).text == NEW
    assert past(database)[0][0] == NEW


def test_a_database_that_takes_nothing_stops_the_edit(database: Engine, path: Path) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    event.listen(database, "before_cursor_execute", refuse)
    with pytest.raises(OperationalError):
        save(database, path)
    event.remove(database, "before_cursor_execute", refuse)

    assert policies.read(path).text == OLD
    assert past(database) == []


def test_a_commit_that_fails_after_the_rename_heals(database: Engine, path: Path) -> None:
    def refuse(_: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(database, "commit", refuse)
    with pytest.raises(OperationalError):
        save(database, path)
    event.remove(database, "commit", refuse)

    assert policies.read(path).text == NEW
    assert past(database) == []
    policies.remember(database, policies.read(path), who="file", why="")
    assert past(database) == [(NEW, "file")]


KILLED_EDITS = """
import os, random, signal, sys, time
from pathlib import Path
from rules.catalog import Catalog
from rules.policy_text import parse, revision_of
from store import policies
from store.database import open_database

home, rounds = Path(sys.argv[1]), int(sys.argv[2])
path, url = home / "family.yaml", f"sqlite:///{home}/porchlight.db"
padding = "# a long rule file\\n" * 5000

def edit_for_ever(number):
    engine, edit = open_database(url), 0
    while True:
        edit += 1
        text = f"porchlight: 1\\ntimezone: UTC\\n{padding}# round {number} edit {edit}\\n"
        policies.save(
            engine, path, text, expected=policies.read(path).revision, who="", why="", catalog=Catalog()
        )

for number in range(rounds):
    child = os.fork()
    if child == 0:
        edit_for_ever(number)
    while f"# round {number} " not in policies.read(path).text:
        time.sleep(0.002)
    time.sleep(random.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = policies.read(path)
    parse(found.text, file="family.yaml", catalog=Catalog())
    engine = open_database(url)
    policies.remember(engine, found, who="file", why="")
    assert policies.newest(engine).text == found.text
    engine.dispose()
    print(found.text.splitlines()[-1])
"""


def test_kill_9_in_the_middle_of_edits_leaves_one_whole_edit(
    sqlite_engine: Engine, path: Path
) -> None:
    rounds = 20
    run = subprocess.run(
        [sys.executable, "-c", KILLED_EDITS, path.parent, str(rounds)],
        check=True,
        capture_output=True,
        text=True,
    )

    lines = run.stdout.splitlines()
    assert len(lines) == rounds
    edits = [int(line.rpartition(" ")[2]) for line in lines if " edit " in line]
    # killed in the middle of work, not before it began
    assert len(edits) == rounds
    assert policies.history(sqlite_engine, 1)[0].text == policies.read(path).text
