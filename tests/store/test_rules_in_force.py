"""Which policy the keeper follows; proxy/live.py follows the same for requests."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from rules.policy_text import revision_of
from store import policies, rules_in_force
from store.rules_in_force import RulesInForce
from store.settings import Settings
from tests.store.list_house import CATALOG

GOOD = "porchlight: 1\ntimezone: UTC\n"
BETTER = f"{GOOD}language: vi\n"
BROKEN = f"{GOOD}tiemzone: UTC\n"


@pytest.fixture
def settings(tmp_path: Path, sqlite_engine: Engine) -> Settings:
    """A house whose database is the one of `sqlite_engine`."""
    return Settings(home=tmp_path)


def put(settings: Settings, text: str) -> None:
    settings.rules_path.write_text(text)


def revision(rules: RulesInForce) -> str | None:
    policy = rules.look()
    return policy.revision if policy else None


def remember(engine: Engine, text: str) -> None:
    row = policies.PolicyText(text=text, revision=revision_of(text))
    policies.remember(engine, row, who="Mai", why="because")


def test_the_file_is_followed_at_once(settings: Settings) -> None:
    put(settings, GOOD)
    assert revision(RulesInForce(settings, CATALOG)) == revision_of(GOOD)


def test_an_edit_is_followed_when_it_rests(settings: Settings) -> None:
    put(settings, GOOD)
    rules = RulesInForce(settings, CATALOG)
    rules.look()
    put(settings, BETTER)
    assert revision(rules) == revision_of(GOOD)
    assert revision(rules) == revision_of(BETTER)


def test_what_is_broken_or_gone_changes_nothing(settings: Settings) -> None:
    put(settings, GOOD)
    rules = RulesInForce(settings, CATALOG)
    rules.look()
    put(settings, BROKEN)
    assert [revision(rules) for _ in range(3)] == [revision_of(GOOD)] * 3
    settings.rules_path.unlink()
    assert [revision(rules) for _ in range(3)] == [revision_of(GOOD)] * 3
    put(settings, BETTER)
    assert [revision(rules) for _ in range(2)][-1] == revision_of(BETTER)


@pytest.mark.parametrize("text", [BROKEN, None])
def test_after_a_start_with_a_broken_file_the_last_good_text_counts(
    settings: Settings, sqlite_engine: Engine, text: str | None
) -> None:
    remember(sqlite_engine, GOOD)
    remember(sqlite_engine, BROKEN)
    if text:
        put(settings, text)
    assert revision(RulesInForce(settings, CATALOG)) == revision_of(GOOD)


def test_a_file_that_fails_its_own_tests_is_not_followed(
    settings: Settings, sqlite_engine: Engine
) -> None:
    remember(sqlite_engine, GOOD)
    expecting = "expect: [{who: unknown, url: a.example, at: any, is: blocked}]"
    put(settings, f"{BETTER}{expecting}\n")
    assert revision(RulesInForce(settings, CATALOG)) == revision_of(GOOD)


def test_where_no_good_rules_were_ever_seen_there_are_none(settings: Settings) -> None:
    put(settings, BROKEN)
    assert RulesInForce(settings, CATALOG).look() is None


@pytest.mark.parametrize("database", ["", "postgresql://nobody@127.0.0.1:1/gone"])
def test_a_database_that_is_gone_stops_nothing(tmp_path: Path, database: str) -> None:
    settings = Settings(home=tmp_path, database=database)
    put(settings, BROKEN)
    rules = RulesInForce(settings, CATALOG)
    assert rules.look() is None
    put(settings, GOOD)
    assert [revision(rules) for _ in range(2)] == [None, revision_of(GOOD)]
    assert not (tmp_path / "porchlight.db").exists()


def test_while_nothing_changes_nothing_is_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, GOOD)
    rules = RulesInForce(settings, CATALOG)
    rules.look()
    reads: list[Path] = []
    read = policies.read

    def counted(path: Path) -> policies.PolicyText:
        reads.append(path)
        return read(path)

    monkeypatch.setattr(policies, "read", counted)
    for _ in range(5):
        rules.look()
    assert reads == []
    monkeypatch.setattr(rules_in_force, "READ_AGAIN_SECONDS", 0.0)
    rules.look()
    assert reads == [settings.rules_path]
