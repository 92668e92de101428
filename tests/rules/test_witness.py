"""Requests that show what `check` finds."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rules.address import parse_address
from rules.catalog import Catalog
from rules.entries import spell_out
from rules.facts import NOTHING_HAPPENED
from rules.narrowed import Case
from rules.policy import Mime, Pattern
from rules.problems import NO_HINT, Sentence, warning
from rules.request import Client, Request
from rules.witness import Prover, Suspicion, ask, is_idle, places, typed
from tests.rules.families import KINDS, SITES, WORDS
from tests.rules.findings import HEAD, NOON, compiled

BERLIN = ZoneInfo("Europe/Berlin")
DOUBT = warning("family.yaml", 3, "never", Sentence("remove it"), NO_HINT)


@pytest.mark.parametrize(
    ("address", "urls"),
    [
        ("a.com", ["https://a.com/", "https://www.a.com/"]),
        ("=a.com", ["https://a.com/"]),
        ("*.a.com", ["https://www.a.com/"]),
        ("*.zip", ["https://example.zip/"]),
        ("a.com/x/", ["https://a.com/x", "https://www.a.com/x"]),
        ("=a.com/w?v=a+b&é=%26", ["https://a.com/w?v=a%20b&%C3%A9=%26"]),
        ("=a.com/?v=1", ["https://a.com/?v=1"]),
        ("1.2.3.0/24", ["http://1.2.3.0/"]),
        ("[2606:4700::1]", ["http://[2606:4700::1]/"]),
        ("1.2.3.4/x", ["http://1.2.3.4/x"]),
        ("games", ["https://minecraft.net/", "https://roblox.com/"]),
        ("bare-address", ["https://1.1.1.1/"]),
        ("a-list-of-our-own", []),
        ("/ads/", []),
        ("=" + "a." * 124 + "com", [f"https://{'a.' * 124}com/"]),
        ("*." + "a." * 124 + "com", []),
    ],
)
def test_an_entry_is_shown_by_an_address_that_it_means(
    address: str, urls: list[str], catalog: Catalog
) -> None:
    found = places(parse_address(address), catalog)
    assert [url.text for url in found] == sorted(urls, key=urls.index)


@pytest.mark.parametrize("address", [*SITES, *KINDS, *WORDS])
def test_every_such_address_is_one_that_the_entry_speaks_of(address: str, catalog: Catalog) -> None:
    written = f"{{{address}}}" if ": " in address else address
    rules = compiled(f"{HEAD}groups: {{bunch: []}}\nnever:\n  - {written}\n", catalog)
    for entry in spell_out(rules.policy, rules.policy.never):
        urls = places(entry.target, catalog)
        assert urls or isinstance(entry.target, Pattern | Mime)
        for url in urls:
            request = Request(id="T", url=url, client=Client(name="unknown"))
            case = Case.of(rules, request, NOTHING_HAPPENED, NOON)
            assert [rule.entry for rule in case.rules()] == [entry.address]


def test_a_moment_is_a_minute_that_can_be_typed() -> None:
    assert typed(NOON) == NOON
    assert typed(NOON.replace(microsecond=1)) == NOON.replace(minute=1)
    # 25 October 2026: the clock shows 02:00 to 03:00 twice.
    second = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)
    assert typed(second.replace(fold=0)) == second.replace(fold=0)
    assert typed(second) == datetime(2026, 10, 25, 3, 0, tzinfo=BERLIN)


def test_the_first_request_that_shows_it_is_the_witness(catalog: Catalog) -> None:
    text = f"{HEAD}never: [a.com]\nprofiles: {{kid: {{}}, teen: {{}}}}\n"
    prover = Prover(ruleset=compiled(text, catalog), moment=NOON)
    tried: list[str] = []

    def shows(case: Case) -> bool:
        tried.append(f"{case.profile} {case.request.url.host}")
        return tried[-1] == "teen example.com"

    (shown,) = prover.prove(iter([Suspicion(problem=DOUBT, who=("kid", "teen"), shows=shows)]))
    assert tried == ["kid example.com", "kid example.org", "kid example.net", "teen example.com"]
    assert shown.witness is not None
    assert (shown.witness.who, shown.witness.url) == ("teen", "https://example.com/")


def test_what_no_request_shows_is_not_told(catalog: Catalog) -> None:
    prover = Prover(ruleset=compiled(HEAD, catalog), moment=NOON)
    doubt = Suspicion(problem=DOUBT, who=("unknown",), shows=lambda _: False)
    assert list(prover.prove(iter([doubt]))) == []


def test_what_nothing_can_be_asked_about_is_told_without_a_request(catalog: Catalog) -> None:
    prover = Prover(ruleset=compiled(HEAD, catalog), moment=NOON)
    doubt = Suspicion(problem=DOUBT, who=("unknown",), urls=(), shows=lambda _: False)
    assert list(prover.prove(iter([doubt]))) == [DOUBT]


def test_nothing_is_told_twice(catalog: Catalog) -> None:
    prover = Prover(ruleset=compiled(HEAD, catalog), moment=NOON)
    doubt = Suspicion(problem=DOUBT, who=("unknown",), shows=lambda _: True)
    assert len(list(prover.prove(iter([doubt, doubt])))) == 1


def test_trying_ends(catalog: Catalog) -> None:
    prover = Prover(ruleset=compiled(HEAD, catalog), moment=NOON, left=7)
    tried: list[Case] = []

    def shows(case: Case) -> bool:
        tried.append(case)
        return False

    doubt = Suspicion(problem=DOUBT, who=("unknown",), shows=shows)
    assert list(prover.prove(iter([doubt] * 100))) == []
    assert len(tried) == 7


def test_what_meets_very_many_rules_or_windows_is_tried_less(catalog: Catalog) -> None:
    def effort(text: str) -> int:
        prover = Prover(ruleset=compiled(HEAD + text, catalog), moment=NOON)
        doubt = Suspicion(problem=DOUBT, who=("unknown",), shows=lambda _: True)
        whole = prover.left
        assert list(prover.prove(iter([doubt])))
        return whole - prover.left

    paths = ", ".join(f"example.com/{number}" for number in range(1_000))
    hours = ", ".join(
        f"{hour:02}:{tens}0-{hour:02}:{tens}5" for hour in range(24) for tens in range(5)
    )
    assert effort("") == 1
    assert effort(f"never: [{paths}]\n") == 11
    assert effort(f"profiles: {{unknown: {{time: {{windows: {{mon: [{hours}]}}}}}}}}\n") == 15


def test_without_rules_that_speak_nothing_is_idle(catalog: Catalog) -> None:
    text = f"{HEAD}never: [a.com]\nprofiles: {{kid: {{block: [a.com]}}}}\n"
    (url, _) = places(parse_address("a.com"), catalog)
    request = Request(id="T", url=url, client=Client(name="kid"))
    case = Case.of(compiled(text, catalog), request, NOTHING_HAPPENED, datetime.now(UTC))
    floor, own = case.rules()

    assert ask(case).line == 3
    assert is_idle(case, [own])
    assert not is_idle(case, [floor])
    assert not is_idle(case, [])
