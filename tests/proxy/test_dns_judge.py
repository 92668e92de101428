from dataclasses import replace
from datetime import UTC, datetime

from proxy.dns_judge import Verdict, judge, unreadable
from proxy.live import State
from rules.catalog import Catalog, SafeEngine, SafeWay
from rules.compile import compile_policy
from rules.decision import BUILT_IN, Reason
from rules.policy import Action, Language
from rules.request import Client
from rules.safe_mode import SafeSearch
from rules.wording import reason_line
from store.lists import load_catalog
from tests.proxy.conftest import CATALOG, make_policy

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TABLET = Client(address="127.0.0.2")
PLAIN = SafeEngine(key="plain", paths=("/",), ways={"strict": SafeWay(headers=(("a", "b"),))})


def verdict(host: str, catalog: Catalog = CATALOG, *, is_tunnel: bool = False) -> Verdict:
    made = make_policy()
    younger = replace(made.profiles["younger"], search=SafeSearch(is_safe=True))
    rules = replace(made, profiles={**made.profiles, "younger": younger})
    state = State(ruleset=compile_policy(rules, catalog))
    return judge(state, TABLET, host, NOW, is_tunnel=is_tunnel)


def test_the_rules_are_asked_by_name() -> None:
    blocked = verdict("bad.example")
    assert (blocked.is_open, blocked.decision.reason) == (False, Reason.SITE)
    assert blocked.line is not None
    assert (blocked.line.method, blocked.line.scheme) == ("DNS", "https")
    assert verdict("good.example").is_open


def test_a_canary_is_no_visit() -> None:
    catalog = replace(CATALOG, canaries=frozenset({"canary.example"}))
    for host in ("canary.example", "a.canary.example"):
        assert (verdict(host, catalog).is_open, verdict(host, catalog).line) == (False, None)
    assert verdict("notcanary.example", catalog).is_open


def test_what_only_an_opened_request_makes_safe_is_closed_outside_a_tunnel() -> None:
    catalog = replace(CATALOG, safe_search={"plain.example": PLAIN})
    closed = verdict("plain.example", catalog)
    assert (closed.is_open, closed.decision.category) == (False, "unsafe-search")
    assert (closed.decision.file, closed.decision.rewrite) == (BUILT_IN, None)
    said = reason_line(closed.decision, language=Language.ENGLISH, catalog=load_catalog())
    assert said.startswith("blocked by “safe: strict”: search engines without safe search")
    assert verdict("plain.example", catalog, is_tunnel=True).is_open
    spared = replace(CATALOG, safe_search={"plain.example": replace(PLAIN, is_opened=False)})
    assert verdict("plain.example", spared).is_open


def test_a_name_that_leads_inside_is_told_as_such() -> None:
    inside = verdict("good.example").inside()
    assert inside.decision.reason is Reason.LOCAL
    assert inside.line is not None
    assert inside.line.decision is inside.decision
    assert not inside.is_open


def test_an_unreadable_name_is_blocked_as_the_asker() -> None:
    state = State(ruleset=compile_policy(make_policy(), CATALOG))
    found = unreadable(state, TABLET, "a" * 900, NOW)
    assert (found.decision.action, found.decision.reason) == (Action.BLOCK, Reason.UNREADABLE)
    assert found.decision.profile == "younger"
    assert found.line is not None
    assert len(found.line.host) == 253


def test_the_canaries_that_vendors_name_are_known_and_closed_to_a_proxy_too() -> None:
    catalog = load_catalog()
    known = {"use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com", "resolver.arpa"}
    assert known <= catalog.canaries
    assert catalog.canaries - {"resolver.arpa", "canary.mask.apple-dns.net"} <= (
        catalog.topics["dns-bypass"].hosts
    )
