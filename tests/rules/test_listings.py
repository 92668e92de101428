"""Published lists, our own catalog and corrections, as the engine takes them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules.acceptance import recall
from rules.catalog import Catalog, ListMistake, ListOffer
from rules.compile import Ruleset
from rules.decision import Decision, Reason
from rules.domain_table import DomainTable, TableBuilder
from rules.engine import decide, explain
from rules.facts import NOTHING_HAPPENED
from rules.hosts import typed_url
from rules.list_entry import Claim, Entry, Source
from rules.name_score import CategoryWords, NameWords
from rules.policy import Action, Language
from rules.problems import PolicyError
from rules.request import Client, Request, Stage
from rules.wording import reason_line
from store.lists import load_catalog

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEAD = "porchlight: 1\ntimezone: Europe/Berlin\n"
LISTS = "lists:\n  filth: {file: f.txt, category: adult}\n  bets: on\n  plain: {file: p.txt}\n"
KID = "profiles:\n  kid: {block: [adult, games]}\n"
OFFER = ListOffer(
    key="bets",
    title={"en": "Bets and slots", "vi": "Cá cược"},
    url="https://lists.example/bets.txt",
    category="games",
    licence="MIT",
    home="https://lists.example",
    every=timedelta(days=1),
    domains=3,
)
MISTAKE = ListMistake(
    host="teaches.example", topics=frozenset({"adult"}), why={"en": "a school", "vi": "trường học"}
)


@pytest.fixture
def known(catalog: Catalog) -> Catalog:
    return replace(catalog, offers={"bets": OFFER}, mistakes={"teaches.example": MISTAKE})


def table_of(**lists: Iterable[str]) -> DomainTable:
    builder = TableBuilder()
    for name, texts in lists.items():
        entries = []
        for text in texts:
            host, slash, path = text.removeprefix("@@").partition("/")
            claim = Claim.TREE | Claim.EXCEPT if text.startswith("@@") else Claim.TREE
            entries.append(Entry(1, host, claim, slash + path))
        builder.add(Source(name=name), entries)
    return DomainTable(builder.finish())


TABLE = table_of(
    filth=[
        "dirty.example",
        "teaches.example",
        "@@clean.dirty.example",
        "pages.example/bad",
        "a.example",
    ],
    bets=["bet.example"],
    plain=["boring.example", "teaches.example"],
    stranger=["innocent.example"],
)


def rules(known: Catalog, text: str, table: DomainTable | None = TABLE) -> Ruleset:
    return recall(HEAD + text, file="family.yaml", catalog=known, table=table)


def ask(ruleset: Ruleset, address: str, stage: Stage = Stage.REQUEST) -> Decision:
    url = typed_url(address)
    request = Request(id="1", url=url, client=Client(name="kid"), stage=stage)
    return decide(ruleset, request, NOTHING_HAPPENED, NOON)


def test_a_list_puts_its_names_under_its_category(known: Catalog) -> None:
    found = ask(rules(known, LISTS + KID), "www.dirty.example")
    assert (found.action, found.reason, found.category) == (Action.BLOCK, Reason.CATEGORY, "adult")
    assert (found.listed, found.source, found.look) == ("dirty.example", "filth", Stage.NAME)


def test_an_offer_that_is_on_is_of_its_category(known: Catalog) -> None:
    assert ask(rules(known, LISTS + KID), "bet.example").source == "bets"
    assert ask(rules(known, LISTS.replace("on", "off") + KID), "bet.example").action is Action.ALLOW


def test_an_own_list_speaks_by_its_name_alone(known: Catalog) -> None:
    by_name = LISTS + "profiles:\n  kid: {block: [plain]}\n"
    assert ask(rules(known, by_name), "boring.example").category == "plain"
    assert ask(rules(known, LISTS + KID), "boring.example").action is Action.ALLOW


def test_a_name_may_be_that_of_a_list_which_is_off(known: Catalog) -> None:
    text = LISTS.replace("file: p.txt", "file: p.txt, is: off") + "never: [plain]\n" + KID
    assert ask(rules(known, text), "boring.example").action is Action.ALLOW


def test_a_list_without_a_table_says_nothing(known: Catalog) -> None:
    assert ask(rules(known, LISTS + KID, None), "dirty.example").action is Action.ALLOW


def test_what_no_line_turns_on_does_not_speak(known: Catalog) -> None:
    assert (
        ask(rules(known, LISTS + "never: [adult]\n" + KID), "innocent.example").action
        is Action.ALLOW
    )
    assert ask(rules(known, KID), "dirty.example").action is Action.ALLOW


def test_an_exception_of_a_list_opens(known: Catalog) -> None:
    assert ask(rules(known, LISTS + KID), "clean.dirty.example").action is Action.ALLOW


def test_a_list_can_stand_under_never(known: Catalog) -> None:
    found = ask(rules(known, LISTS + "never: [adult]\n" + KID), "dirty.example")
    assert (found.reason, found.source) == (Reason.NEVER, "filth")


@pytest.mark.parametrize("names", ["adult", "filth"])
def test_a_family_corrects_a_list_even_under_never(known: Catalog, names: str) -> None:
    text = (
        LISTS + f"never: [adult, filth]\ncorrections:\n  dirty.example: {{not: [{names}]}}\n" + KID
    )
    assert ask(rules(known, text), "www.dirty.example").action is Action.ALLOW
    assert ask(rules(known, text), "a.example").action is Action.BLOCK


def test_a_family_corrects_our_own_catalog(known: Catalog) -> None:
    assert ask(rules(known, KID), "pornhub.com").action is Action.BLOCK
    text = "corrections:\n  pornhub.com: {not: [adult], note: a test}\n" + KID
    assert ask(rules(known, text), "pornhub.com").action is Action.ALLOW


def test_a_known_mistake_of_lists_does_not_count(known: Catalog) -> None:
    assert ask(rules(known, LISTS + KID), "www.teaches.example").action is Action.ALLOW
    assert ask(rules(known, LISTS + "never: [plain]\n" + KID), "teaches.example").source == "plain"


def test_a_page_of_a_list_is_blocked_and_its_site_is_not(known: Catalog) -> None:
    ruleset = rules(known, LISTS + KID)
    page = ask(ruleset, "pages.example/bad/?from=mail")
    assert (page.action, page.listed, page.look) == (
        Action.BLOCK,
        "pages.example/bad",
        Stage.REQUEST,
    )
    good = ask(ruleset, "pages.example/good")
    assert (good.action, good.look) == (Action.ALLOW, Stage.REQUEST)
    by_name = ask(ruleset, "pages.example", Stage.NAME)
    assert (by_name.action, by_name.look) == (Action.ALLOW, Stage.REQUEST)


def test_pages_that_no_rule_cares_for_need_no_look(known: Catalog) -> None:
    ruleset = rules(known, LISTS + "profiles:\n  kid: {block: [games]}\n")
    assert ask(ruleset, "pages.example/bad").look is Stage.NAME


def test_a_new_table_needs_no_new_rules(known: Catalog) -> None:
    old = rules(known, LISTS + KID)
    listings = old.listings.with_table(table_of(filth=["new.example"]))
    new = replace(old, listings=listings)
    assert ask(new, "new.example").action is Action.BLOCK
    assert ask(new, "dirty.example").action is Action.ALLOW
    assert ask(old, "dirty.example").action is Action.BLOCK


def test_the_reason_names_the_list_in_words(known: Catalog) -> None:
    ruleset = rules(
        known,
        LISTS
        + KID
        + "    block: [bets]\n".replace("    block", "  x: {block").replace("]\n", "]}\n"),
    )
    found = ask(ruleset, "bet.example")
    english = reason_line(found, language=Language.ENGLISH, catalog=known)
    vietnamese = reason_line(found, language=Language.VIETNAMESE, catalog=known)
    assert "bet.example, by the list bets" in english
    assert "bet.example, theo danh sách bets" in vietnamese


def test_explain_shows_the_category_that_a_list_gives(known: Catalog) -> None:
    request = Request(id="1", url=typed_url("bet.example"), client=Client(name="kid"))
    told = explain(rules(known, LISTS + KID), request, NOTHING_HAPPENED, NOON)
    assert [step.detail for step in told.steps if step.decides] == ["games"]


def test_the_category_of_an_offer_can_be_another(known: Catalog) -> None:
    text = "lists:\n  bets: {category: adult}\n"
    assert ask(rules(known, text + KID), "bet.example").category == "adult"
    with pytest.raises(PolicyError):
        rules(known, "lists:\n  bets: {url: https://other.example/l.txt}\n" + KID)


def test_how_often_a_list_is_fetched(known: Catalog) -> None:
    lists = rules(
        known, LISTS + "  mine: {url: https://a.example/l.txt, every: 12h}\n"
    ).policy.lists
    assert lists["mine"].every == timedelta(hours=12)
    assert (lists["bets"].every, lists["bets"].url) == (OFFER.every, OFFER.url)
    assert lists["plain"].file == "p.txt"


WORDS = NameWords(
    categories={"adult": CategoryWords(telling={"filthy": 10}, hints=frozenset())},
    innocent=frozenset({"filthyrich"}),
    against={},
    enough=10,
)


def test_a_name_is_read_for_profiles_that_want_it(known: Catalog) -> None:
    reads = replace(known, name_words=WORDS)
    wants = "profiles:\n  kid: {block: [adult], read_names: on}\n"
    found = ask(rules(reads, wants), "www.filthy-films.example")
    assert (found.action, found.category, found.listed) == (Action.BLOCK, "adult", "filthy")
    assert "its name says “filthy”" in reason_line(found, language=Language.ENGLISH, catalog=reads)
    assert ask(rules(reads, wants), "filthyrich.example").action is Action.ALLOW
    for text in (wants.replace("on", "off"), KID):
        assert ask(rules(reads, text), "www.filthy-films.example").action is Action.ALLOW


def test_a_correction_overrules_what_a_name_says(known: Catalog) -> None:
    text = (
        "never: [adult]\nprofiles:\n  kid: {read_names: on}\n"
        "corrections:\n  filthy-films.example: {not: [adult]}\n"
    )
    reads = replace(known, name_words=WORDS)
    assert ask(rules(reads, text), "www.filthy-films.example").action is Action.ALLOW
    assert ask(rules(reads, text), "filthy.example").reason is Reason.NEVER


def test_the_presets_say_whose_names_are_read() -> None:
    whole = load_catalog()
    text = "".join(f"  {key}-one: {{preset: {key}}}\n" for key in whole.presets)
    profiles = rules(whole, "profiles:\n" + text).policy.profiles
    read = [one.preset for one in profiles.values() if one.read_names]
    assert read == ["garden", "curious", "growing", "trusted"]
