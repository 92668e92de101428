import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from proxy import live as following
from proxy.live import Live
from proxy.recorder import Job, Recorder
from rules.domain_table import TableBuilder
from rules.engine import decide
from rules.facts import Grant
from rules.hosts import typed_url
from rules.list_entry import Claim, Entry, Source
from rules.policy import Action
from rules.request import Client, Request
from store import facts, policies, workers
from store.list_files import write_table
from store.list_table import TABLE_FILE
from store.settings import Settings
from tests.proxy.conftest import CATALOG

RULES = (
    "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\nprofiles:\n  unknown:\n    block: [bad.example]\n"
)


@dataclass
class AtOnce:
    """A recorder that does everything in the caller's thread."""

    engine: Engine
    dropped: int = 7
    timezone: tzinfo = UTC

    def later(self, job: Job) -> None:
        job(self.engine)


class Forgetful(AtOnce):
    """A recorder whose database is gone."""

    def later(self, job: Job) -> None:
        """Bear it."""


@dataclass
class Home:
    settings: Settings
    engine: Engine
    recorder: AtOnce

    @property
    def path(self) -> Path:
        return self.settings.rules_path

    def open(self) -> Live:
        return Live(self.settings, self.engine, CATALOG, cast("Recorder", self.recorder), "proxy-1")

    @property
    def told(self) -> workers.Worker:
        (found,) = workers.read(self.engine)
        return found


@pytest.fixture
def home(tmp_path: Path, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(following, "FACTS_SECONDS", 0.0)
    monkeypatch.setattr(following, "READ_AGAIN_SECONDS", 0.0)
    made = Home(Settings(home=tmp_path), sqlite_engine, AtOnce(sqlite_engine))
    made.path.write_text(RULES)
    return made


def answer(live: Live, host: str) -> Action:
    state = live.state
    request = Request(id="1", url=typed_url(host), client=Client(address="10.0.0.9"))
    return decide(state.ruleset, request, state.facts, datetime.now(UTC)).action


def look(live: Live) -> None:
    """Twice: a change is read once it rests."""
    live.look()
    live.look()


def test_the_rules_are_in_force_from_the_first_request(home: Home) -> None:
    live = home.open()
    assert answer(live, "bad.example") is Action.BLOCK
    assert answer(live, "good.example") is Action.ALLOW
    assert live.problem == ""
    assert str(home.recorder.timezone) == "Asia/Ho_Chi_Minh"


def test_an_edit_comes_into_force_and_into_the_history(home: Home) -> None:
    live = home.open()
    home.path.write_text(RULES.replace("bad.example", "other.example"))
    look(live)
    assert answer(live, "other.example") is Action.BLOCK
    assert answer(live, "bad.example") is Action.ALLOW
    newest = policies.newest(home.engine)
    assert newest is not None
    assert (newest.revision, newest.who) == (live.state.ruleset.revision, "file")
    assert len(policies.history(home.engine)) == 2


def test_a_file_that_is_still_being_written_is_waited_for(home: Home) -> None:
    live = home.open()
    home.path.write_text("porchlight: 1\n")
    live.look()
    home.path.write_text(RULES.replace("bad.example", "other.example"))
    live.look()
    assert answer(live, "bad.example") is Action.BLOCK
    live.look()
    assert answer(live, "other.example") is Action.BLOCK
    assert all("unknown" in one.text for one in policies.history(home.engine))


def test_a_change_that_no_stamp_shows_is_found(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    live = home.open()
    monkeypatch.setattr(following, "stamp", lambda _path: live._stamp)
    home.path.write_text(RULES.replace("bad.example", "bat.example"))
    live.look()
    assert answer(live, "bat.example") is Action.BLOCK


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda path: path.write_text(RULES.replace("block", "blok")), "family.yaml:5: "),
        (lambda path: path.write_text(""), "family.yaml:1: "),
        (lambda path: path.write_bytes(b"\xff\xfe"), "not UTF-8"),
        (lambda path: path.unlink(), "cannot be read"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
    ],
)
def test_what_is_broken_changes_nothing_and_is_told(
    home: Home, break_it: Callable[[Path], None], words: str
) -> None:
    live = home.open()
    before = live.state.ruleset
    break_it(home.path)
    look(live)
    assert live.state.ruleset is before
    assert words in live.problem
    assert home.told.problem == live.problem
    assert home.told.revision == before.revision


def test_a_mended_file_is_told_too(home: Home) -> None:
    live = home.open()
    home.path.write_text("broken: [")
    look(live)
    home.path.write_text(RULES)
    look(live)
    assert (live.problem, home.told.problem) == ("", "")


def test_a_fault_of_the_compiler_keeps_the_last_good_rules(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = home.open()

    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(following, "compile_policy", fail)
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.01)
    home.path.write_text(RULES + "# edited\n")
    live.start()
    time.sleep(0.1)
    assert live._thread.is_alive()
    assert answer(live, "bad.example") is Action.BLOCK
    live.stop(2)


def test_after_a_start_with_a_broken_file_the_newest_good_rules_are_in_force(home: Home) -> None:
    first = home.open()
    home.path.write_text(RULES.replace("bad.example", "other.example"))
    look(first)
    text = policies.PolicyText(text="not: right", revision="0" * 12)
    policies.remember(home.engine, text, who="file", why="")
    home.path.write_text("broken: [")

    live = home.open()
    assert answer(live, "other.example") is Action.BLOCK
    assert answer(live, "bad.example") is Action.ALLOW
    assert "family.yaml:" in live.problem


FAILING = "expect:\n  - {who: unknown, url: bad.example, is: allowed}\n"


def test_a_file_that_fails_its_own_expectations_changes_nothing(home: Home) -> None:
    live = home.open()
    before = live.state.ruleset.revision
    home.path.write_text(RULES + FAILING)
    live.look()
    live.look()
    assert live.state.ruleset.revision == before
    assert "family.yaml:7: https://bad.example/ should be allowed" in live.problem


def test_what_was_accepted_comes_back_though_its_expectations_fail_by_now(home: Home) -> None:
    home.path.write_text(RULES + FAILING)
    found = policies.read(home.path)
    policies.remember(home.engine, found, who="file", why="")
    assert home.open().state.ruleset.revision == found.revision


@pytest.mark.parametrize("is_there", [True, False])
def test_where_no_good_rules_were_ever_seen_only_help_is_open(
    home: Home, *, is_there: bool
) -> None:
    if is_there:
        home.path.write_text("broken: [")
    else:
        home.path.unlink()
    live = home.open()
    assert answer(live, "good.example") is Action.BLOCK
    assert answer(live, "help.example") is Action.ALLOW
    assert live.problem


def grant_for(site: str) -> Grant:
    now = datetime.now(UTC)
    return Grant(
        id="g",
        action=Action.ALLOW,
        site=site,
        profile=None,
        given=now - timedelta(minutes=1),
        ends=now + timedelta(hours=1),
        by="a parent",
    )


def test_a_parents_answer_counts_at_the_next_look(home: Home) -> None:
    live = home.open()
    facts.add_grant(home.engine, grant_for("bad.example"))
    live.look()
    assert answer(live, "bad.example") is Action.ALLOW
    facts.end_grant(home.engine, "g", datetime.now(UTC))
    live.look()
    assert answer(live, "bad.example") is Action.BLOCK


@pytest.fixture
def gone(home: Home) -> Iterator[list[bool]]:
    """Put True in, and the database is gone."""
    switch: list[bool] = []

    def refuse(*_: object) -> None:
        if switch:
            raise OperationalError("BEGIN", {}, Exception("disk I/O error"))

    event.listen(home.engine, "begin", refuse)
    yield switch
    event.remove(home.engine, "begin", refuse)


def test_without_the_database_the_last_answers_count_and_it_is_said_once(
    home: Home, gone: list[bool], caplog: pytest.LogCaptureFixture
) -> None:
    facts.add_grant(home.engine, grant_for("bad.example"))
    live = home.open()
    live.look()
    gone.append(True)
    for _ in range(3):
        live._read_facts()
    assert answer(live, "bad.example") is Action.ALLOW
    assert caplog.text.count("the database does not answer") == 1
    gone.clear()
    facts.end_grant(home.engine, "g", datetime.now(UTC))
    live._read_facts()
    assert answer(live, "bad.example") is Action.BLOCK


def test_it_starts_without_the_database(home: Home, gone: list[bool]) -> None:
    gone.append(True)
    home.recorder = Forgetful(home.engine)
    assert answer(home.open(), "bad.example") is Action.BLOCK


def test_it_tells_of_itself_and_takes_itself_off_the_list(home: Home) -> None:
    live = home.open()
    live.look()
    told = home.told
    assert (told.name, told.dropped, told.problem) == ("proxy-1", 7, "")
    assert told.revision == live.state.ruleset.revision
    assert told.in_force_since is not None
    live.stop(1)
    assert workers.read(home.engine) == ()


def test_a_way_in_that_is_closed_is_told_beside_the_rules(home: Home) -> None:
    live = home.open()
    live.note_ways("Port 8085 is taken.")
    live.look()
    assert home.told.problem == "Port 8085 is taken."
    home.path.write_text("porchlight: [")
    live.look()
    live.look()
    assert home.told.problem.startswith("family.yaml:")
    assert home.told.problem.endswith(" Port 8085 is taken.")
    live.note_ways("")
    live.look()
    assert "8085" not in home.told.problem


def test_its_thread_follows_within_a_second(home: Home) -> None:
    live = home.open()
    live.start()
    home.path.write_text(RULES.replace("bad.example", "other.example"))
    began = time.monotonic()
    while answer(live, "other.example") is Action.ALLOW:
        assert time.monotonic() - began < 3
        time.sleep(0.01)
    live.stop(2)
    assert not live._thread.is_alive()


def test_machines_of_the_settings_can_be_reached(home: Home) -> None:
    home.settings = replace(home.settings, reach=("192.168.1.5:443",))
    assert home.open().state.ruleset.reach == {"192.168.1.5:443"}


def test_another_table_of_lists_is_in_force_at_the_next_look(home: Home) -> None:
    home.path.write_text(
        "porchlight: 1\ntimezone: UTC\nlists: {ours: {file: o.txt}}\nnever: [ours]\n", "utf-8"
    )
    live = home.open()
    assert answer(live, "www.listed.example") is Action.ALLOW
    before = live.state.ruleset
    builder = TableBuilder()
    builder.add(Source(name="ours"), [Entry(1, "listed.example", Claim.TREE)])
    home.settings.lists_dir.mkdir(exist_ok=True)
    write_table(home.settings.lists_dir / TABLE_FILE, builder.finish())

    look(live)

    assert answer(live, "www.listed.example") is Action.BLOCK
    assert live.state.ruleset.policy is before.policy


def test_who_watches_a_file_hears_of_each_change_once_it_rests(home: Home) -> None:
    path, heard = home.settings.home / "key.pem", list[str]()
    path.write_text("one")
    live = home.open()
    live.watch(path, lambda: heard.append(path.read_text()))
    live.look()
    path.write_text("another")
    live.look()
    assert heard == [], "it may be in the middle of being written"
    live.look()
    live.look()
    assert heard == ["another"]
    path.unlink()
    for _ in range(3):
        live.look()
    assert heard == ["another"]
