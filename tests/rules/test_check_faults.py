"""A sound family's file in which one fault is planted at a time: `check` finds that one, and its request shows it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest

from rules.catalog import Catalog
from rules.check import warnings
from rules.policy import Action, Reason
from tests.rules.findings import NOON, answer, compiled

FAMILY = """\
porchlight: 1
timezone: UTC
country: VN
language: en

groups:
  homework:
    - wikipedia.org
    - scratch.mit.edu
    - "*.edu.vn"
  films:
    - youtube
    - vtv.vn

never:
  - adult
  - casino.example
  - 203.0.114.0/24
  - /free-robux/

anytime:
  - homework

days:
  school_night: [mon, tue, wed, thu, sun]
  free_night: [fri, sat]
holidays:
  tet: {from: 2027-02-03, to: 2027-02-12, use: free_night}

everyone:
  allow:
    - news.example
    - school.example/portal
  block:
    - proxy.example
    - 198.51.99.0/24

profiles:
  younger:
    name: Younger child
    devices: [tablet]
    preset: garden
    allow:
      - homework
      - films
      - zoo.example
    block:
      - youtube.com/shorts
      - site: toys.example
        until: 2027-01-06
        note: until the birthday
    time:
      windows:
        school_night: ["06:30-07:15", "17:00-20:00"]
        free_night: ["07:00-21:00"]
  teen:
    name: Teenager
    devices: [phone]
    preset: trusted
    allow:
      - zalo
      - forum.example
    block:
      - games
      - =chat.example
      - forum.example/off-topic
    time:
      windows:
        every_day: ["06:00-22:30"]
  unknown:
    preset: trusted
    block:
      - games

devices:
  tablet: {ip: 192.168.1.40}
  phone: {ip: 192.168.1.41}

expect:
  - {who: younger, url: https://wikipedia.org/, at: any, is: allowed}
"""


A, B = Action.ALLOW, Action.BLOCK
ALLOWS = ("younger.allow", "teen.allow", "everyone.allow")
BLOCKS = ("younger.block", "teen.block", "everyone.block")
LISTS = (*ALLOWS, *BLOCKS, "never", "anytime", "unknown.block")
FLOOR = {
    "adult": "adult",
    "pornhub.com": "adult",
    "casino.example": "casino.example",
    "www.casino.example/slots": "casino.example",
    "'*.casino.example'": "casino.example",
    "203.0.114.7": "203.0.114.0/24",
    "/free-robux/": "/free-robux/",
}
"""What stands under `never`, and by which entry."""


@dataclass(frozen=True)
class Fault:
    """One mistake in the file, and what is said of it."""

    text: str
    line: int
    said: str
    shows: tuple[Action, Reason] | None = None
    """What its request is answered with. None: what the file answers there without the fault, too."""


def line_of(text: str, where: str) -> int:
    """The 1-based line of a list's head, `teen.allow`, or of an item there, `teen.allow - zalo`."""
    lines, number = text.splitlines(), 0
    head, _, item = where.partition(" - ")
    for step in (*(f"{key}:" for key in head.split(".")), *([f"- {item}"] if item else [])):
        number = next(
            at for at, line in enumerate(lines[number:], number + 1) if line.strip() == step
        )
    return number


def planted(where: str, item: str, *, last: bool) -> tuple[str, int]:
    """The file with one item more, at the top of a list or at its end, and the item's line."""
    lines = FAMILY.splitlines()
    at = line_of(FAMILY, where)
    margin = lines[at].partition("-")[0]
    while last and lines[at].startswith((f"{margin}-", f"{margin}  ")):
        at += 1
    lines.insert(at, f"{margin}- {item}")
    return "\n".join(lines) + "\n", at + 1


def under_never() -> Iterator[Fault]:
    for where, (item, floor), last in product((*ALLOWS, *BLOCKS), FLOOR.items(), (False, True)):
        text, line = planted(where, item, last=last)
        does = "stays blocked" if where in ALLOWS else "changes nothing"
        above = line_of(text, f"never - {floor}")
        said = f"{item.strip(chr(39))} {does}: {floor} is under never: in line {above}"
        yield Fault(text, line, said, (B, Reason.NEVER))


def anywhere() -> Iterator[Fault]:
    help_site, home = "www.childline.org.uk/chat", "192.168.1.0/24"
    for where, last in product(LISTS, (False, True)):
        text, line = planted(where, "{site: gone.example, until: 2026-12-01}", last=last)
        yield Fault(text, line, "gone.example has ended on 2026-12-01")
        text, line = planted(where, help_site, last=last)
        said = f"{help_site} changes nothing: it belongs to a help site, which is always open"
        yield Fault(text, line, said, (A, Reason.HELP))
        text, line = planted(where, home, last=last)
        said = f"{home} changes nothing: it is inside the house, where the filter opens nothing"
        yield Fault(text, line, said, (B, Reason.LOCAL))


def doubled() -> Iterator[Fault]:
    for where, item in (
        ("younger.allow", "films"),
        ("younger.allow", "zoo.example"),
        ("teen.block", "games"),
        ("teen.block", "=chat.example"),
        ("everyone.block", "198.51.99.0/24"),
        ("never", "/free-robux/"),
        ("never", "casino.example"),
        ("anytime", "homework"),
        ("homework", "wikipedia.org"),
    ):
        text, line = planted(where, item, last=True)
        first = line_of(text, f"{where} - {item}")
        yield Fault(text, line, f"{item} stands in this list already, in line {first}")


def contradicted() -> Iterator[Fault]:
    for where, item, reason in (
        ("younger.block", "zoo.example", Reason.SITE),
        ("teen.allow", "games", Reason.CATEGORY),
        ("teen.block", "zalo", Reason.CATEGORY),
        ("teen.block", "forum.example", Reason.SITE),
        ("teen.allow", "=chat.example", Reason.SITE),
        ("everyone.allow", "198.51.99.0/24", Reason.SITE),
        ("everyone.block", "school.example/portal", Reason.SITE),
    ):
        for last in (False, True):
            text, _ = planted(where, item, last=last)
            owner = where.partition(".")[0]
            allowed, blocked = (
                line_of(text, f"{owner}.{name} - {item}") for name in ("allow", "block")
            )
            said = f"{item} is allowed here and blocked in line {blocked}"
            yield Fault(text, allowed, said, (B, reason))


def covered() -> Iterator[Fault]:
    for where, item, wider, entry in (
        ("younger.allow", "en.wikipedia.org", "wikipedia.org", "homework"),
        ("younger.block", "m.youtube.com/shorts/x", "youtube.com/shorts", "youtube.com/shorts"),
        ("teen.allow", "=forum.example", "forum.example", "forum.example"),
        ("everyone.allow", "news.example/kids", "news.example", "news.example"),
        ("everyone.block", "198.51.99.128/25", "198.51.99.0/24", "198.51.99.0/24"),
        ("never", "slots.casino.example", "casino.example", "casino.example"),
        ("anytime", "scratch.mit.edu/projects", "scratch.mit.edu", "homework"),
    ):
        for last in (False, True):
            text, line = planted(where, item, last=last)
            above = line_of(text, f"{where} - {entry}")
            yield Fault(
                text, line, f"{item} changes nothing: {wider} in line {above} says it already"
            )


def named() -> Iterator[Fault]:
    for where, item, why, shows in (
        ("younger.block", "social", "preset: garden blocks it already", (B, Reason.CATEGORY)),
        ("unknown.block", "social", "preset: trusted blocks it already", (B, Reason.CATEGORY)),
        ("teen.allow", "youtube", "nothing blocks it for teen", (A, Reason.CATEGORY)),
    ):
        for last in (False, True):
            text, line = planted(where, item, last=last)
            yield Fault(text, line, f"{item} changes nothing: {why}", shows)


def edited(
    *edits: tuple[str, str], at: str, said: str, shows: tuple[Action, Reason] | None
) -> Fault:
    """The file with pieces of it written in another way; told at the line that begins with `at`."""
    text = FAMILY
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    lines = [line.strip() for line in text.splitlines()]
    return Fault(
        text, next(n for n, line in enumerate(lines, 1) if line.startswith(at)), said, shows
    )


def timed() -> Iterator[Fault]:
    shut, opened = (B, Reason.WINDOW), (A, Reason.DEFAULT)
    yield edited(
        ("free_night: [fri, sat]", "free_night: [fri]"),
        at="windows:",
        said="younger has no window on sat: closed all day",
        shows=shut,
    )
    yield edited(
        ("use: free_night", "use: sat"),
        at="tet:",
        said="younger has no window for sat: closed all day during tet",
        shows=shut,
    )
    yield edited(
        ("holidays:", "  camp: []\nholidays:"),
        ("        every_day:", '        camp: ["23:00-23:30"]\n        every_day:'),
        at='camp: ["23',
        said="no day is camp, so its windows never open",
        shows=shut,
    )
    yield edited(
        ('["06:00-22:30"]', '["06:00-22:30", "22:00-23:00"]'),
        at="every_day:",
        said="22:00-23:00 on every_day overlaps 06:00-22:30 in line LINE",
        shows=opened,
    )
    yield edited(
        ('["06:00-22:30"]', '["22:30-06:00"]'),
        at="every_day:",
        said="22:30-06:00 is open for 7.5 hours, until the next morning",
        shows=opened,
    )
    younger = FAMILY[FAMILY.index("    time:\n") : FAMILY.index("  teen:\n")]
    yield edited(
        (younger, ""),
        ('    time:\n      windows:\n        every_day: ["06:00-22:30"]\n', ""),
        at="anytime:",
        said="anytime: changes nothing: no profile has windows",
        shows=None,
    )


def idle() -> Iterator[Fault]:
    yield edited(
        ("devices:\n  tablet", "devices:\n  tv: {ip: 192.168.1.9}\n  tablet"),
        at="tv:",
        said="tv is in no profile and follows unknown",
        shows=(A, Reason.DEFAULT),
    )


def spent() -> Iterator[Fault]:
    window = '        every_day: ["06:00-22:30"]\n'
    for name, line, reason in (
        ("games", "teen.block - games", Reason.CATEGORY),
        ("adult", "never - adult", Reason.NEVER),
    ):
        budget = f"      budgets:\n        {name}: {{fri: 0m}}\n"
        fault = edited((window, window + budget), at=f"{name}: {{", said="", shows=(B, reason))
        by = line_of(fault.text, line)
        said = f"{name} is blocked in line {by} anyway, so nothing uses this budget"
        yield replace(fault, said=said)


MAKERS = (under_never, anywhere, doubled, contradicted, covered, named, timed, idle, spent)
FAULTS = [
    pytest.param(fault, id=f"{make.__name__}-{number}")
    for make in MAKERS
    for number, fault in enumerate(make())
]


def test_a_sound_family_is_passed_in_silence(catalog: Catalog) -> None:
    assert len(FAMILY.splitlines()) >= 60
    assert warnings(compiled(FAMILY, catalog), moment=NOON) == ()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_alone_and_a_request_shows_it(fault: Fault, catalog: Catalog) -> None:
    rules = compiled(fault.text, catalog)
    (problem,) = warnings(rules, moment=NOON)

    assert problem.message == fault.said.replace("LINE", str(fault.line))
    assert problem.line == fault.line
    if problem.witness is None:
        assert "/free-robux/" in problem.message  # no address can be made up for an expression
        return
    decision = answer(rules, problem)
    if fault.shows is None:
        assert decision.action is answer(compiled(FAMILY, catalog), problem).action
    else:
        assert (decision.action, decision.reason) == fault.shows


def test_a_profile_that_nobody_follows_is_told_without_a_request(catalog: Catalog) -> None:
    text = FAMILY.replace("  unknown:\n", "  guest:\n    name: Guest\n  unknown:\n")
    (problem,) = warnings(compiled(text, catalog), moment=NOON)

    assert problem.message == "guest has no device, so nobody follows its rules"
    assert problem.witness is None


def test_the_faults_are_many() -> None:
    assert len(FAULTS) > 150
