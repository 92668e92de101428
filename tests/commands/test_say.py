import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

type Run = Callable[..., Result]


def test_the_home_s_rules_are_read_back_with_their_lines(run: Run) -> None:
    result = run("say")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:2] == ["Everyone in the house", "====================="]
    assert "Younger child" in lines
    assert "Unknown device" in lines
    assert "  - Closed: blocked.example. (line 9)" in lines
    assert "  - Every day: open from 07:00 to 20:00. (line 15)" in lines


def test_a_long_sentence_goes_on_under_itself_and_fits(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    lines = run("say").stdout.splitlines()
    assert max(len(line) for line in lines) <= 50
    at = lines.index("  - Closed until the end of 20 December 2026:")
    assert lines[at + 1] == "    roblox.com. A parent wrote: “after the exams”"
    assert lines[at + 2] == "    (line 10)"


def test_one_profile_is_named_by_itself_or_by_its_device(run: Run) -> None:
    by_name = run("say", "--who", "teen").stdout
    assert "Younger child" not in by_name
    assert "\nteen\n" in by_name
    assert run("say", "--who", "phone").stdout == by_name


def test_it_speaks_the_language_that_is_asked_for_or_the_terminal_s(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = run("say", "--language", "vi").stdout
    assert asked.startswith("Cả nhà\n======\n")
    assert "  - Đóng: blocked.example. (dòng 9)" in asked
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert run("say").stdout == asked
    assert run("say", "--language", "en").stdout.startswith("Everyone")


def test_scripts_get_one_object(run: Run) -> None:
    result = run("say", "--json", "--who", "younger")
    said = json.loads(result.stdout)
    assert list(said) == ["file", "revision", "language", "passages"]
    assert (said["file"], said["language"], len(said["revision"])) == ("family.yaml", "en", 12)
    assert [passage["profile"] for passage in said["passages"]] == [None, "younger"]
    sections = said["passages"][1]["sections"]
    found = [one for section in sections for one in section["statements"]]
    assert {"text": "Closed: blocked.example.", "lines": [9]} in found


def test_a_file_from_elsewhere_is_read_back(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text("porchlight: 1\ntimezone: UTC\nnever: [gambling]\n")
    assert "gambling. (line 3)" in run("say", str(draft)).stdout


def test_rules_that_are_not_right_are_not_read_back(run: Run, home: Path) -> None:
    (home / "family.yaml").write_text("porchlight: 1\ntimezone: Mars/Olympus\n")
    result = run("say")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "family.yaml:2:11: error:" in result.stderr


@pytest.mark.parametrize(
    "arguments", [("--who", "nobody"), ("--language", "tlh"), ("/nowhere.yaml",)]
)
def test_wrong_use_is_said_with_status_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("say", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
