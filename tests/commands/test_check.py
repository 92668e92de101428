import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine

from store import logins

type Run = Callable[..., Result]


def test_the_homes_own_file_is_checked_by_default(run: Run) -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "family.yaml is right.\n")


def test_a_warning_is_shown_and_the_file_is_right_all_the_same(run: Run, home: Path) -> None:
    rules = home / "family.yaml"
    rules.write_text(rules.read_text().replace("{devices: [phone]}", "{}"))
    result = run("check")
    assert result.exit_code == 0
    assert "family.yaml:16:" in result.stdout
    assert ": warning: teen has no device" in result.stdout
    assert result.stdout.endswith("family.yaml is right.\n")


def test_errors_are_shown_at_their_lines(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("porchlight: 1\ntimezone: Mars/Olympus\nprofils: {}\n")
    result = run("check", str(file))
    assert result.exit_code == 1
    places = [line.split(": ")[:2] for line in result.stdout.splitlines()]
    assert [place for place, _ in places] == ["broken.yaml:2:11", "broken.yaml:3:1"]
    assert {severity for _, severity in places} == {"error"}


def test_an_expectation_that_fails_is_an_error_at_its_line(run: Run, home: Path) -> None:
    rules = home / "family.yaml"
    rules.write_text(
        rules.read_text()
        + "expect:\n  - {who: younger, url: roblox.com, at: 2026-12-20 19:00, is: allowed}\n"
    )
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout == (
        "family.yaml:21:1: error: https://roblox.com/ should be allowed for younger; at "
        "2026-12-20 19:00 it is blocked because of “site”, line 10"
        " (change the rules, or what you expect of them)\n"
    )
    assert run("explain", "roblox.com", "--for", "younger").exit_code == 1


def test_problems_are_an_array_for_scripts(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("porchlight: 1\ntimezone: UTC\nprofils: {}\n")
    result = run("check", str(file), "--json")
    (problem,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert list(problem) == [
        *("file", "line", "column", "path", "message", "hint", "severity", "witness"),
    ]
    assert problem["witness"] is None
    assert (problem["file"], problem["line"], problem["severity"]) == ("broken.yaml", 3, "error")


def test_a_right_file_is_an_empty_array(run: Run) -> None:
    result = run("check", "--json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")


@pytest.mark.parametrize("content", [b"porchlight: 1\nname: \xff\n", b"# " + b"x" * 2_000_000])
def test_what_is_no_text_is_a_problem_of_the_file(run: Run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.yaml"
    file.write_bytes(content)
    result = run("check", str(file), "--json")
    assert result.exit_code == 1
    assert [problem["severity"] for problem in json.loads(result.stdout)] == ["error"]


def test_a_file_that_is_not_there_is_wrong_use(run: Run) -> None:
    result = run("check", "nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.stderr


def test_a_home_without_rules_is_wrong_use(run: Run, home: Path) -> None:
    (home / "family.yaml").unlink()
    result = run("check")
    assert result.exit_code == 2
    assert f"{home}/family.yaml cannot be read: No such file or directory." in result.stderr


def test_the_terminal_s_language_is_spoken(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    file = tmp_path / "broken.yaml"
    file.write_text("porchlight: 1\ntimezone: Mars/Olympus\n")
    result = run("check", str(file))
    assert result.stdout == (
        "broken.yaml:2:11: lỗi: không có múi giờ nào tên là Mars/Olympus"
        " (hãy viết theo kiểu Asia/Ho_Chi_Minh)\n"
    )
    assert run("check").stdout == "family.yaml không có lỗi.\n"


def test_scripts_get_english_in_every_language(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("porchlight: 1\ntimezone: Mars/Olympus\nnever: [adlt, http://a.com]\n")
    english = run("check", str(file), "--json").stdout
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert run("check", str(file), "--json").stdout == english
    assert "no time zone is called Mars/Olympus" in english


ODD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\nnever: [adult]\neveryone: {allow: [pornhub.com/a?b=c]}\n"


def test_a_warning_comes_with_a_command_that_shows_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "odd rules.yaml"
    file.write_text(ODD)
    result = run("check", str(file))
    found, line, right = result.stdout.splitlines()
    assert "odd rules.yaml:4:1: warning: pornhub.com/a?b=c stays blocked" in found
    assert right == "odd rules.yaml is right."
    (name, *words) = shlex.split(line.removeprefix("  try: "))
    assert (name, words[0], words[1]) == ("porchlight", "explain", "https://pornhub.com/a?b=c")
    explained = run(*words)
    assert explained.exit_code == 0
    assert "(pornhub.com) (odd rules.yaml, line 3)" in explained.stdout


def test_for_the_homes_own_file_the_command_names_none(run: Run, home: Path) -> None:
    (home / "family.yaml").write_text(ODD)
    assert "--rules" not in run("check").stdout


def test_scripts_get_the_request_too(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(ODD)
    (problem,) = json.loads(run("check", str(file), "--json").stdout)
    witness = problem["witness"]
    assert (witness["url"], witness["who"]) == ("https://pornhub.com/a?b=c", "unknown")
    options = ("--for", witness["who"], "--at", witness["at"], "--rules", str(file), "--json")
    said = json.loads(run("explain", witness["url"], *options).stdout)
    assert said["decision"]["reason"] == "never"


def test_what_the_settings_open_at_home_is_no_dead_line(run: Run, home: Path) -> None:
    rules = home / "family.yaml"
    rules.write_text(rules.read_text() + "everyone:\n  block: [192.168.1.5]\n")
    assert "inside the house" in run("check").stdout
    (home / "porchlight.toml").write_text('reach = ["192.168.1.5:80"]\n')
    assert "inside the house" not in run("check").stdout


def test_a_login_without_a_password_is_told_of_the_homes_own_file(
    run: Run, home: Path, database: Engine
) -> None:
    rules = home / "family.yaml"
    rules.write_text(rules.read_text() + "  desk: {login: teen}\n")
    assert "family.yaml:20:1: warning: desk cannot sign in" in run("check").stdout
    assert "sign in" not in run("check", str(rules.rename(home / "other.yaml"))).stdout
    (home / "other.yaml").rename(rules)
    logins.set_password(database, "teen", "four old wooden boats")
    assert "sign in" not in run("check").stdout
