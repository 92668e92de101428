import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import Result

from commands.explain import read_used

type Run = Callable[..., Result]

NOON = ("--at", "2026-11-24 12:00")


def test_the_questions_are_numbered_and_the_deciding_one_is_marked(run: Run) -> None:
    result = run("explain", "roblox.com", "--for", "younger", *NOON)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "https://roblox.com/ for Younger child, Tue 24 Nov 2026 12:00"
    numbered = [line for line in lines if line[2:6].strip(" .").isdigit()]
    assert [line[3:5] for line in numbered[:2]] == ["1.", "2."]
    (deciding,) = [line for line in numbered if line.startswith("=>")]
    assert "roblox.com" in deciding
    assert any(line.startswith("BLOCK: ") and "family.yaml, line 10" in line for line in lines)
    assert "Note: after the exams" in lines
    assert any(line.startswith("Until: ") for line in lines)
    assert "What would change it:" in lines


def test_what_is_allowed_is_explained_too_with_status_0(run: Run) -> None:
    result = run("explain", "https://wikipedia.org/wiki/Bat", "--for", "teen")
    assert result.exit_code == 0
    assert "\nALLOW: " in result.stdout


def test_the_object_for_scripts_has_decision_steps_and_changes(run: Run) -> None:
    result = run("explain", "pornhub.com", "--for", "tablet", *NOON, "--json")
    said = json.loads(result.stdout)
    assert said.keys() == {"decision", "steps", "changes"}
    decision = said["decision"]
    assert len(decision.pop("id")) == 12
    assert len(decision.pop("revision")) == 12
    assert decision == {
        "action": "block",
        "reason": "never",
        "profile": "younger",
        "entry": "adult",
        "file": "family.yaml",
        "line": 3,
        "until": None,
        "look": "name",
        "device": "tablet",
        "category": "adult",
        "listed": "pornhub.com",
        "source": None,
        "note": "",
    }
    assert [step["question"] for step in said["steps"] if step["decides"]] == ["never"]
    assert said["steps"][0]["question"] == "who"
    assert all(step["words"] for step in said["steps"])
    assert [change["kind"] for change in said["changes"]] == ["edit"]


def test_the_hour_is_the_rules_hour(run: Run) -> None:
    def reason(at: str) -> str:
        result = run("explain", "wikipedia.org", "--for", "younger", "--at", at, "--json")
        return str(json.loads(result.stdout)["decision"]["reason"])

    assert reason("mon 19:59") == "default"
    assert reason("mon 20:00") == "window"
    assert reason("2026-11-24 20:30") == "window"
    assert reason("2026-11-24T12:59Z") == "default"


def test_an_unknown_profile_lists_those_that_there_are(run: Run) -> None:
    result = run("explain", "a.example", "--for", "nobody")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        "'nobody' is no profile or device of family.yaml; there are: younger, teen, unknown."
        in result.stderr
    )


def test_used_is_taken_strictly_and_said_to_do_nothing_yet(run: Run) -> None:
    result = run(
        *("explain", "a.example", "--for", "teen", "--used", "video=30m", "--used", "games=1h30m")
    )
    assert result.exit_code == 0
    assert result.stderr == "--used: no rule of family.yaml counts time yet.\n"


def test_used_is_a_name_and_a_time() -> None:
    assert read_used("video=1h30m") == ("video", timedelta(minutes=90))


@pytest.mark.parametrize("text", ["video", "video=", "=30m", "video=30", "video=soon", ""])
def test_used_in_another_form_is_wrong_use(run: Run, text: str) -> None:
    with pytest.raises(click.BadParameter):
        read_used(text)
    assert run("explain", "a.example", "--for", "teen", "--used", text).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain",),
        ("explain", "a.example"),
        ("explain", "", "--for", "teen"),
        ("explain", "http://[::1", "--for", "teen"),
        ("explain", "a.example", "--for", "teen", "--at", "soon"),
        ("explain", "a.example", "--for", "teen", "--rules", "nowhere.yaml"),
    ],
)
def test_wrong_use_is_status_2_and_says_why(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_another_rule_file_is_asked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text("porchlight: 1\ntimezone: UTC\nprofiles:\n  kid:\n    default: block\n")
    result = run("explain", "a.example", "--for", "kid", "--rules", str(file))
    assert "draft.yaml, line 5" in result.stdout
