import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest
from click.testing import Result

from commands.decide import read_lines
from commands.supervisor import ROOT

type Run = Callable[..., Result]


def ask(run: Run, *rows: object) -> list[dict[str, object]]:
    given = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    result = run("decide", given=given)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_answers_come_in_order_with_the_promised_keys(run: Run) -> None:
    first, second = ask(
        run,
        {"url": "https://blocked.example/x", "who": "younger", "at": "2026-11-24 12:00"},
        {"url": "https://wikipedia.org/", "who": "tablet", "at": "2026-11-24T12:00:00+07:00"},
    )
    assert len(str(first.pop("id"))) == 12
    assert first == {
        "action": "block",
        "reason": "site",
        "profile": "younger",
        "entry": "blocked.example",
        "file": "family.yaml",
        "line": 9,
        "until": None,
        "look": "name",
    }
    assert (second["action"], second["profile"]) == ("allow", "younger")
    assert second["until"] == "2026-11-24T20:00:00+07:00"


def test_a_moment_without_an_offset_is_of_the_rules_zone(run: Run) -> None:
    site = {"url": "https://wikipedia.org/", "who": "younger"}
    answers = ask(
        run,
        site | {"at": "2026-11-24T19:59"},
        site | {"at": "2026-11-24T20:00:00"},
        site | {"at": "2026-11-24T12:59:59Z"},
        site | {"at": "2026-11-24T13:00:00+00:00"},
        site | {"at": "mon 20:00"},
    )
    assert [answer["reason"] for answer in answers] == [
        *("default", "window", "default", "window", "window"),
    ]


def test_a_device_in_no_profile_is_asked_as_the_proxy_asks_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text("porchlight: 1\ntimezone: UTC\ndevices:\n  tv: {ip: 192.168.1.9}\n")
    given = '{"url": "https://a.example/", "who": "tv"}\n'
    answer = json.loads(run("decide", "--rules", str(file), given=given).stdout)
    assert (answer["action"], answer["profile"]) == ("allow", "unknown")


def test_what_a_site_answers_counts_where_it_is_said(run: Run, home: Path) -> None:
    file = home / "family.yaml"
    closed = "teen: {devices: [phone], block: [{mime: video/*}], downloads: {block: [exe]}}"
    file.write_text(file.read_text().replace("teen: {devices: [phone]}", closed))
    site = {"url": "https://a.example/get", "who": "teen"}
    answers = ask(
        run,
        site,
        site | {"reply": {}},
        site | {"reply": {"mime": "text/html", "filename": None}},
        site | {"reply": {"mime": "video/mp4"}},
        site | {"reply": {"filename": "Setup.EXE"}},
    )
    assert [(answer["action"], answer["entry"]) for answer in answers] == [
        *(("allow", None) for _ in range(3)),
        ("block", "mime: video/*"),
        ("block", "downloads: exe"),
    ]
    assert {answer["look"] for answer in answers} == {"reply"}


def test_what_is_null_is_as_if_left_out(run: Run) -> None:
    (answer,) = ask(
        run, {"url": "https://wikipedia.org/", "who": "teen", "at": None, "method": None}
    )
    assert answer["action"] == "allow"


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("", "not JSON"),
        ("nonsense", "not JSON"),
        ("[" * 100_000, "recursion"),
        ("[1]", "not a JSON object"),
        ({}, "url: missing"),
        ({"url": "https://a.example/"}, "who: missing"),
        ({"url": 5, "who": "teen"}, "url: not a text"),
        (
            {"url": "https://a.example/", "who": "nobody"},
            "who: there is no profile or device 'nobody'",
        ),
        ({"url": "http://[::1", "who": "teen"}, "no browser would open"),
        ({"url": "ftp://a.example/", "who": "teen"}, "no browser would open"),
        ({"url": "https://\ud800.example/", "who": "teen"}, "no browser would open"),
        ({"url": "https://a.example/", "who": "teen", "at": "soon"}, "no moment"),
        ({"url": "https://a.example/", "who": "teen", "at": 7}, "at: not a text"),
        (
            {"url": "https://a.example/", "who": "younger", "at": "9999-12-31 23:59"},
            "out of reach",
        ),
        ({"url": "https://a.example/", "who": "teen", "method": 7}, "method: not a text"),
        ({"url": "https://a.example/", "who": "teen", "reply": "zip"}, "reply: not an object"),
        ({"url": "https://a.example/", "who": "teen", "reply": {"mime": 7}}, "mime: not a text"),
    ],
)
def test_a_line_that_is_no_request_gets_an_error_and_the_rest_go_on(
    run: Run, row: object, error: str
) -> None:
    good = {"url": "https://wikipedia.org/", "who": "teen"}
    before, answer, after = ask(run, good, row, good)
    assert answer.keys() == {"error"}
    assert error in str(answer["error"])
    assert before["action"] == after["action"] == "allow"


def test_bytes_that_are_no_text_get_an_error(run: Run) -> None:
    result = run("decide", given=b'\xff\xfe\n{"url": "https://a.example/", "who": "teen"}')
    first, second = result.stdout.splitlines()
    assert "not JSON" in first
    assert json.loads(second)["action"] == "allow"


def test_the_last_line_needs_no_line_end_and_no_input_is_no_output(run: Run) -> None:
    assert list(read_lines(BytesIO(b"a\nb"))) == [[b"a"], [b"b"]]
    assert list(read_lines(BytesIO(b"a\n\nb\n"))) == [[b"a", b"", b"b"]]
    assert run("decide").stdout == ""


def test_rules_that_are_not_right_answer_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("porchlight: 1\ntimezone: UTC\nprofils: {}\n")
    result = run("decide", "--rules", str(file), given="{}\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("broken.yaml:3:1: error: ")
    assert result.stderr.endswith("Error: The rule file is not right.\n")


def test_another_rule_file_is_asked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text("porchlight: 1\ntimezone: UTC\nprofiles:\n  kid:\n    default: block\n")
    given = '{"url": "https://a.example/", "who": "kid"}\n'
    answer = json.loads(run("decide", "--rules", str(file), given=given).stdout)
    assert (answer["action"], answer["file"]) == ("block", "draft.yaml")


def test_used_counts_on_the_day_of_each_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(
        "porchlight: 1\ntimezone: UTC\nprofiles:\n"
        "  kid: {time: {budgets: {youtube: {sat: 2h, every_day: 30m}}}}\n  teen: {}\n"
    )
    rows = [
        {"url": "https://youtube.com/", "who": who, "at": f"{day} 12:00"}
        for who, day in (("kid", "tue"), ("kid", "wed"), ("kid", "sat"), ("teen", "tue"))
    ]
    given = "".join(f"{json.dumps(row)}\n" for row in rows)
    result = run("decide", "--rules", str(file), "--used", "youtube=30m", given=given)
    assert [json.loads(line)["reason"] for line in result.stdout.splitlines()] == [
        *("budget", "budget", "default", "default"),
    ]
    assert run("decide", "--rules", str(file), "--used", "games=30m").exit_code == 2


def test_a_pipe_that_pauses_gets_its_answer(home: Path) -> None:
    command = [sys.executable, str(ROOT / "porchlight.py"), "decide"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write('{"url": "https://blocked.example/", "who": "younger"}\n')
            assert json.loads(process.stdout.readline())["action"] == "block"
        process.stdin.close()
        assert process.wait(timeout=10) == 0


def test_twenty_thousand_lines_take_little_more_than_a_second(home: Path, tmp_path: Path) -> None:
    # Counted in processor time, so that a busy computer does not matter; the start is in it.
    requests = tmp_path / "requests.jsonl"
    with requests.open("w") as lines:
        for number in range(20_000):
            row = {"url": f"https://site{number % 500}.example/page/{number}", "who": "younger"}
            lines.write(f"{json.dumps(row)}\n")
    before = getrusage(RUSAGE_CHILDREN)
    with requests.open() as given:
        said = subprocess.run(
            [sys.executable, str(ROOT / "porchlight.py"), "decide"],
            stdin=given,
            capture_output=True,
            check=True,
            env=os.environ | {"PORCHLIGHT_HOME": str(home)},
        ).stdout
    after = getrusage(RUSAGE_CHILDREN)
    assert said.count(b"\n") == 20_000
    assert after.ru_utime - before.ru_utime < 4


def test_who_can_be_an_address(run: Run) -> None:
    site = {"url": "https://wikipedia.org/", "at": "2026-11-24 12:00"}
    answers = ask(run, *(site | {"who": who} for who in ("192.168.1.8", "10.9.9.9")))
    assert [answer["profile"] for answer in answers] == ["teen", "unknown"]
