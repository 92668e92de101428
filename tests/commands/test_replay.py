import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine

from rules.policy import Action, Reason
from store import decisions
from tests.commands.test_log import RECORD

type Run = Callable[..., Result]


@pytest.fixture
def draft(home: Path) -> Path:
    text = (home / "family.yaml").read_text()
    path = home / "draft.yaml"
    path.write_text(text.replace("phone]}", "phone], block: [news.example]}"))
    return path


def add(engine: Engine, host: str, *, days_ago: int, n: int = 1) -> None:
    records = [
        replace(
            RECORD,
            at=datetime.now(UTC) - timedelta(days=days_ago, minutes=number),
            client="192.168.1.8",
            host=host,
            decision=replace(
                RECORD.decision,
                id=f"{host}-{days_ago}-{number}",
                action=Action.ALLOW,
                reason=Reason.DEFAULT,
                profile="teen",
                device="phone",
            ),
        )
        for number in range(n)
    ]
    decisions.write(engine, records)


def test_what_would_have_changed_is_told(run: Run, draft: Path, database: Engine) -> None:
    add(database, "news.example", days_ago=2, n=3)
    add(database, "other.example", days_ago=2)
    result = run("replay", str(draft))
    assert result.exit_code == 0
    assert result.stdout == (
        "teen: 3 requests to 1 site would have been blocked.\n"
        "  news.example (3): blocked by “news.example” (draft.yaml, line 16)\n"
    )


def test_the_same_rules_change_nothing(run: Run, home: Path, database: Engine) -> None:
    add(database, "news.example", days_ago=2)
    assert run("replay", str(home / "family.yaml")).stdout == (
        "Nothing would have changed. 1 request of the log was tried.\n"
    )


def test_since_says_how_far_back(run: Run, draft: Path, database: Engine) -> None:
    add(database, "news.example", days_ago=8)
    nothing = json.loads(run("replay", str(draft), "--json").stdout)
    assert (nothing["asked"], nothing["shifts"]) == (0, [])
    assert json.loads(run("replay", str(draft), "--since", "9d", "--json").stdout)["asked"] == 1
    assert run("replay", str(draft), "--since", "soon").exit_code == 2


def test_scripts_get_one_object(run: Run, draft: Path, database: Engine) -> None:
    add(database, "news.example", days_ago=1)
    found = json.loads(run("replay", str(draft), "--json").stdout)
    assert list(found) == ["since", "asked", "unsure", "shifts", "has_budgets"]
    (shift,) = found["shifts"]
    assert list(shift) == ["profile", "action", "requests", "sites", "examples"]
    (example,) = shift["examples"]
    assert list(example) == ["at", "host", "path", "times", "before", "after"]
    assert (example["before"]["action"], example["after"]["line"]) == ("allow", 16)
    assert "id" not in example["after"]


def test_that_budgets_are_not_tried_is_said(run: Run, draft: Path, database: Engine) -> None:
    add(database, "news.example", days_ago=1)
    draft.write_text(draft.read_text().replace("phone]", "phone], time: {budgets: {games: 1h}}"))
    assert "Budgets are not tried" in run("replay", str(draft)).stdout
    assert json.loads(run("replay", str(draft), "--json").stdout)["has_budgets"] is True


def test_a_home_without_a_log_has_nothing_to_try(run: Run, draft: Path) -> None:
    assert run("replay", str(draft)).stdout == "The log holds nothing to try the rules on.\n"


def test_a_wrong_file_is_not_replayed(run: Run, draft: Path, database: Engine) -> None:
    draft.write_text(draft.read_text() + "nope: 1\n")
    result = run("replay", str(draft))
    assert result.exit_code == 1
    assert "unknown key nope:" in result.stderr


def test_the_terminal_s_language_is_spoken(
    run: Run, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert run("replay", str(draft)).stdout == "Nhật ký chưa có gì để thử nội quy.\n"
