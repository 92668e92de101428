"""The decision tables under tests/cases, and what holds for every decision."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from rules.catalog import Catalog
from rules.compile import Ruleset, compile_policy
from rules.decision import ChangeKind, Decision, Explanation, Reason, Rewrite
from rules.domain_table import DomainTable, TableBuilder
from rules.engine import QUESTIONS, decide, explain
from rules.facts import NOTHING_HAPPENED, Facts, Grant, Usage
from rules.hosts import parse_url
from rules.list_entry import Source
from rules.list_text import read_list
from rules.policy import Action
from rules.policy_text import parse
from rules.request import Client, Reply, Request, Shape, Stage
from rules.spans import read_span
from store.lists import load_guard
from tests.rules.conftest import CARRIERS

CASES = Path(__file__).parents[1] / "cases"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = "2026-11-24 12:00"
PLAIN_KEYS = {
    *("entry", "line", "profile", "category", "file", "listed", "source", "note"),
    *("inside", "seal"),
}
"""Keys of a case that are fields of the Decision, compared as they are."""
ASKED_KEYS = {
    *("who", "client", "url", "stage", "at", "mime", "filename", "shape"),
    *("used", "carried", "counted"),
}
"""Keys of a case that say what is asked."""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def request(case: dict[str, Any], stage: Stage = Stage.REQUEST) -> Request:
    asked = Request(
        id="TEST",
        url=parse_url(case["url"]),
        client=Client(address=case.get("client"), name=case.get("who")),
        stage=Stage[case["stage"].upper()] if "stage" in case else stage,
        shape=Shape(case["shape"]) if "shape" in case else None,
    )
    if stage is Stage.REQUEST and case.keys() & {"mime", "filename"}:
        return asked.answered(
            Reply(
                mime=case.get("mime"), filenames=(case["filename"],) if "filename" in case else ()
            )
        )
    return asked


def maybe(text: str) -> str | None:
    return None if text == "null" else text


def facts(table: dict[str, Any], case: dict[str, Any], ruleset: Ruleset) -> Facts:
    grants = tuple(
        Grant(
            id=str(number),
            action=Action(one["action"]),
            site=maybe(one["site"]),
            profile=maybe(one["profile"]),
            given=moment(one["given"]),
            ends=moment(one["ends"]),
            by="a parent",
        )
        for number, one in enumerate(table.get("grants", ()))
    )
    return Facts(grants=grants, usage=dict(usage(case, ruleset)))


def usage(case: dict[str, Any], ruleset: Ruleset) -> Iterator[tuple[tuple[str, str], Usage]]:
    """What the case says of the time that is used up and carried over."""
    used, carried = case.get("used", {}), case.get("carried", {})
    rations = {one.budget.key: one for one in ruleset.budgets.get(case.get("who", ""), ())}
    for name in {**used, **carried}:
        day = rations[name].day_at(moment(case.get("at", NOON)))
        counted = Usage(
            profile=case["who"],
            budget=name,
            day=date.fromisoformat(case["counted"]) if "counted" in case else day,
            spent=span(used.get(name, "0m")),
            spare=span(carried.get(name, "0m")),
        )
        yield (counted.profile, name), counted


def span(text: str) -> timedelta:
    found = read_span(text)
    assert found is not None
    return found


def compiled(published: dict[str, list[str]]) -> DomainTable:
    """The lists of a case file, each in its publisher's own format, as they come to be in force."""
    builder = TableBuilder()
    for key, lines in published.items():
        builder.add(Source(name=key), read_list(lines, guard=load_guard()))
    return DomainTable(builder.finish())


def tables() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        table = yaml.load(path.read_text(), yaml.BaseLoader)  # noqa: S506  BaseLoader: only text
        for number, case in enumerate(table["cases"], 1):
            yield pytest.param(table, case, id=f"{path.stem}-{number}")


@pytest.fixture(scope="module")
def rulesets(catalog: Catalog) -> dict[str, Ruleset]:
    made: dict[str, Ruleset] = {}
    catalog = dataclasses.replace(catalog, carriers=CARRIERS)
    for path in CASES.glob("*.yaml"):
        content = yaml.safe_load(path.read_text())
        text, table = content["rules"], compiled(content.get("published", {}))
        policy = parse(text, file="family.yaml", catalog=catalog)
        made[text] = compile_policy(policy, catalog, table=table)
    return made


def changed(rewrite: Rewrite | None) -> str:
    if rewrite is None:
        return "nothing"
    sets = (f"{name}={value}" for name, value in (*rewrite.parameters, *rewrite.headers))
    return ", ".join((*sets, *([f"to {rewrite.connect_to}"] if rewrite.connect_to else [])))


def said(decision: Decision, case: dict[str, Any]) -> dict[str, Any]:
    """The decision in a case's words, only the keys that the case has."""
    plain = {key: getattr(decision, key) for key in PLAIN_KEYS}
    words = {key: "null" if value is None else str(value) for key, value in plain.items()}
    words["is"] = decision.action.value
    words["because"] = decision.reason.value
    words["look"] = decision.look.name.lower()
    if decision.rewrite is not None:
        words["line of change"] = str(decision.rewrite.line)
    words["changed"] = changed(decision.rewrite)
    local = decision.until.astimezone(ZONE).replace(tzinfo=None) if decision.until else None
    words["until"] = local.isoformat(" ", "minutes") if local else "null"
    return {key: words[key] for key in case if key in words}


@pytest.mark.parametrize(("table", "case"), list(tables()))
def test_the_table_holds(
    table: dict[str, Any], case: dict[str, Any], rulesets: dict[str, Ruleset]
) -> None:
    ruleset = rulesets[table["rules"]]
    when = moment(case.get("at", NOON))
    decision = decide(ruleset, request(case), facts(table, case, ruleset), when)

    expected = {key: value for key, value in case.items() if key not in ASKED_KEYS}
    assert said(decision, case) == expected


@pytest.mark.parametrize(("table", "case"), list(tables()))
def test_explain_gives_the_same_answer_and_its_changes_flip_it(
    table: dict[str, Any], case: dict[str, Any], rulesets: dict[str, Ruleset]
) -> None:
    ruleset = rulesets[table["rules"]]
    when = moment(case.get("at", NOON))
    explanation = explain(ruleset, request(case), facts(table, case, ruleset), when)

    assert explanation.decision == decide(ruleset, request(case), facts(table, case, ruleset), when)
    is_inside = explanation.decision.inside is not None
    assert [step.question for step in explanation.steps] == [
        "who",
        *(name for name, _ in QUESTIONS),
        *(["inside"] if is_inside else []),
    ]
    reason = explanation.decision.reason
    is_closed_inside = is_inside and explanation.decision.action is Action.BLOCK
    by_itself = "default" if reason is Reason.ASK else reason.value
    assert [step.question for step in explanation.steps if step.decides] == [
        "inside" if is_closed_inside else by_itself
    ]
    assert_a_grant_flips(ruleset, request(case), facts(table, case, ruleset), when, explanation)


def assert_a_grant_flips(
    ruleset: Ruleset, asked: Request, known: Facts, when: datetime, explanation: Explanation
) -> None:
    for change in explanation.changes:
        if change.kind is ChangeKind.GRANT:
            grant = Grant(
                id="new",
                action=Action.ALLOW,
                site=change.host,
                profile=explanation.decision.profile,
                given=when,
                ends=datetime(2030, 1, 1, tzinfo=UTC),
                by="a parent",
            )
            changed = dataclasses.replace(known, grants=(*known.grants, grant))
            assert decide(ruleset, asked, changed, when).action is Action.ALLOW


SMALL = """
porchlight: 1
timezone: Asia/Ho_Chi_Minh
profiles:
  child: {block: [example.com/shorts/, evil.example]}
"""


def test_a_name_alone_is_not_held_to_a_path(catalog: Catalog) -> None:
    ruleset = compile_policy(parse(SMALL, file="family.yaml", catalog=catalog), catalog)
    case = {"url": "https://example.com/shorts/", "who": "child"}
    by_name = decide(ruleset, request(case, Stage.NAME), NOTHING_HAPPENED, moment(NOON))
    by_request = decide(ruleset, request(case), NOTHING_HAPPENED, moment(NOON))

    assert by_name.action is Action.ALLOW
    assert by_name.look is Stage.REQUEST
    assert by_request.action is Action.BLOCK


def test_behind_an_open_door_neither_categories_nor_the_default_are_asked(
    catalog: Catalog,
) -> None:
    text = SMALL + "  open: {allow: [youtube.com], block: [youtube]}\n"
    ruleset = compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog)

    def skipped(url: str) -> list[str]:
        asked = request({"url": url, "who": "open"})
        steps = explain(ruleset, asked, NOTHING_HAPPENED, moment(NOON)).steps
        return [step.question for step in steps if step.is_skipped]

    assert skipped("https://youtube.com/") == ["category", "default"]
    assert skipped("https://a.example/") == []


def test_a_grant_opens_what_is_used_up_or_has_to_be_asked_for(catalog: Catalog) -> None:
    text = SMALL + "  kid: {default: ask, time: {budgets: {everything: 0m}}}\n"
    ruleset = compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog)
    asked = request({"url": "https://a.example/", "who": "kid"})
    explanation = explain(ruleset, asked, NOTHING_HAPPENED, moment(NOON))

    assert explanation.decision.reason is Reason.BUDGET
    assert [change.kind for change in explanation.changes] == [ChangeKind.GRANT]
    assert_a_grant_flips(ruleset, asked, NOTHING_HAPPENED, moment(NOON), explanation)


def test_explain_shows_how_the_strictest_budget_stands(catalog: Catalog) -> None:
    text = SMALL + "  kid: {time: {budgets: {everything: 2h, youtube: 1h, games: 5m}}}\n"
    ruleset = compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog)

    def shown(url: str) -> list[tuple[str | None, int | None, timedelta | None]]:
        asked = request({"url": url, "who": "kid"})
        steps = explain(ruleset, asked, NOTHING_HAPPENED, moment(NOON)).steps
        return [(one.entry, one.line, one.balance.left) for one in steps if one.balance]

    assert shown("https://youtube.com/") == [("youtube", 6, timedelta(hours=1))]
    assert shown("https://a.example/") == [("everything", 6, timedelta(hours=2))]


def test_an_allow_ends_with_the_soonest_of_all_even_in_the_hour_that_comes_twice(
    catalog: Catalog,
) -> None:
    text = (
        "porchlight: 1\ntimezone: Europe/Berlin\nprofiles:\n"
        '  kid: {time: {windows: {every_day: ["00:00-02:50"]}, budgets: {everything: 3h10m}}}\n'
    )
    ruleset = compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog)
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    asked = request({"url": "https://a.example/", "who": "kid"})
    decision = decide(ruleset, asked, NOTHING_HAPPENED, midnight)

    assert decision.until is not None
    assert decision.until.astimezone(UTC) == midnight + timedelta(hours=2, minutes=50)


def test_an_unknown_name_is_no_stranger(catalog: Catalog) -> None:
    ruleset = compile_policy(parse(SMALL, file="family.yaml", catalog=catalog), catalog)

    with pytest.raises(LookupError, match="nobody"):
        decide(
            ruleset,
            request({"url": "https://a.example/", "who": "nobody"}),
            NOTHING_HAPPENED,
            moment(NOON),
        )


def test_reach_opens_one_port_of_one_address(catalog: Catalog) -> None:
    policy = parse(SMALL, file="family.yaml", catalog=catalog)
    ruleset = compile_policy(policy, catalog, reach=["127.0.0.1:8096", "[fd00::1]:443"])

    def answer(url: str) -> Reason:
        asked = request({"url": url, "who": "child"})
        return decide(ruleset, asked, NOTHING_HAPPENED, moment(NOON)).reason

    assert answer("http://127.0.0.1:8096/") is Reason.DEFAULT
    assert answer("http://127.0.0.1:8097/") is Reason.LOCAL
    assert answer("http://127.0.0.2:8096/") is Reason.LOCAL
    assert answer("https://[fd00::1]/") is Reason.DEFAULT
    assert answer("https://[fd00::1]:8443/") is Reason.LOCAL


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://192.168.1.5:8096/", "192.168.1.5:8096"),
        ("https://[fd00::1]/", "[fd00::1]:443"),
        ("http://localhost/", None),
    ],
)
def test_what_opens_a_machine_at_home_is_its_name_in_reach(
    url: str, named: str | None, catalog: Catalog
) -> None:
    policy = parse(SMALL, file="family.yaml", catalog=catalog)
    asked = request({"url": url, "who": "child"})
    closed = explain(compile_policy(policy, catalog), asked, NOTHING_HAPPENED, moment(NOON))
    assert closed.decision.reason is Reason.LOCAL
    assert [change.host for change in closed.changes] == ([named] if named else [])
    if named:
        reaching = compile_policy(policy, catalog, reach=[named])
        assert decide(reaching, asked, NOTHING_HAPPENED, moment(NOON)).action is Action.ALLOW


def test_the_tables_are_many() -> None:
    assert sum(1 for _ in tables()) >= 400
