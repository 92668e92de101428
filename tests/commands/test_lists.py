import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from store.list_files import map_table
from store.list_updates import update
from store.lists import load_catalog
from store.settings import Settings
from tests.store.list_house import NOW, by_key, own, put_own

type Run = Callable[..., Result]

ADULT = "# Blocked: 3 domains\n0.0.0.0 evil.com\n0.0.0.0 www.facebook.com\n0.0.0.0 1.2.3.4\n"
BETS = "||bet.com^\n@@||help.bet.com^\n||evil.com^\n"
SCAMS = "https://www.facebook.com/scam\nhttps://scam.com/\n"


@pytest.fixture
def adult(tmp_path: Path) -> str:
    path = tmp_path / "adult.txt"
    path.write_text(ADULT)
    return str(path)


@pytest.fixture
def bets(tmp_path: Path) -> str:
    path = tmp_path / "bets.txt.gz"
    path.write_bytes(gzip.compress(BETS.encode(), mtime=0))
    return str(path)


@pytest.fixture
def scams(tmp_path: Path) -> str:
    path = tmp_path / "scams.txt"
    path.write_text(SCAMS)
    return str(path)


def test_a_list_is_looked_into(run: Run, adult: str) -> None:
    result = run("lists", "inspect", adult)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "adult.txt: format hosts",
        "  blocked: 3 domains",
        "  entries: 1, distinct domains: 1",
        "    the host only: 1",
        "  skipped, guard: 1 (what no list may block; these entries are not obeyed)",
        "    line 3: 0.0.0.0 www.facebook.com",
        "  skipped, address: 1 (IP addresses)",
        "    line 4: 0.0.0.0 1.2.3.4",
        "  kept open, gathering: 1 (where people meet; families open and close it by name)",
    ]


def test_a_packed_list_is_looked_into_by_scripts(run: Run, bets: str) -> None:
    result = run("lists", "inspect", bets, "--json")
    row = json.loads(result.stdout)
    assert (row["format"], row["entries"], row["distinct"]) == ("adblock", 3, 3)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html>\n<p>Not Found\n</html>\n", "most of its lines are of no known format of lists"),
        (gzip.compress(b"a.com\n" * 1000, mtime=0)[:-20], "is cut short"),
        (gzip.compress(b"a.com\n" * 1000, mtime=0)[:20] + b"\xff" * 80, "is cut short or damaged"),
    ],
)
def test_what_is_no_list_is_one_sentence(
    run: Run, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "odd.txt"
    path.write_bytes(content)
    result = run("lists", "inspect", str(path))
    assert result.exit_code == 1
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_is_not_there_is_wrong_use(run: Run) -> None:
    assert run("lists", "inspect", "nowhere.txt").exit_code == 2
    assert run("lists", "find", "a.com", "nowhere.txt").exit_code == 2


def test_a_host_is_found_with_the_line_that_names_it(
    run: Run, adult: str, bets: str, scams: str
) -> None:
    result = run("lists", "find", "Evil.com", adult, bets, scams)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "adult: blocks evil.com",
        "  line 2: evil.com, the host only",
        "bets: blocks evil.com",
        "  line 3: evil.com, the host and everything below",
        "scams: does not block evil.com",
    ]


def test_an_entry_of_one_host_is_none_of_those_below(run: Run, adult: str) -> None:
    result = run("lists", "find", "shop.evil.com", adult)
    assert (result.exit_code, result.stdout) == (1, "adult: does not block shop.evil.com\n")
    assert run("lists", "find", "www.evil.com", adult).exit_code == 0


def test_an_exception_of_a_list_is_shown(run: Run, bets: str) -> None:
    result = run("lists", "find", "help.bet.com", bets)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "bets: does not block help.bet.com",
        "  line 1: bet.com, the host and everything below",
        "  line 2: help.bet.com, exception: the host and everything below",
    ]


def test_what_the_guard_refuses_and_pages_are_shown_and_do_not_block(
    run: Run, adult: str, scams: str
) -> None:
    result = run("lists", "find", "www.facebook.com", adult, scams, "--json")
    row = json.loads(result.stdout)
    assert result.exit_code == 1
    assert row["host"] == "www.facebook.com"
    assert [one["blocked"] for one in row["lists"]] == [False, False]
    assert row["lists"][0]["entries"][0]["guard"] == "gathering"
    assert row["lists"][1]["pages"] == [{"line": 1, "path": "/scam"}]


@pytest.mark.parametrize("host", ["two words", "https://a.com/", ""])
def test_what_is_no_host_is_wrong_use(run: Run, adult: str, host: str) -> None:
    result = run("lists", "find", host, adult)
    assert result.exit_code == 2
    assert "is no host" in result.stderr


def test_lists_become_one_table_that_is_asked_like_them(
    run: Run, tmp_path: Path, adult: str, bets: str
) -> None:
    table = str(tmp_path / "all.table")
    result = run("lists", "compile", table, "--list", "adult", adult, "--list", "gambling", bets)
    assert result.exit_code == 0
    size = Path(table).stat().st_size
    assert result.stdout.splitlines() == [
        "adult: 1 taken as adult, 2 skipped",
        "bets: 3 taken as gambling, 0 skipped",
        f"all.table: 3 domains, {size:,} bytes",
    ]
    assert run("lists", "find", "evil.com", table).stdout.splitlines() == [
        "adult (adult): blocks evil.com",
        "  evil.com, the host only",
        "bets (gambling): blocks evil.com",
        "  evil.com, the host and everything below",
    ]
    assert run("lists", "find", "help.bet.com", table).exit_code == 1
    assert run("lists", "find", "www.facebook.com", table).exit_code == 1
    assert map_table(Path(table)).find("www.facebook.com") == ()


def test_a_damaged_table_is_one_sentence(run: Run, tmp_path: Path, bets: str) -> None:
    table = tmp_path / "all.table"
    run("lists", "compile", str(table), "--list", "gambling", bets)
    table.write_bytes(table.read_bytes()[:-1] + b"\7")
    result = run("lists", "find", "bet.com", str(table))
    assert result.exit_code == 1
    assert "the table is damaged" in result.stderr


@pytest.mark.parametrize("category", ["gamblng", "youtube"])
def test_a_category_that_is_none_is_wrong_use(
    run: Run, tmp_path: Path, bets: str, category: str
) -> None:
    table = tmp_path / "all.table"
    result = run("lists", "compile", str(table), "--list", category, bets)
    assert result.exit_code == 2
    assert "gambling" in result.stderr
    assert not table.exists()


def test_a_table_that_cannot_be_written_is_one_sentence(
    run: Run, tmp_path: Path, bets: str
) -> None:
    table = tmp_path / "nowhere" / "all.table"
    result = run("lists", "compile", str(table), "--list", "gambling", bets)
    assert result.exit_code == 1
    assert "No such file or directory" in result.stderr


def test_a_list_is_not_overwritten_by_a_table(run: Run, adult: str, bets: str) -> None:
    result = run("lists", "compile", adult, "--list", "gambling", bets)
    assert result.exit_code == 2
    assert "is no table" in result.stderr
    assert Path(adult).read_text() == ADULT


def test_a_table_is_replaced_by_a_newer_one(
    run: Run, tmp_path: Path, adult: str, bets: str
) -> None:
    table = str(tmp_path / "all.table")
    run("lists", "compile", table, "--list", "gambling", bets)
    assert run("lists", "compile", table, "--list", "adult", adult).exit_code == 0
    assert run("lists", "find", "bet.com", table).exit_code == 1
    assert run("lists", "find", "evil.com", table).exit_code == 0


def test_without_files_the_table_in_force_is_asked(run: Run, home: Path) -> None:
    settings = Settings(home=home)
    settings.own_lists_dir.mkdir(parents=True)
    put_own(settings, "ours.txt", "ours.example")
    result = run("lists", "find", "ours.example")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: No list is in force yet; name FILES to look into.\n",
    )
    update(by_key(own("ours")), settings, moment=NOW)
    result = run("lists", "find", "www.ours.example")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "ours (gambling): blocks www.ours.example"
    assert run("lists", "find", "other.example").exit_code == 1


def test_without_a_subcommand_all_lists_are_shown(run: Run, home: Path) -> None:
    (home / "family.yaml").write_text(
        "porchlight: 1\ntimezone: UTC\nlists:\n  hagezi-nsfw: on\n  ours: {file: ours.txt}\n"
    )
    result = run("lists")
    assert result.exit_code == 0
    assert "On:" in result.stdout.splitlines()[0]
    row = json.loads(run("lists", "--json").stdout)
    on = {one["list"] for one in row["lists"] if one["on"]}
    off = {one["list"] for one in row["lists"] if not one["on"]}
    assert on == {"hagezi-nsfw", "ours"}
    assert off == load_catalog().offers.keys() - {"hagezi-nsfw"}


def test_without_a_home_the_offers_are_shown(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_HOME", str(tmp_path / "nowhere"))
    result = run("lists", "--json")
    assert "so no list is on" in result.stderr
    assert not any(one["on"] for one in json.loads(result.stdout)["lists"])
    assert not (tmp_path / "nowhere").exists()


def test_json_belongs_after_a_subcommand(run: Run, adult: str) -> None:
    assert run("lists", "--json", "inspect", adult).exit_code == 2
