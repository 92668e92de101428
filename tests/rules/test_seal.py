"""Which hosts are never opened, for whom, and what that leaves of the rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from rules.catalog import Catalog, SealKind, Topic
from rules.compile import Ruleset, compile_policy
from rules.decision import Decision
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED, Facts, Passage
from rules.hosts import parse_url
from rules.policy import (
    UNKNOWN,
    Action,
    Device,
    Entry,
    EntryList,
    FileType,
    Language,
    LogLevel,
    Pattern,
    Policy,
    Profile,
    Site,
    Word,
)
from rules.request import Client, Reply, Request, Stage

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CATALOG = Catalog(
    topics={"games": Topic(key="games", title={"en": "games"}, hosts=frozenset({"play.example"}))},
    help_sites=frozenset({"help.example"}),
    seals={
        "bank": SealKind(key="bank", title={"en": "a bank"}, is_private=True),
        "pinned": SealKind(key="pinned", title={"en": "an app"}, is_liftable=True),
        "captive": SealKind(key="captive", title={"en": "a test"}),
    },
    never_opened={
        "bank.example": "bank",
        "app.example": "pinned",
        "probe.app.example": "captive",
    },
)
TABLET = Client(address="192.168.1.4")
STRANGER = Client(address="192.168.1.9")


def site(host: str, path: str | None = None) -> Entry:
    address = host + (path or "")
    return Entry(address=address, target=Site(host=host, path=path), line=9)


def house(device: Device | None = None, *block: Entry, log: LogLevel = LogLevel.SITES) -> Ruleset:
    tablet = device or Device(line=3)
    child = Profile(
        key="child",
        name="Child",
        line=5,
        language=Language.ENGLISH,
        devices=("tablet",),
        block=block,
        log=log,
    )
    unknown = Profile(key=UNKNOWN, name=UNKNOWN, line=1, language=Language.ENGLISH)
    policy = Policy(
        file="family.yaml",
        revision="abc",
        timezone="UTC",
        profiles={"child": child, UNKNOWN: unknown},
        devices={"tablet": replace(tablet, address=ip_address("192.168.1.4"))},
    )
    return compile_policy(policy, CATALOG)


def said(
    rules: Ruleset,
    url: str,
    client: Client = TABLET,
    facts: Facts = NOTHING_HAPPENED,
    at: datetime = NOON,
) -> Decision:
    request = Request(id="1", url=parse_url(url), client=client)
    return decide(rules, request, facts, at)


@pytest.mark.parametrize(
    ("url", "seal"),
    [
        ("https://bank.example/", "bank"),
        ("https://www.bank.example/a?b", "bank"),
        ("wss://live.bank.example/", "bank"),
        ("https://app.example/", "pinned"),
        ("https://probe.app.example/", "captive"),
        ("https://chat.help.example/", "help"),
        ("https://notbank.example/", None),
        # whoever listens reads it all the same
        ("http://bank.example/", None),
    ],
)
def test_the_nearest_name_says_what_a_host_is(url: str, seal: str | None) -> None:
    assert said(house(), url).seal == seal


def test_rules_that_would_have_to_look_are_silent_where_nothing_is_opened() -> None:
    blocks = (
        site("app.example", "/reel"),
        Entry(address="/reel/", target=Pattern(expression="reel"), line=10),
        Entry(address="file: exe", target=FileType(endings=("exe",)), line=11),
    )
    sealed = said(house(None, *blocks), "https://app.example/reel/a.exe")
    seen = said(house(None, *blocks), "http://app.example/reel/a.exe")

    assert (sealed.action, sealed.look, sealed.seal) == (Action.ALLOW, Stage.NAME, "pinned")
    assert (seen.action, seen.seal) == (Action.BLOCK, None)


def test_a_name_is_enough_to_close_what_is_never_opened() -> None:
    decision = said(house(None, site("bank.example")), "https://bank.example/account")
    assert (decision.action, decision.look, decision.line) == (Action.BLOCK, Stage.NAME, 9)


def test_what_comes_back_from_a_sealed_host_is_not_judged() -> None:
    rules = house(None, Entry(address="file: exe", target=FileType(endings=("exe",)), line=11))
    request = Request(id="1", url=parse_url("https://bank.example/get"), client=TABLET)
    reply = Reply(filenames=("setup.exe",))
    assert decide(rules, request.answered(reply), NOTHING_HAPPENED, NOON).action is Action.ALLOW


def test_a_full_log_opens_what_may_be_opened() -> None:
    rules = house(log=LogLevel.FULL)
    assert said(rules, "https://other.example/").look is Stage.REQUEST
    assert said(rules, "https://bank.example/").look is Stage.NAME
    assert said(rules, "https://other.example/", STRANGER).look is Stage.NAME


@pytest.mark.parametrize(
    ("entries", "url", "seal"),
    [
        ((site("play.example"),), "https://www.play.example/", "tunnel"),
        ((Entry(address="games", target=Word(name="games"), line=3),), "https://play.example/", "tunnel"),
        ((site("play.example"),), "https://other.example/", None),
    ],
)  # fmt: skip
def test_a_device_names_what_is_not_opened_there(
    entries: EntryList, url: str, seal: str | None
) -> None:
    rules = house(Device(line=3, tunnel=entries))
    assert said(rules, url).seal == seal
    assert said(rules, url, STRANGER).seal is None


def test_a_device_may_open_an_app_and_nothing_that_is_private() -> None:
    opened = (site("app.example"), site("bank.example"), site("help.example"))
    rules = house(Device(line=3, opens=opened))
    assert said(rules, "https://www.app.example/").seal is None
    assert said(rules, "https://app.example/", STRANGER).seal == "pinned"
    assert said(rules, "https://bank.example/").seal == "bank"
    assert said(rules, "https://help.example/").seal == "help"


def test_a_device_that_trusts_nothing_of_ours_is_never_looked_into() -> None:
    rules = house(Device(line=3, is_sealed=True), log=LogLevel.FULL)
    decision = said(rules, "https://other.example/")
    assert (decision.seal, decision.look) == ("device", Stage.NAME)
    assert said(rules, "https://bank.example/").seal == "bank"


def test_a_parents_leave_counts_on_its_device_until_it_ends() -> None:
    ends = NOON + timedelta(days=7)
    facts = Facts(
        passages=(
            Passage(device="tablet", host="chat.example", given=NOON, ends=ends, by="Mum"),
            Passage(device="192.168.1.9", host="tv.example", given=NOON, ends=ends, by="Mum"),
        )
    )
    rules = house(None, site("chat.example", "/secret"))
    url = "https://www.chat.example/secret"

    assert said(rules, url, facts=facts).seal == "passage"
    assert said(rules, url, facts=facts).action is Action.ALLOW
    assert said(rules, url, facts=facts).until == ends
    assert said(rules, url, facts=facts, at=ends).action is Action.BLOCK
    before = said(rules, url, facts=facts, at=NOON - timedelta(hours=1))
    assert (before.action, before.until) == (Action.BLOCK, NOON)
    assert said(rules, url, facts=facts, at=NOON - timedelta(seconds=1)).seal is None
    assert said(rules, "https://chat.example/", STRANGER, facts).seal is None
    assert said(rules, "https://tv.example/", STRANGER, facts).seal == "passage"
