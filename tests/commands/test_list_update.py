import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from commands.list_update import progress_line
from rules.policy import Language
from store.list_progress import Progress, Step, updating
from store.settings import Settings
from tests.store.list_house import NOW, lists_of, put_own

type Run = Callable[..., Result]

RULES = """\
porchlight: 1
timezone: UTC
lists:
  ours: {file: ours.txt, category: gambling}
  bets: {file: bets.txt, category: gambling}
"""


@pytest.fixture
def settings(home: Path) -> Settings:
    (home / "family.yaml").write_text(RULES)
    settings = Settings(home=home)
    settings.own_lists_dir.mkdir(parents=True)
    put_own(settings, "ours.txt", *(f"ours{number}.example" for number in range(4)))
    put_own(settings, "bets.txt", "bet.example")
    return settings


def test_all_lists_that_are_on_come_in_force(run: Run, settings: Settings) -> None:
    result = run("lists", "update")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            "ours: new, entries: 4",
            "bets: new, entries: 1",
            "A new table is in force, domains: 5",
        ],
    )
    assert result.stderr.splitlines() == [
        "ours is fetched",
        "ours is looked through",
        "bets is fetched",
        "bets is looked through",
        "bets goes into the table",
        "ours goes into the table",
    ]
    assert lists_of(settings, "ours3.example") == ["ours"]


def test_one_list_is_asked_for_alone(run: Run, settings: Settings) -> None:
    run("lists", "update")
    result = run("lists", "update", "bets")
    assert result.stdout == "bets: what is in force is the newest\n"
    assert result.exit_code == 0


def test_a_list_that_fails_is_status_1_and_the_others_come(run: Run, settings: Settings) -> None:
    (settings.own_lists_dir / "ours.txt").unlink()
    result = run("lists", "update")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "ours: there is no such file in the folder lists/own, or it cannot be read",
        "bets: new, entries: 1",
        "A new table is in force, domains: 1",
    ]


def test_a_list_that_shrank_is_taken_with_force(run: Run, settings: Settings) -> None:
    run("lists", "update")
    put_own(settings, "ours.txt", "ours0.example")
    result = run("lists", "update", "ours")
    assert (result.exit_code, result.stdout) == (
        1,
        "ours: it has lost more than half of its entries (1 < 4); the last good copy stays\n",
    )
    assert lists_of(settings, "ours3.example") == ["ours"]
    result = run("lists", "update", "ours", "--force")
    assert result.exit_code == 0
    assert lists_of(settings, "ours3.example") == []


def test_a_list_that_is_not_on_is_wrong_use(run: Run, settings: Settings) -> None:
    result = run("lists", "update", "hagezi-nsfw")
    assert result.exit_code == 2
    assert "'hagezi-nsfw' is not on in family.yaml; on are: ours, bets." in result.stderr


def test_where_no_list_is_on_there_is_nothing_to_do(run: Run, home: Path) -> None:
    result = run("lists", "update")
    assert (result.exit_code, result.stdout) == (0, "No list is on.\n")


def test_without_good_rules_nothing_is_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_HOME", str(tmp_path / "nowhere"))
    result = run("lists", "update")
    assert result.exit_code == 1
    assert "No rules are in force in" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_while_another_process_updates_it_says_who_and_waits(run: Run, settings: Settings) -> None:
    said: list[Result] = []
    second = threading.Thread(target=lambda: said.append(run("lists", "update")))
    with updating(settings.lists_dir, lambda _: None) as note:
        note("ours", Step.FETCH, 0, None)
        second.start()
        time.sleep(0.5)
        assert said == []
    second.join()
    assert said[0].exit_code == 0
    assert said[0].stderr.startswith("Process ")
    assert "works on the lists now; waiting for it." in said[0].stderr


def test_a_disk_that_refuses_is_one_sentence(run: Run, settings: Settings) -> None:
    (settings.lists_dir / ".all.table.new").mkdir()
    result = run("lists", "update")
    assert result.exit_code == 1
    assert "The lists cannot be kept: " in result.stderr


def test_it_speaks_vietnamese(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    result = run("lists", "update", "ours")
    assert result.stdout.splitlines() == [
        "ours: bản mới, 4 mục",
        "Bảng mới gồm 4 tên miền đã có hiệu lực.",
    ]


@pytest.mark.parametrize(
    ("done", "total", "line"),
    [
        (0, 900, "bets is fetched"),
        (0, None, "bets is fetched"),
        (300, 900, "bets is fetched: 33 %"),
        (1_250_000, None, "bets is fetched: 1.2 MB"),
    ],
)
def test_how_far_it_is(done: int, total: int | None, line: str) -> None:
    progress = Progress(
        key="bets", step=Step.FETCH, done_bytes=done, total_bytes=total, at=NOW, pid=1
    )
    assert progress_line(progress, Language.ENGLISH) == line
