"""What in a right policy is probably not meant."""

import re
from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalog import Catalog
from rules.check import warnings
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.policy import UNKNOWN, Action, Reason
from rules.request import Client, Request
from rules.witness import MOST_EFFORT
from tests.rules.families import MOMENTS, MONDAY, URLS, families
from tests.rules.findings import HEAD, NOON, answer, compiled, found, said


def test_a_sound_file_is_passed_in_silence(catalog: Catalog) -> None:
    text = """
groups: {homework: [wikipedia.org]}
never: [adult]
anytime: [homework]
profiles:
  kid:
    devices: [tablet]
    default: block
    allow: [homework, youtube]
    block: [youtube.com/shorts, games]
    time: {windows: {every_day: [07:00-12:00, 13:00-20:00]}}
devices: {tablet: {ip: 192.168.1.40}}
"""
    assert said(text, catalog) == []


def test_idle_names_are_told(catalog: Catalog) -> None:
    text = "profiles:\n  kid: {}\ndevices:\n  tv: {ip: 192.168.1.2}\n"
    assert said(text, catalog) == [
        "2: kid has no device, so nobody follows its rules",
        "4: tv is in no profile and follows unknown",
    ]
    nobody, idle = found(text, catalog)
    assert nobody.witness is None
    assert answer(compiled(HEAD + text, catalog), idle).profile == UNKNOWN
    assert answer(compiled(HEAD + text, catalog), idle).device == "tv"


IDLE = re.compile(r"changes nothing|stands in this list|stays blocked|has ended")
"""Words of findings on lines that could as well not be there."""


@settings(max_examples=60)
@given(text=families(), data=st.data())
def test_what_changes_nothing_could_as_well_not_be_there(
    catalog: Catalog, text: str, data: st.DataObject
) -> None:
    rules, lines = compiled(text, catalog), text.splitlines()
    asked = data.draw(st.lists(st.tuples(st.sampled_from(URLS), MOMENTS), min_size=20, max_size=20))
    for problem in warnings(rules, moment=MONDAY):
        line = lines[problem.line - 1].strip()
        if not IDLE.search(problem.message) or not line.startswith("- ") or "bunch" in line:
            continue  # of a whole group one address alone may be idle
        rest = [line for number, line in enumerate(lines, 1) if number != problem.line]
        without = compiled("\n".join(rest), catalog)
        for (url, moment), who in product(asked, ("kid", "teen")):
            request = Request(id="TEST", url=parse_url(url), client=Client(name=who))
            one, other = (
                decide(each, request, NOTHING_HAPPENED, moment) for each in (rules, without)
            )
            assert one.action is other.action, (problem, url, moment)


@settings(max_examples=100)
@given(text=families(), moment=MOMENTS)
def test_every_witness_can_be_typed_and_is_answered_by_what_the_problem_names(
    catalog: Catalog, text: str, moment: datetime
) -> None:
    rules = compiled(text, catalog)
    zone = ZoneInfo(rules.policy.timezone)
    for problem in warnings(rules, moment=moment):
        if problem.witness is None:
            continue
        typed = datetime.fromisoformat(f"{problem.witness.at:%Y-%m-%d %H:%M}").replace(tzinfo=zone)
        assert typed == problem.witness.at
        decision = answer(rules, problem)
        for words, answers in PROOFS.items():
            if words in problem.message:
                assert (decision.action, decision.reason) in answers, problem
        if "is allowed here and blocked in line" in problem.message:
            assert f"line {decision.line}" in problem.message


BLOCK = Action.BLOCK
PROOFS = {
    "is allowed here and blocked": {
        (BLOCK, reason) for reason in (Reason.SITE, Reason.SEARCH, Reason.FILE, Reason.CATEGORY)
    },
    "is under never:": {(BLOCK, Reason.NEVER)},
    "belongs to a help site": {(Action.ALLOW, Reason.HELP)},
    "is inside the house": {(BLOCK, Reason.LOCAL)},
    # SITE, where another entry allows a site of the category that is named for nothing.
    "nothing blocks it": {(Action.ALLOW, Reason.CATEGORY), (Action.ALLOW, Reason.SITE)},
    "blocks it already": {(BLOCK, Reason.CATEGORY)},
    "closed all day": {(BLOCK, Reason.WINDOW)},
}
"""What the request that shows a finding is answered with."""


def test_a_file_with_very_many_faults_is_told_so(catalog: Catalog) -> None:
    allow = "".join(f"      - s{number}.a.com\n" for number in range(30_000))
    text = f"never: [a.com]\nprofiles:\n  unknown:\n    allow:\n{allow}"
    rules = compiled(HEAD + text, catalog)
    problems = warnings(rules, moment=NOON)

    assert len(problems) == MOST_EFFORT + 1
    assert problems[0].line == 1
    assert problems[0].message == "not everything could be tried: there may be more to look at"
