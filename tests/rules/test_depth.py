"""How deep each profile's rules look, and which entry asks for it."""

from dataclasses import replace

import pytest

from rules.catalog import Catalog
from rules.compile import Ruleset, compile_policy
from rules.depth import Cause, depth_for, depths, host_depth
from rules.domain_table import DomainTable, TableBuilder
from rules.facts import NOTHING_HAPPENED
from rules.list_entry import Claim, Source
from rules.list_entry import Entry as Listed
from rules.policy import Action, Device, Entry, Site
from rules.request import Stage
from tests.rules.findings import HEAD, NOON, compiled

FAMILY = """\
groups:
  homework: [wikipedia.org, school.example/tests]
never: [adult]
everyone:
  block: [good.example/secret]
profiles:
  child:
    devices: [tablet, tv]
    allow: [homework]
    block:
      - app.example/reel
      - {search: bomb}
      - bad.example
  teen:
    block:
      - {file: [exe]}
      - /free-robux/
  full:
    log: full
devices:
  tablet: {ip: 192.168.1.4}
  tv: {ip: 192.168.1.5}
"""


@pytest.fixture
def rules(catalog: Catalog) -> Ruleset:
    return compiled(HEAD + FAMILY, catalog)


def asks(rules: Ruleset, who: str) -> list[tuple[int | None, str, Cause, tuple[str, ...]]]:
    return [
        (wish.line, wish.entry, wish.cause, wish.hosts)
        for wish in depth_for(rules, who, NOON).wishes
    ]


SECRET = (7, "good.example/secret", Cause.PATH, ("good.example",))


def test_an_entry_on_a_part_of_a_site_opens_that_site(rules: Ruleset, catalog: Catalog) -> None:
    engines = tuple(sorted(catalog.search_engines))
    assert asks(rules, "child") == [
        SECRET,
        (11, "homework", Cause.PATH, ("school.example",)),
        (13, "app.example/reel", Cause.PATH, ("app.example",)),
        (14, "search: bomb", Cause.SEARCH, engines),
    ]
    assert not depth_for(rules, "child", NOON).is_everywhere


def test_what_can_be_anywhere_opens_every_site(rules: Ruleset) -> None:
    assert asks(rules, "teen") == [
        SECRET,
        (18, "file: exe", Cause.FILE, ()),
        (19, "/free-robux/", Cause.EXPRESSION, ()),
    ]
    assert asks(rules, "full") == [SECRET, (21, "log: full", Cause.LOG, ())]
    assert depth_for(rules, "teen", NOON).is_everywhere
    assert depth_for(rules, "full", NOON).is_everywhere


def test_where_nothing_is_opened_an_entry_is_silent(rules: Ruleset) -> None:
    wish = depth_for(rules, "child", NOON).wishes[2]
    assert wish.sealed == (("app.example", "pinned"),)
    assert wish.opened == ()


@pytest.mark.parametrize(
    ("who", "host", "said", "entries"),
    [
        ("child", "good.example", (Stage.REQUEST, None), ["good.example/secret"]),
        ("child", "www.good.example", (Stage.REQUEST, None), ["good.example/secret"]),
        ("child", "wikipedia.org", (Stage.NAME, None), []),
        ("child", "bad.example", (Stage.NAME, None), []),
        ("child", "www.google.com.vn", (Stage.REQUEST, None), ["search: bomb"]),
        ("child", "app.example", (Stage.NAME, "pinned"), ["app.example/reel"]),
        ("child", "bank.example", (Stage.NAME, "bank"), []),
        ("teen", "other.example", (Stage.REPLY, None), ["file: exe", "/free-robux/"]),
        ("teen", "childline.org.uk", (Stage.NAME, "help"), ["file: exe", "/free-robux/"]),
        ("full", "other.example", (Stage.REQUEST, None), ["log: full"]),
        ("full", "pornhub.com", (Stage.NAME, None), []),
    ],
)
def test_a_host_is_looked_into_as_the_engine_says(
    rules: Ruleset, who: str, host: str, said: tuple[Stage, str | None], entries: list[str]
) -> None:
    found = host_depth(rules, who, host, NOTHING_HAPPENED, NOON)
    assert (found.decision.look, found.decision.seal) == said
    assert found.is_opened is (said[0] > Stage.NAME)
    assert [wish.entry for wish in found.wishes] == entries


def test_an_address_is_asked_about_too(rules: Ruleset) -> None:
    found = host_depth(rules, "full", "2606:4700::1", NOTHING_HAPPENED, NOON)
    assert found.decision.action is Action.BLOCK


def test_a_device_with_lines_of_its_own_stands_by_itself(rules: Ruleset, catalog: Catalog) -> None:
    policy = rules.policy
    tv = replace(policy.devices["tv"], is_sealed=True)
    opened = (Entry(address="app.example", target=Site(host="app.example"), line=30),)
    tablet: Device = replace(policy.devices["tablet"], opens=opened)
    told = depths(
        compile_policy(replace(policy, devices={"tablet": tablet, "tv": tv}), catalog), NOON
    )
    assert [(one.profile.key, one.device) for one in told] == [
        ("child", None),
        ("child", "tablet"),
        ("child", "tv"),
        ("teen", None),
        ("full", None),
        ("unknown", None),
    ]
    assert told[1].wishes[2].opened == ("app.example",)
    assert told[2].is_sealed
    assert not told[2].is_everywhere
    assert {seal for wish in told[2].wishes for _, seal in wish.sealed} == {"device", "pinned"}


def test_a_list_of_single_pages_opens_their_sites(catalog: Catalog) -> None:
    builder = TableBuilder()
    builder.add(
        Source(name="players", categories=("games",)),
        [Listed(line=1, name="fun.example", claim=Claim.HOST, path="/play")],
    )
    text = HEAD + "lists: {players: on}\nprofiles:\n  child:\n    block: [games]\n"
    policy = compiled(text, catalog).policy
    rules = compile_policy(policy, catalog, table=DomainTable(builder.finish()))
    found = host_depth(rules, "child", "fun.example", NOTHING_HAPPENED, NOON)
    assert found.is_opened
    assert [(wish.cause, wish.entry) for wish in found.wishes] == [(Cause.PAGES, "games")]


def test_a_name_that_nobody_has_is_refused(rules: Ruleset) -> None:
    with pytest.raises(LookupError):
        depth_for(rules, "nobody", NOON)


def test_a_search_engine_is_opened_where_its_maker_has_no_safe_address(catalog: Catalog) -> None:
    text = (
        HEAD
        + """\
profiles:
  child: {search: {safe: strict, youtube: strict}}
  teen:
    preset: trusted
  grown: {}
"""
    )
    rules = compiled(text, catalog)
    assert asks(rules, "child") == [(4, "safe: strict", Cause.SAFE, ("plain.example",))]
    assert asks(rules, "teen") == [(6, "preset: trusted", Cause.SAFE, ("plain.example",))]
    assert asks(rules, "grown") == []
    for host, opened in (("plain.example", True), ("find.example", False)):
        found = host_depth(rules, "child", host, NOTHING_HAPPENED, NOON)
        assert found.is_opened is opened
        assert [one.entry for one in found.wishes] == (["safe: strict"] if opened else [])
