"""What `porchlight depth` tells of what is opened."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

type Run = Callable[..., Result]

RULES = """\
porchlight: 1
timezone: UTC
never: [adult]
profiles:
  younger:
    name: Younger child
    devices: [tablet]
    block:
      - good.example/secret/
      - facebook.com/reel
      - {search: bomb}
  teen:
    name: Teen
    block: [{file: [exe]}]
  grown: {}
devices:
  tablet: {ip: 192.168.1.7}
"""


@pytest.fixture(autouse=True)
def rules(home: Path) -> None:
    (home / "family.yaml").write_text(RULES)


def test_each_profile_is_told_what_is_opened_and_which_line_asks_for_it(run: Run) -> None:
    lines = run("depth").stdout.splitlines()
    assert lines[0] == "Younger child"
    asks = "good.example/secret/ (family.yaml:9) wants to see which page it is"
    assert f"    good.example: {asks}" in lines
    assert "sites with a search of their own: search: bomb (family.yaml:11)" in lines[3]
    at = lines.index("Teen")
    assert lines[at + 1 : at + 3] == [
        "  Every site is opened:",
        "    everywhere: file: exe (family.yaml:14) wants to see which files come back",
    ]
    at = lines.index("grown")
    assert lines[at + 2] == "    nothing. Every answer comes from a site's name."


def test_where_an_entry_is_silent_its_reason_stands_beside_it(run: Run) -> None:
    said = run("depth", "--for", "tablet").stdout
    assert said.startswith("Younger child, on tablet\n")
    assert "Silent: facebook.com/reel (family.yaml:10)" in said
    assert "facebook.com: an app that accepts no other certificate" in said
    assert "Teen" not in said


def test_what_is_never_opened_for_anybody_ends_the_list(run: Run) -> None:
    said = run("depth").stdout
    assert "Never opened for anybody" in said
    for kind in ("help", "bank", "health", "government", "pinned", "update", "captive"):
        assert f" ({kind})" in said


def test_hosts_are_answered_one_by_one(run: Run) -> None:
    asked = ("good.example", "other.example", "pornhub.com", "Facebook.com", "VIETCOMBANK.com.vn")
    lines = run("depth", "--for", "younger", *asked).stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        f"{host.lower()} for younger" for host in asked
    ]
    for line, words in zip(
        lines,
        ("Opened: good", "By its name", "Closed by", "Never opened", "Never opened"),
        strict=True,
    ):
        assert f": {words}" in line
    assert "So nothing comes of facebook.com/reel (line 10)" in lines[3]


def test_a_host_alone_is_answered_for_every_profile(run: Run) -> None:
    rows = json.loads(run("depth", "good.example", "--json").stdout)
    assert [(row["for"], row["opened"], row["look"]) for row in rows] == [
        ("younger", True, "request"),
        ("teen", True, "reply"),
        ("grown", False, "name"),
        ("unknown", False, "name"),
    ]
    assert rows[0]["wishes"][0]["line"] == 9


def test_scripts_get_all_of_it(run: Run) -> None:
    said = json.loads(run("depth", "--json").stdout)
    younger, teen, *_ = said["profiles"]
    assert (said["file"], len(said["revision"])) == ("family.yaml", 12)
    assert [wish["cause"] for wish in younger["wishes"]] == ["path", "path", "search"]
    assert younger["wishes"][1]["silent"] == [{"host": "facebook.com", "seal": "pinned"}]
    assert (younger["everywhere"], teen["everywhere"]) == (False, True)
    kinds = {row["kind"]: row["hosts"] for row in said["never_opened"]}
    assert "vietcombank.com.vn" in kinds["bank"]
    assert "tongdai111.vn" in kinds["help"]


@pytest.mark.parametrize("arguments", [("--for", "nobody"), ("a..b",), ("a.example", "--for", "x")])
def test_a_name_that_is_none_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("depth", *arguments).exit_code == 2


def test_who_may_not_go_round_has_carriers_opened(run: Run, home: Path) -> None:
    (home / "family.yaml").write_text(RULES.replace("grown: {}", "grown: {block: [proxies]}"))
    lines = run("depth", "--for", "grown").stdout.splitlines()
    assert lines[2].endswith(
        " sites that show other sites: Porchlight wants to see which other site is shown there"
    )
    asked = run("depth", "--for", "grown", "web.archive.org", "google.com").stdout.splitlines()
    assert asked[0].endswith("Opened: Porchlight wants to see which other site is shown there.")
    assert "By its name alone" in asked[1]
