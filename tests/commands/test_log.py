import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine

from commands import log
from rules.decision import Decision, DecisionRecord, Reason
from rules.policy import Action
from rules.request import Stage
from store import decisions

type Run = Callable[..., Result]

RECORD = DecisionRecord(
    at=datetime.now(UTC) - timedelta(hours=2),
    decision=Decision(
        id="row-00000000",
        action=Action.BLOCK,
        reason=Reason.SITE,
        profile="younger",
        device="tablet",
        entry="blocked.example",
        file="family.yaml",
        line=9,
        until=None,
        look=Stage.NAME,
        revision="0123456789ab",
    ),
    client="192.168.1.7",
    method="GET",
    scheme="https",
    host="blocked.example",
    path="",
)


def add(engine: Engine, number: int, *, minutes_ago: int, profile: str = "younger") -> None:
    decision = replace(RECORD.decision, id=f"row-{number:08}", profile=profile)
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    decisions.write(engine, [replace(RECORD, at=at, decision=decision)])


def ids(result: Result) -> list[int]:
    assert result.exit_code == 0
    return [int(json.loads(line)["id"][4:]) for line in result.stdout.splitlines()]


def test_the_oldest_row_is_first(run: Run, database: Engine) -> None:
    for number, minutes in ((1, 30), (2, 20), (3, 10)):
        add(database, number, minutes_ago=minutes)
    assert ids(run("log", "--json")) == [1, 2, 3]


def test_since_shows_all_that_is_younger(
    run: Run, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "PAGE_ROWS", 2)
    monkeypatch.setattr(log, "LATEST_ROWS", 3)
    for number in range(1, 8):
        add(database, number, minutes_ago=100 - 10 * number)
    assert ids(run("log", "--json")) == [5, 6, 7]
    assert ids(run("log", "--json", "--since", "65m")) == [4, 5, 6, 7]
    assert ids(run("log", "--json", "--since", "1d")) == [1, 2, 3, 4, 5, 6, 7]


def test_one_profile_is_shown(run: Run, database: Engine) -> None:
    add(database, 1, minutes_ago=2)
    add(database, 2, minutes_ago=1, profile="teen")
    assert ids(run("log", "--json", "--for", "teen")) == [2]


def test_a_row_says_what_why_and_by_which_line(run: Run, database: Engine) -> None:
    add(database, 1, minutes_ago=1)
    (line,) = run("log").stdout.splitlines()
    for part in ("block", "younger", "blocked.example", "family.yaml, line 9", "row-00000001"):
        assert part in line


def test_an_empty_log_is_fine(run: Run, database: Engine) -> None:
    result = run("log", "--json")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing in the log.\n")


def test_before_the_first_start_no_database_is_made(run: Run, home: Path) -> None:
    assert run("log").exit_code == 0
    assert not (home / "porchlight.db").exists()


def test_a_stretch_of_time_that_is_none_is_wrong_use(run: Run) -> None:
    result = run("log", "--since", "soon")
    assert result.exit_code == 2
    assert "write 30m, 1h, 1h30m or 7d" in result.stderr
