from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from sqlalchemy import Engine

from commands.home import (
    existing_database,
    find_client,
    find_language,
    find_settings,
    known_name,
    problem_lines,
    read_happenings,
    read_rules,
)
from rules.facts import NOTHING_HAPPENED, Grant
from rules.policy import Action, Language
from rules.problems import PolicyError, Problem, Sentence, Witness
from rules.request import Client
from store import policies
from store.database import open_database
from store.facts import add_grant
from store.upgrade import migrate

NOW = datetime.now(UTC)


def test_a_flag_beats_a_variable(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_PROXY_PORT", "1111")
    assert find_settings().proxy_port == 1111
    assert find_settings(proxy_port=2222, bind=None).proxy_port == 2222


def test_the_homes_rules_are_read_by_default(home: Path) -> None:
    assert read_rules(None).policy.file == "family.yaml"


def test_the_machines_at_home_that_the_proxy_may_open_are_open_here_too(
    home: Path, tmp_path: Path
) -> None:
    (home / "porchlight.toml").write_text('reach = ["192.168.1.5:8096"]\n')
    draft = tmp_path / "draft.yaml"
    draft.write_text("porchlight: 1\ntimezone: UTC\n")
    assert read_rules(None).reach == read_rules(draft).reach == {"192.168.1.5:8096"}


def test_a_file_that_cannot_be_read_is_one_sentence(home: Path, tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match=r"cannot be read: No such file or directory\."):
        read_rules(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("content", [b"porchlight: 1\n- a\n", b"\xff"])
def test_a_file_that_is_not_right_is_a_policy_error(home: Path, content: bytes) -> None:
    (home / "family.yaml").write_bytes(content)
    with pytest.raises(PolicyError):
        read_rules(None)


def test_rules_in_force_answer_though_a_date_fails_their_expectations(
    home: Path, database: Engine
) -> None:
    file = home / "family.yaml"
    expecting = "expect:\n  - {who: teen, url: a.example, is: blocked}\n"
    file.write_text(file.read_text() + expecting)
    with pytest.raises(PolicyError, match="should be blocked for teen"):
        read_rules(None)
    policies.remember(database, policies.read(file), who="file", why="")
    assert read_rules(None).policy.expect
    with pytest.raises(PolicyError):  # as a draft it would be refused
        read_rules(file)


def test_a_grant_counts_with_the_homes_rules_alone(home: Path, tmp_path: Path) -> None:
    assert read_happenings(None, NOW) == NOTHING_HAPPENED
    grant = Grant(
        id="g1",
        action=Action.ALLOW,
        site=None,
        profile=None,
        given=NOW,
        ends=NOW + timedelta(hours=1),
        by="Mai",
    )
    engine = open_database(f"sqlite:///{home}/porchlight.db")
    migrate(engine)
    add_grant(engine, grant)
    engine.dispose()
    assert read_happenings(None, NOW).grants == (grant,)
    assert read_happenings(tmp_path / "draft.yaml", NOW) == NOTHING_HAPPENED


def test_a_database_that_is_not_there_is_not_made(home: Path) -> None:
    with existing_database(find_settings()) as engine:
        assert engine is None
    assert not (home / "porchlight.db").exists()


def test_profiles_and_devices_are_known_names(home: Path) -> None:
    policy = read_rules(None).policy
    assert [known_name(policy, name) for name in ("younger", "tablet", "unknown")] == [
        *("younger", "tablet", "unknown"),
    ]
    with pytest.raises(click.UsageError, match="there are: younger, teen, unknown"):
        known_name(policy, "nobody")


@pytest.mark.parametrize(
    ("hint", "language", "end"),
    [
        ("", Language.ENGLISH, "error: a key has no colon"),
        ("use spaces", Language.ENGLISH, "error: a key has no colon (use spaces)"),
        ("use spaces", Language.VIETNAMESE, "lỗi: có mục thiếu dấu hai chấm (hãy dùng dấu cách)"),
    ],
)
def test_a_problem_is_one_line(hint: str, language: Language, end: str) -> None:
    problem = Problem(
        file="family.yaml",
        line=3,
        column=5,
        path="a",
        message=Sentence("a key has no colon"),
        hint=Sentence(hint),
    )
    assert problem_lines([problem], language) == f"family.yaml:3:5: {end}"


def test_what_shows_a_problem_stands_below_it() -> None:
    problem = Problem(
        file="family.yaml",
        line=3,
        column=1,
        path="never",
        message=Sentence("remove it"),
        hint=Sentence(""),
        witness=Witness(
            who="kid",
            url="https://a.com/?b=c",
            at=datetime(2026, 11, 24, 20, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
        ),
    )
    command = "porchlight explain 'https://a.com/?b=c' --for kid --at '2026-11-24 20:30'"
    english, vietnamese = (
        problem_lines([problem], one).splitlines()[1:]
        for one in (Language.ENGLISH, Language.VIETNAMESE)
    )
    assert english == [f"  try: {command}"]
    assert vietnamese == [f"  thử: {command}"]
    assert problem_lines([problem], Language.ENGLISH, rules=Path("a b.yaml")).endswith(
        f"{command} --rules 'a b.yaml'"
    )


@pytest.mark.parametrize(("lang", "language"), [("vi_VN.UTF-8", "vi"), ("C", "en"), ("", "en")])
def test_the_terminal_s_language_is_lang_s(
    lang: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", lang)
    assert find_language() is Language(language)


def test_a_client_is_a_name_or_whoever_has_an_address(home: Path) -> None:
    policy = read_rules(None).policy
    assert find_client(policy, "tablet") == Client(name="tablet")
    assert find_client(policy, "::ffff:192.168.1.7") == Client(address="192.168.1.7")
    assert find_client(policy, "A4-83-E7-12-9F-01") == Client(mac="a4:83:e7:12:9f:01")
    with pytest.raises(click.UsageError, match="is no profile or device"):
        find_client(policy, "192.168.1")
