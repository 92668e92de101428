"""What the rule file says of searches and files, and how deep each needs to be looked into."""

from datetime import UTC, datetime

import pytest

from rules.catalog import Catalog
from rules.compile import Ruleset, compile_policy
from rules.engine import decide, explain
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.kinds import NOTHING, find_file, find_search, speaking_kinds
from rules.match import Index
from rules.policy import Action, Entry, FileType, Mime, Reason, Search, Site
from rules.policy_text import parse
from rules.request import Client, Reply, Request, Stage
from rules.search import words_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = """\
porchlight: 1
timezone: UTC
profiles:
  plain: {block: [a.example]}
  searching: {block: [{search: bomb}]}
  typed: {block: [{mime: video/*}, {file: [exe]}]}
  later: {block: [{mime: video/*, from: 2027-01-01}, {search: bomb, from: 2027-01-01}]}
"""


def test_entries_say_what_is_asked_for(catalog: Catalog) -> None:
    text = """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
everyone:
  block:
    - {search: Cờ  Bạc, note: why, until: 2026-12-20}
    - {file: [MSI, tar.gz, exe, exe]}
    - {mime: Video/*}
profiles:
  kid:
    downloads:
      block:
        - exe
        - APK
    block: [a.com]
  other: {downloads: }
"""
    policy = parse(text, file="family.yaml", catalog=catalog)
    search, file, mime = (one for one in policy.everyone_block if isinstance(one, Entry))
    assert (search.address, search.note) == ("search: Cờ  Bạc", "why")
    assert search.target == Search(words=words_of("cờ bạc"))
    assert search.ends == datetime(2026, 12, 20, 17, tzinfo=UTC)
    assert file.address == "file: MSI, tar.gz, exe, exe"
    assert file.target == FileType(endings=("exe", "msi", "tar.gz"))
    assert (mime.address, mime.target) == ("mime: Video/*", Mime(type="video/*"))
    assert policy.profiles["kid"].block == (
        Entry(address="a.com", target=Site(host="a.com"), line=14),
        Entry(address="downloads: exe", target=FileType(endings=("exe",)), line=12),
        Entry(address="downloads: APK", target=FileType(endings=("apk",)), line=13),
    )
    assert policy.profiles["other"].block == ()


@pytest.fixture(scope="module")
def ruleset(catalog: Catalog) -> Ruleset:
    return compile_policy(parse(RULES, file="family.yaml", catalog=catalog), catalog)


def request(who: str, address: str, stage: Stage = Stage.REQUEST) -> Request:
    return Request(id="T", url=parse_url(address), client=Client(name=who), stage=stage)


@pytest.mark.parametrize(
    ("who", "address", "look"),
    [
        ("plain", "https://google.com/search?q=x", Stage.NAME),
        ("later", "https://google.com/search?q=bomb", Stage.NAME),
        ("searching", "https://b.example/", Stage.NAME),
        ("searching", "https://google.com/", Stage.REQUEST),
        ("searching", "https://google.com/search?q=x", Stage.REQUEST),
        ("typed", "https://google.com/search?q=x", Stage.REPLY),
        ("typed", "https://b.example/a.exe", Stage.REQUEST),
    ],
)
def test_no_request_is_looked_into_deeper_than_its_rules_need(
    who: str, address: str, look: Stage, ruleset: Ruleset
) -> None:
    assert decide(ruleset, request(who, address), NOTHING_HAPPENED, NOON).look is look


@pytest.mark.parametrize(
    ("who", "look"), [("searching", Stage.REQUEST), ("typed", Stage.REPLY), ("later", Stage.NAME)]
)
def test_a_name_alone_is_held_to_nothing_that_it_does_not_show(
    who: str, look: Stage, ruleset: Ruleset
) -> None:
    by_name = request(who, "https://google.com/search/bomb.exe?q=bomb", Stage.NAME)
    decision = decide(ruleset, by_name, NOTHING_HAPPENED, NOON)
    assert (decision.action, decision.look) == (Action.ALLOW, look)


def test_lists_without_such_entries_find_nothing(catalog: Catalog) -> None:
    asked = request("plain", "https://google.com/search?q=bomb").answered(Reply(mime="video/mp4"))
    assert find_search((Index(),), asked, catalog.search_engines, NOON) is NOTHING
    assert find_file((Index(),), asked, NOON) is NOTHING


def test_an_answer_is_certain_once_it_is_seen(ruleset: Ruleset) -> None:
    asked = request("typed", "https://b.example/").answered(Reply(mime="video/mp4"))
    decision = decide(ruleset, asked, NOTHING_HAPPENED, NOON)
    assert (decision.reason, decision.entry) == (Reason.FILE, "mime: video/*")
    assert decision.look <= asked.stage


def test_behind_an_allow_of_the_very_file_the_kind_is_not_asked(catalog: Catalog) -> None:
    text = (
        "porchlight: 1\ntimezone: UTC\nprofiles:\n"
        "  kid: {allow: [a.example/ftp/, b.example], block: [{file: [exe]}]}\n"
    )
    ruleset = compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog)

    def skipped(address: str) -> list[str]:
        steps = explain(ruleset, request("kid", address), NOTHING_HAPPENED, NOON).steps
        return [step.question for step in steps if step.is_skipped]

    assert skipped("https://a.example/ftp/x.exe") == ["file", "category", "default"]
    assert skipped("https://b.example/x.exe") == ["category", "default"]


def test_what_speaks_of_a_request_is_told_by_now_and_later(catalog: Catalog) -> None:
    text = (
        RULES
        + "  both: {block: [{search: bomb}, {file: [exe], from: 2027-01-01}, {mime: video/*}]}\n"
    )
    rules = compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog)

    def told(url: str, stage: Stage = Stage.REQUEST, reply: Reply | None = None) -> list[str]:
        request = Request(
            id="T", url=parse_url(url), client=Client(name="both"), stage=stage, reply=reply
        )
        found = speaking_kinds(rules.own["both"], request, catalog.search_engines)
        return [rule.entry for rule in found]

    assert told("https://duckduckgo.com/?q=a+bomb") == ["search: bomb"]
    assert told("https://duckduckgo.com/?q=a+bomb", Stage.NAME) == []
    assert told("https://a.example/?q=a+bomb") == []
    assert told("https://a.example/b.exe") == ["file: exe"]
    assert told("https://a.example/b.exe", Stage.NAME) == []
    assert told("https://a.example/b", Stage.REPLY, Reply(mime="video/mp4")) == ["mime: video/*"]
