"""Every change that is offered flips the answer, once it is made for good."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from rules.catalog import Catalog
from rules.changes import changes
from rules.compile import Ruleset, compile_policy
from rules.decision import Change, ChangeKind, Decision, Reason
from rules.engine import decide, explain
from rules.facts import NOTHING_HAPPENED, Facts, Grant
from rules.hosts import parse_url
from rules.narrowed import Case
from rules.policy import Action
from rules.policy_edit import add_entry
from rules.policy_text import parse
from rules.request import Client, Request
from tests.rules.families import Visit, visits

HEAD = "porchlight: 1\ntimezone: UTC\n"
NOON = datetime.fromisoformat("2026-11-24 12:00+00:00")
ALL_DAY = '["00:00-24:00"]'
FOR_GOOD = {Reason.HELP, Reason.LOCAL, Reason.NEVER}


def ruleset(text: str, catalog: Catalog, *reach: str) -> Ruleset:
    return compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog, reach=reach)


def ask(url: str, who: str = "kid") -> Request:
    return Request(id="TEST", url=parse_url(url), client=Client(name=who))


def offered(
    text: str,
    url: str,
    catalog: Catalog,
    *,
    moment: datetime = NOON,
    facts: Facts = NOTHING_HAPPENED,
) -> list[Change]:
    return list(explain(ruleset(text, catalog), ask(url), facts, moment).changes)


def short(found: list[Change]) -> list[str]:
    return [
        f"{change.kind.value} {' '.join(f'{line}:{entry}' for line, entry in change.entries)}"
        f"{change.host if not change.entries and change.host else ''}"
        f"{f' at {change.line}' if change.line and not change.entries else ''}"
        f"{'' if change.is_enough else ', then a grant'}"
        for change in found
    ]


def with_grant(facts: Facts, action: Action, host: str, moment: datetime) -> Facts:
    grant = Grant(
        id="new",
        action=action,
        site=host,
        profile="kid",
        given=moment,
        ends=moment + timedelta(hours=1),
        by="a parent",
    )
    return replace(facts, grants=(*facts.grants, grant))


def edited(text: str, change: Change) -> str:
    """The rule file's text with the change made in it, as a parent would."""
    lines = text.splitlines()
    if change.kind is ChangeKind.EDIT:
        gone = {line for line, _ in change.entries}
        return "\n".join(line for number, line in enumerate(lines, 1) if number not in gone)
    if change.kind is ChangeKind.WINDOW:
        at = (change.line or 0) - 1
        key = lines[at].partition(":")[0]
        if key.strip() == "windows":
            lines.insert(at + 1, f"        every_day: {ALL_DAY}")
        else:
            lines[at] = f"{key}: {ALL_DAY}"
        return "\n".join(lines)
    if change.kind is ChangeKind.BUDGET:
        for line, _ in change.entries:
            lines[line - 1] = f"{lines[line - 1].partition(':')[0]}: unlimited"
        return "\n".join(lines)
    action = {ChangeKind.ALLOW: Action.ALLOW, ChangeKind.BLOCK: Action.BLOCK}.get(change.kind)
    if action is None:
        return text
    return add_entry(text, profile="kid", action=action, address=change.host or "")


def after(change: Change, visit: Visit, catalog: Catalog) -> Action:
    """What happens once the change is made: in the text, by a parent, or by waiting."""
    reach = [change.host or ""] if change.kind is ChangeKind.REACH else []
    facts, host = visit.facts, visit.request.url.host
    if change.kind is ChangeKind.PAUSE:
        facts = with_grant(facts, Action.BLOCK, host, visit.moment)
    elif change.kind is ChangeKind.GRANT or not change.is_enough:
        facts = with_grant(facts, Action.ALLOW, host, visit.moment)
    rules = ruleset(edited(visit.text, change), catalog, *reach)
    return decide(rules, visit.request, facts, change.at or visit.moment).action


@settings(max_examples=200)
@given(visit=visits())
def test_every_change_that_is_offered_flips_the_answer(catalog: Catalog, visit: Visit) -> None:
    rules = ruleset(visit.text, catalog)
    decision = decide(rules, visit.request, visit.facts, visit.moment)
    found = explain(rules, visit.request, visit.facts, visit.moment).changes
    for change in found:
        assert after(change, visit, catalog) is not decision.action, change
    assert found or decision.reason in FOR_GOOD


@settings(max_examples=100)
@given(visit=visits())
def test_the_line_that_has_the_word_is_offered_for_an_edit_where_that_is_enough(
    catalog: Catalog, visit: Visit
) -> None:
    rules = ruleset(visit.text, catalog)
    decision = decide(rules, visit.request, visit.facts, visit.moment)
    line = decision.line or 1
    if not visit.text.splitlines()[line - 1].lstrip().startswith("- "):
        return
    edit = Change(kind=ChangeKind.EDIT, entries=((line, decision.entry or ""),))
    is_enough = after(edit, visit, catalog) is not decision.action
    found = explain(rules, visit.request, visit.facts, visit.moment).changes
    assert is_enough is any(one.entries == edit.entries and one.is_enough for one in found)


@pytest.mark.parametrize(
    ("rules", "url", "said"),
    [
        # One line says so: it may go, or give way to an allow in its list.
        (
            "  kid:\n    block:\n      - a.com\n",
            "https://a.com/",
            ["grant a.com", "edit 6:a.com", "allow a.com at 4"],
        ),
        # Two lines say so: either alone changes nothing.
        (
            "  kid:\n    block:\n      - a.com\n      - b.a.com\n",
            "https://b.a.com/",
            ["grant b.a.com", "edit 7:b.a.com 6:a.com", "allow b.a.com at 4"],
        ),
        # Behind the line stands the preset, which is not taken away for one site.
        (
            "  kid:\n    preset: trusted\n    block: [adult]\n",
            "https://pornhub.com/",
            ["grant pornhub.com", "allow pornhub.com at 4"],
        ),
        (
            "  kid:\n    default: block\n    allow:\n      - b.com\n",
            "https://a.com/",
            ["grant a.com", "allow a.com at 6"],
        ),
        (
            "  kid:\n    allow:\n      - a.com\n    default: block\n",
            "https://a.com/",
            ["pause a.com", "edit 6:a.com", "block a.com at 4"],
        ),
        # An allow beside the group would be its equal, and lose.
        ("  kid:\n    block:\n      - bunch\n", "https://a.com/", ["grant a.com", "edit 6:bunch"]),
        # An allow of the very host outlives a block of the whole site.
        ("  kid: {allow: ['=a.com']}\n", "https://a.com/", ["pause a.com"]),
        ("  kid: {default: block}\n", "http://nas/", ["grant nas", "allow =nas at 4"]),
        (
            "  kid: {default: block}\n",
            "http://[2606:4700::1]/",
            ["grant 2606:4700::1", "allow [2606:4700::1] at 4"],
        ),
        ("  kid: {default: block}\n", "http://localhost/", []),
        ("  kid: {}\n", "http://192.168.1.5:80/", ["reach 192.168.1.5:80"]),
        (
            "  kid: {default: block}\n",
            "http://192.168.1.5:80/",
            ["reach 192.168.1.5:80, then a grant"],
        ),
        ("  kid: {default: block}\n", "https://childline.org.uk/", []),
    ],
)
def test_the_smallest_comes_first(rules: str, url: str, said: list[str], catalog: Catalog) -> None:
    text = f"{HEAD}profiles:\n{rules}groups: {{bunch: [a.com]}}\n"
    assert short(offered(text, url, catalog)) == said


def test_what_is_under_never_is_first_taken_out_of_it(catalog: Catalog) -> None:
    text = f"{HEAD}never:\n  - a.com\n  - b.a.com\nprofiles:\n  kid: {{default: DEFAULT}}\n"
    where = "edit 5:b.a.com 4:a.com"

    def said(default: str) -> list[str]:
        return short(offered(text.replace("DEFAULT", default), "https://b.a.com/", catalog))

    assert said("allow") == [where]
    assert said("block") == [f"{where}, then a grant"]
    assert said("allow, block: [b.a.com]") == [f"{where}, then a grant"]


def test_a_change_of_more_than_a_handful_of_lines_is_no_advice(catalog: Catalog) -> None:
    def said(number: int) -> list[str]:
        floor = ["  - a.com\n"] * number
        return short(
            offered(
                f"{HEAD}never:\n{''.join(floor)}profiles: {{kid: {{}}}}\n",
                "https://a.com/",
                catalog,
            )
        )

    assert said(5) == ["edit 4:a.com 5:a.com 6:a.com 7:a.com 8:a.com"]
    assert said(6) == []


def test_at_night_one_waits_for_the_window_or_has_one(catalog: Catalog) -> None:
    windows = "time: {windows: {mon: [07:00-08:00], tue: [17:00-20:00]}}"
    text = f"{HEAD}profiles:\n  kid:\n    WHAT\n    {windows}\n"
    wait, *others = offered(text.replace("WHAT", "log: sites"), "https://a.com/", catalog)

    assert wait.at == datetime.fromisoformat("2026-11-24 17:00+00:00")
    assert short(others) == ["grant a.com", "window  at 6"]
    # Behind the night stands another line: neither helps.
    closed = offered(text.replace("WHAT", "default: block"), "https://a.com/", catalog)
    assert short(closed) == ["grant a.com"]


def test_a_large_file_is_explained_at_once(catalog: Catalog) -> None:
    block = "".join(f"      - s{number}.example\n" for number in range(30_000))
    rules = ruleset(f"{HEAD}profiles:\n  kid:\n    block:\n      - a.com\n{block}", catalog)
    sizes: list[int] = []

    def measured(tried: Ruleset, request: Request, facts: Facts, moment: datetime) -> Decision:
        sizes.append(sum(1 for _ in tried.own["kid"].rules()))
        return decide(tried, request, facts, moment)

    case = Case.of(rules, ask("https://a.com/"), NOTHING_HAPPENED, NOON)
    assert len(changes(measured, case, flip=None)) == 3
    assert max(sizes) == 1
    assert len(sizes) < 10
