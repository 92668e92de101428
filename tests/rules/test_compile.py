"""What a policy becomes before it is asked."""

import dataclasses
from datetime import UTC, datetime

from rules.catalog import Catalog
from rules.compile import compile_policy
from rules.match import Rule
from rules.policy import Action, Entry, GroupUse, Language, Policy, Profile, Site, Word

EARLY, LATE = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def entry(address: str, line: int = 1, ends: datetime | None = None, note: str = "") -> Entry:
    return Entry(address=address, target=Site(host=address), line=line, ends=ends, note=note)


def policy(**more: object) -> Policy:
    child = Profile(
        key="child",
        name="Child",
        line=1,
        language=Language.ENGLISH,
        allow=(GroupUse(group="school", line=20, ends=LATE, note="term"),),
    )
    made = Policy(
        file="family.yaml",
        revision="0",
        timezone="UTC",
        groups={
            "school": (entry("a.example", 3, ends=EARLY), GroupUse(group="books", line=3)),
            "books": (entry("b.example", 4, note="library"), entry("c.example", 4)),
        },
        profiles={"child": child, "unknown": dataclasses.replace(child, key="unknown", allow=())},
    )
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def only_rule(made: Policy, catalog: Catalog, host: str) -> Rule:
    (found,) = compile_policy(made, catalog).own["child"].by_host[host]
    return found


def test_a_group_speaks_from_the_line_where_it_is_used(catalog: Catalog) -> None:
    found = only_rule(policy(), catalog, "b.example")

    assert (found.entry, found.member, found.line) == ("school", "b.example", 20)
    assert found.action is Action.ALLOW
    assert found.note == "term"


def test_an_entry_in_a_group_ends_with_whichever_ends_first(catalog: Catalog) -> None:
    assert only_rule(policy(), catalog, "a.example").ends == EARLY
    assert only_rule(policy(), catalog, "c.example").ends == LATE


def test_a_group_in_a_group_keeps_both_ends(catalog: Catalog) -> None:
    made = policy()
    groups = dict(made.groups) | {"school": (GroupUse(group="books", line=3, ends=EARLY),)}

    assert only_rule(policy(groups=groups), catalog, "b.example").ends == EARLY


def test_a_service_is_more_exact_than_a_category(catalog: Catalog) -> None:
    words = tuple(
        Entry(address=name, target=Word(name=name), line=1) for name in ("social", "zalo")
    )
    made = compile_policy(policy(everyone_block=words), catalog).everyone

    assert made.words["zalo"][0].rank > made.words["social"][0].rank


def test_a_host_knows_all_its_topics(catalog: Catalog) -> None:
    found = compile_policy(policy(), catalog).listings.said_of("chat.zalo.me").topics
    assert [(one.topic, one.listed) for one in found] == [
        ("social", "zalo.me"),
        ("zalo", "zalo.me"),
    ]


def test_a_profile_without_windows_has_no_calendar(catalog: Catalog) -> None:
    assert compile_policy(policy(), catalog).calendars == {}
