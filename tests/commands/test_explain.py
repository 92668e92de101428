import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

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


def test_what_a_site_would_answer_can_be_said(run: Run, home: Path) -> None:
    file = home / "family.yaml"
    file.write_text(file.read_text().replace("never: [adult]", "never: [adult, {mime: video/*}]"))
    asked = ("explain", "a.example/get", "--for", "teen")
    assert "\nALLOW: " in run(*asked).stdout
    assert "\nALLOW: " in run(*asked, "--filename", "film.mp4").stdout
    said = run(*asked, "--mime", "video/mp4").stdout
    assert "BLOCK: never open: mime: video/* (family.yaml, line 3)" in said


def test_what_it_would_be_seen_to_be_can_be_said(run: Run, home: Path) -> None:
    file = home / "family.yaml"
    file.write_text(file.read_text().replace("never: [adult]", "never: [adult, raw-tunnels]"))
    asked = ("explain", "git.example.com:22", "--for", "teen")
    assert "\nALLOW: " in run(*asked).stdout
    said = run(*asked, "--shape", "raw").stdout
    assert "BLOCK: never open: connections that are no web page" in said
    assert "(git.example.com, neither TLS nor HTTP)" in said


def test_the_address_inside_another_is_shown_and_decides(run: Run) -> None:
    said = run("explain", "web.archive.org/web/2020/https://pornhub.com/", "--for", "teen").stdout
    assert "=> 13. Does it carry another site’s address? Yes, pornhub.com: " in said
    assert "BLOCK: inside it, pornhub.com: never open: pages for grown-ups" in said


def test_safe_search_is_told_with_the_line_that_asks_for_it(run: Run, home: Path) -> None:
    file = home / "family.yaml"
    text = file.read_text()
    file.write_text(
        text.replace("devices: [phone]}", "devices: [phone], search: {youtube: moderate}}")
    )
    asked = ("explain", "www.youtube.com/watch?v=a", "--for", "teen", *NOON)
    assert (
        "Changed: Restricted Mode is on, the moderate one: YouTube leaves out what is meant for "
        "grown-ups (line 16)" in run(*asked).stdout.splitlines()
    )
    assert json.loads(run(*asked, "--json").stdout)["decision"]["rewrite"] == "youtube.moderate"
    assert "Changed:" not in run("explain", "www.google.com", "--for", "teen", *NOON).stdout


def test_what_is_allowed_is_explained_too_with_status_0(run: Run) -> None:
    result = run("explain", "https://wikipedia.org/wiki/Bat", "--for", "teen")
    assert result.exit_code == 0
    assert "\nALLOW: " in result.stdout


def test_the_object_for_scripts_has_decision_steps_and_changes(run: Run) -> None:
    result = run("explain", "pornhub.com", "--for", "tablet", *NOON, "--json")
    said = json.loads(result.stdout)
    assert said.keys() == {"decision", "depth", "steps", "changes"}
    assert said["depth"].startswith("Closed by its name alone")
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
        "inside": None,
        "note": "",
        "seal": None,
        "rewrite": None,
    }
    assert [step["question"] for step in said["steps"] if step["decides"]] == ["never"]
    assert said["steps"][0]["question"] == "who"
    assert all(step["words"] for step in said["steps"])
    assert [change["kind"] for change in said["changes"]] == ["edit"]


def test_how_deep_a_site_is_looked_into_is_told(run: Run, home: Path) -> None:
    file = home / "family.yaml"
    file.write_text(file.read_text().replace("      - blocked.example\n", "      - a.example/x\n"))

    def depth(address: str) -> str:
        lines = run("explain", address, "--for", "younger", *NOON).stdout.splitlines()
        return next(line for line in lines if line.startswith("How deep: "))

    assert depth("a.example").endswith(
        "Opened: a.example/x wants to see which page it is (line 9)."
    )
    assert "By its name alone" in depth("b.example")
    assert "Never opened: this is a bank or a payment service." in depth("vietcombank.com.vn")
    assert "Not encrypted" in depth("http://a.example/")


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


BUDGETS = """\
porchlight: 1
timezone: UTC
groups: {video: [youtube]}
profiles:
  kid:
    time:
      budgets:
        video: 30m
"""


def test_used_is_counted_and_what_is_left_is_shown(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(BUDGETS)
    asked = ("explain", "youtube.com", "--for", "kid", "--rules", str(file), *NOON, "--used")
    some = run(*asked, "video=18m").stdout
    assert (
        "10. Is there time left today? Yes: 12 minutes left of 30 minutes. “video”, line 8" in some
    )
    assert "ALLOW: no rule speaks of it" in some
    assert "Until: today at 12:12" in some

    all_of_it = run(*asked, "video=30m").stdout
    assert "=> 10. Is there time left today? No: 30 minutes used up. “video”, line 8" in all_of_it
    assert "BLOCK: no time left today for “video” (draft.yaml, line 8)" in all_of_it
    assert all_of_it.endswith(
        "What would change it:\n"
        "  - It changes by itself at midnight.\n"
        "  - A parent can open youtube.com for kid for a while.\n"
        "  - Give more time in the rules: “video” (line 8).\n"
    )


def test_used_of_what_is_no_budget_is_wrong_use(run: Run, tmp_path: Path) -> None:
    result = run("explain", "a.example", "--for", "teen", "--used", "video=30m")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "family.yaml has no budget for 'video' here; there is none." in result.stderr
    assert run("explain", "a.example", "--for", "teen", "--used", "video").exit_code == 2


def test_a_profile_that_asks_is_explained(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text("porchlight: 1\ntimezone: UTC\nprofiles:\n  kid:\n    default: ask\n")
    said = run("explain", "a.example", "--for", "kid", "--rules", str(file)).stdout
    assert "BLOCK: nobody has decided about it yet" in said
    assert "Allow a.example for kid: line 4 of the rules." in said
    assert "=> 12. What happens to everything else? It is blocked. line 5" in said


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
