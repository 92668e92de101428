"""Other rules on the same visits: just what the engine says, however much is remembered in between."""

import random
import time as clock
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from rules.acceptance import recall
from rules.catalog import Catalog
from rules.compile import Ruleset
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.policy import Action, Reason
from rules.replay import MOST_EXAMPLES, Replay, Visit, replay
from rules.request import Client, Request

TUESDAY = datetime(2026, 11, 24, 11, tzinfo=UTC)
"""18:00 in the family's zone."""
OLD = """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
never: [evil.example]
profiles:
  younger:
    name: Younger child
    devices: [tablet]
    block:
      - {site: roblox.com, until: 2026-11-24 18:30}
    time:
      windows:
        every_day: ["17:00-20:00"]
  teen:
    devices: [phone]
    block: [youtube.com/shorts/]
devices:
  tablet: {ip: 192.168.1.20}
  phone: {ip: 192.168.1.21}
"""


@pytest.fixture
def old(catalog: Catalog) -> Ruleset:
    return recall(OLD, file="family.yaml", catalog=catalog)


def edited(catalog: Catalog, before: str, after: str) -> Ruleset:
    assert before in OLD
    return recall(OLD.replace(before, after), file="draft.yaml", catalog=catalog)


def visit(host: str, *, device: str | None = "tablet", **changes: object) -> Visit:
    found = Visit(
        at=TUESDAY,
        client={"tablet": "192.168.1.20", "phone": "192.168.1.21"}.get(device or "", "192.168.1.9"),
        device=device,
        scheme="https",
        host=host,
        path="",
        action=Action.ALLOW,
        reason=Reason.DEFAULT,
        entry=None,
        until=None,
    )
    return found._replace(**changes)  # type: ignore[arg-type]


def counted(found: Replay) -> list[tuple[str, str, int, int]]:
    return [(one.profile, one.action.value, one.requests, one.sites) for one in found.shifts]


def test_the_same_rules_change_nothing(old: Ruleset) -> None:
    visits = [visit("a.example"), visit("roblox.com"), visit("youtube.com", device="phone")]
    assert replay(old, old, visits) == Replay(asked=3, unsure=0, shifts=())


def test_an_empty_log_tells_nothing(old: Ruleset) -> None:
    assert replay(old, old, []) == Replay(asked=0, unsure=0, shifts=())


def test_what_an_edit_blocks_is_counted_by_profile_and_site(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "never: [evil.example]", "never: [evil.example, a.example, b.example]")
    visits = [visit("a.example")] * 3 + [visit("www.a.example"), visit("b.example")]
    visits += [visit("a.example", device="phone"), visit("c.example"), visit("evil.example")]
    found = replay(old, new, visits)
    assert counted(found) == [("younger", "block", 5, 2), ("teen", "block", 1, 1)]
    first = found.shifts[0].examples[0]
    assert (first.visit.host, first.times) == ("a.example", 3)
    assert (first.before.reason, first.after.reason) == (Reason.DEFAULT, Reason.NEVER)
    assert (first.after.file, first.after.line) == ("draft.yaml", 3)


def test_what_an_edit_opens_stands_beside_what_it_blocks(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "{site: roblox.com, until: 2026-11-24 18:30}", "a.example")
    found = replay(old, new, [visit("roblox.com"), visit("a.example")])
    assert counted(found) == [("younger", "block", 1, 1), ("younger", "allow", 1, 1)]


def test_an_entry_counts_at_the_hour_of_the_visit(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "{site: roblox.com, until: 2026-11-24 18:30}", "roblox.com")
    later = visit("roblox.com", at=TUESDAY + timedelta(hours=1))
    assert counted(replay(old, new, [visit("roblox.com"), later])) == [("younger", "block", 1, 1)]


def test_windows_count_at_the_hour_of_the_visit(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "17:00-20:00", "19:00-21:00")
    hours = [visit("a.example", at=TUESDAY + timedelta(hours=ahead)) for ahead in range(-3, 4)]
    found = replay(old, new, hours)
    assert counted(found) == [("younger", "block", 2, 1), ("younger", "allow", 1, 1)]
    assert found.shifts[0].examples[0].after.reason is Reason.WINDOW


def test_a_path_counts_where_the_log_keeps_it(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "block: [youtube.com/shorts/]", "block: []")
    short = visit("youtube.com", device="phone", path="/shorts/x?y=1")
    other = visit("youtube.com", device="phone", path="/watch?v=1")
    found = replay(old, new, [short, other, visit("youtube.com", device="phone")])
    assert counted(found) == [("teen", "allow", 1, 1)]
    assert found.shifts[0].examples[0].visit.path == "/shorts/x?y=1"
    assert found.unsure == 1


def test_a_new_kind_of_file_can_only_be_told_where_a_path_shows_it(
    old: Ruleset, catalog: Catalog
) -> None:
    new = edited(catalog, "[youtube.com/shorts/]", "[youtube.com/shorts/, {file: [exe]}]")
    file = visit("a.example", device="phone", path="/x.exe")
    page = visit("a.example", device="phone", path="/x")
    found = replay(old, new, [file, page, visit("a.example", device="phone"), visit("b.example")])
    assert counted(found) == [("teen", "block", 1, 1)]
    assert found.unsure == 2


def test_kinds_of_files_that_both_rules_name_leave_nothing_open(catalog: Catalog) -> None:
    rules = OLD.replace("[youtube.com/shorts/]", "[youtube.com/shorts/, {file: [exe]}]")
    before = recall(rules, file="family.yaml", catalog=catalog)
    after = recall(rules.replace("never: [", "never: [b.example, "), file="x", catalog=catalog)
    hosts = ("a.example", "b.example", "youtube.com")
    found = replay(before, after, [visit(host, device="phone") for host in hosts])
    assert counted(found) == [("teen", "block", 1, 1)]
    assert found.unsure == 1


def test_a_path_that_a_new_allow_names_opens_its_files(catalog: Catalog) -> None:
    rules = OLD.replace("[youtube.com/shorts/]", "[{file: [exe]}]")
    before = recall(rules, file="family.yaml", catalog=catalog)
    opened = rules.replace("block: [{file", "allow: [a.com/ftp/]\n    block: [{file")
    after = recall(opened, file="x", catalog=catalog)
    found = replay(before, after, [visit("a.com", device="phone", path="/ftp/x.exe")])
    assert counted(found) == [("teen", "allow", 1, 1)]


def test_a_day_without_time_is_tried_and_time_that_could_be_used_up_is_said(
    old: Ruleset, catalog: Catalog
) -> None:
    def timed(games: str) -> Ruleset:
        return edited(
            catalog, "      windows:", f"      budgets: {{games: {games}}}\n      windows:"
        )

    days = [visit("minecraft.net", at=TUESDAY + timedelta(days=ahead)) for ahead in range(7)]
    none = replay(old, timed("{wed: 0m, thu: 0m}"), days)
    assert counted(none) == [("younger", "block", 2, 1)]
    assert none.shifts[0].examples[0].after.reason is Reason.BUDGET
    assert not none.has_budgets
    some = replay(old, timed("{wed: 0m, thu: 1m}"), days)
    assert counted(some) == [("younger", "block", 1, 1)]
    assert some.has_budgets
    assert replay(timed("{wed: 0m}"), old, days).shifts[0].action is Action.ALLOW
    same = timed("1h")
    assert replay(same, same, days) == Replay(asked=7, unsure=0, shifts=())


def test_a_device_follows_its_new_profile(old: Ruleset, catalog: Catalog) -> None:
    moved = OLD.replace("devices: [tablet]", "devices: []").replace("[phone]", "[phone, tablet]")
    new = recall(moved, file="draft.yaml", catalog=catalog)
    night = visit("a.example", at=TUESDAY + timedelta(hours=5))
    assert counted(replay(old, new, [night])) == [("teen", "allow", 1, 1)]


def test_a_device_that_gets_a_name_is_known_by_its_address(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "phone: {ip: 192.168.1.21}", "phone: {ip: 192.168.1.9}")
    short = visit("youtube.com", device=None, path="/shorts/x")
    assert counted(replay(old, new, [short])) == [("teen", "block", 1, 1)]


def test_what_a_parent_had_opened_stays_open_but_for_never(old: Ruleset, catalog: Catalog) -> None:
    opened = visit(
        "a.example",
        reason=Reason.GRANT,
        entry="a.example",
        until=TUESDAY + timedelta(minutes=30),
        at=TUESDAY + timedelta(minutes=1),
    )
    blocking = edited(catalog, "      - {site", "      - a.example\n      - {site")
    assert replay(old, blocking, [opened]).shifts == ()
    never = edited(catalog, "never: [", "never: [a.example, ")
    assert counted(replay(old, never, [opened])) == [("younger", "block", 1, 1)]


def test_help_sites_never_appear(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "every_day: [", 'sat: ["00:00-24:00"]\n        every_day: [')
    found = replay(old, new, [visit("www.childline.org.uk")])
    assert found == Replay(asked=0, unsure=0, shifts=())


def test_a_line_that_is_no_address_is_passed_over(old: Ruleset) -> None:
    assert replay(old, old, [visit("a b"), visit("2001:db8::1")]).asked == 1


def test_the_most_visited_are_the_examples(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "never: [evil.example]", 'never: ["*.example"]')
    visits = [visit(f"h{number}.example") for number in range(9) for _ in range(number + 1)]
    (shift,) = replay(old, new, visits).shifts
    assert (shift.requests, shift.sites) == (45, 9)
    times = [example.times for example in shift.examples]
    assert times == [9, 8, 7, 6, 5][:MOST_EXAMPLES]


def some_visits(number: int) -> list[Visit]:
    chance = random.Random(1)  # noqa: S311 (the same visits each time)
    hosts = [f"h{one}.site{one % 50}.com" for one in range(200)]
    hosts += ["roblox.com", "youtube.com", "evil.example", "zalo.me", "facebook.com"] * 10
    return [
        visit(
            chance.choice(hosts),
            device=chance.choice(["tablet", "phone", None]),
            at=TUESDAY + timedelta(seconds=chance.randrange(7 * 86_400)),
            path=chance.choice(["", "", f"/shorts/{one}", "/watch"]),
        )
        for one in range(number)
    ]


def test_what_is_remembered_is_what_the_engine_says(old: Ruleset, catalog: Catalog) -> None:
    changed = OLD.replace("17:00-20:00", "18:00-20:30").replace(
        "- {site", "- h1.site1.com\n      - {site"
    )
    changed = changed.replace("block: [youtube.com/shorts/]", "preset: trusted")
    new = recall(changed, file="draft.yaml", catalog=catalog)
    visits = some_visits(3000)
    plain: Counter[tuple[str, str]] = Counter()
    for one in visits:
        request = Request(
            id="x",
            url=parse_url(f"https://{one.host}{one.path or '/'}"),
            client=Client(address=one.client),
        )
        before, after = (decide(r, request, NOTHING_HAPPENED, one.at) for r in (old, new))
        if before.action is not after.action:
            plain[after.profile, after.action.value] += 1
    assert len(plain) >= 4
    found = replay(old, new, visits)
    assert {(who, action): n for who, action, n, _ in counted(found)} == dict(plain)


def test_a_hundred_thousand_visits_take_little(old: Ruleset, catalog: Catalog) -> None:
    new = edited(catalog, "17:00-20:00", "18:00-20:30")
    visits = some_visits(10_000) * 10
    begun = clock.process_time()
    assert replay(old, new, visits).asked == 100_000
    assert clock.process_time() - begun < 5
