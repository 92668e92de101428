"""Rule files by chance, each entry on a line of its own, and what such families may be asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from rules.facts import Facts, Grant, Usage
from rules.hosts import parse_url
from rules.policy import Action
from rules.request import Client, Request, Stage

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
MINUTES_OF_TWO_WEEKS = 14 * 24 * 60

SITES = """
a.com b.a.com =a.com =b.a.com "*.a.com" "*.com" a.com/x b.a.com/x a.com/x?v=1 /v=1/ /a\\.com/
roblox.com pornhub.com www.pornhub.com/free youtube.com/shorts facebook.com m.zalo.me
childline.org.uk childline.org.uk/x 1.1.1.1 1.1.1.0/24 2606:4700::/32 192.168.1.0/24 192.168.1.5
""".split()
KINDS = ["search: toy cat", "search: cat", "file: [exe]", "file: [mp4, exe]", "mime: video/*"]
WORDS = "adult games social youtube zalo bare-address bunch".split()
BUDGETS = ["bunch", "games", "youtube", "everything"]
URLS = """
https://a.com/ https://b.a.com/ https://c.b.a.com/x/y https://a.com/x https://a.com/x?v=1&w=2
https://www.roblox.com/ https://pornhub.com/ https://www.pornhub.com/free https://facebook.com/
https://youtube.com/shorts/1 https://zalo.me/ https://m.zalo.me/ https://nothing.org/ http://nas/
https://childline.org.uk/x http://1.1.1.1/ https://1.1.1.1/ http://[2606:4700::1]/
https://duckduckgo.com/?q=my+toy+cat https://www.google.com/search?q=cat https://a.com/x/y.exe
https://[2606:4700::1]/ http://192.168.1.5/ https://192.168.1.5:8443/ http://localhost/
""".split()

HOURS = st.integers(0, MINUTES_OF_TWO_WEEKS // 60).map(
    lambda hour: f"{MONDAY + timedelta(hours=hour):%Y-%m-%d %H:%M}"
)
MOMENTS = st.integers(0, MINUTES_OF_TWO_WEEKS).map(
    lambda minutes: MONDAY + timedelta(minutes=minutes)
)
CLOCKS = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@st.composite
def _entry(draw: st.DrawFn, addresses: list[str]) -> str:
    address = draw(st.sampled_from(addresses))
    named = address if ": " in address else f"site: {address}"
    dates = sorted(draw(st.lists(HOURS, max_size=2, unique=True)))
    if len(dates) == 2:
        return f"{{{named}, from: {dates[0]}, until: {dates[1]}}}"
    if dates:
        return f"{{{named}, {draw(st.sampled_from(['from', 'until']))}: {dates[0]}}}"
    return address if named != address else f"{{{address}}}"


def _entries(addresses: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(_entry(addresses), max_size=3)


def _list(key: str, entries: Iterable[str], margin: str = "") -> list[str]:
    return [f"{margin}{key}:", *(f"{margin}  - {entry}" for entry in entries)]


@st.composite
def _windows(draw: st.DrawFn) -> list[str]:
    kinds = draw(st.lists(st.sampled_from(["every_day", "school", "sat", "tue"]), unique=True))
    found = []
    for kind in kinds:
        clocks = draw(st.lists(CLOCKS, min_size=2, max_size=4, unique=True))
        pairs = zip(clocks[::2], clocks[1::2], strict=False)
        found.append(f"        {kind}: [{', '.join(f'"{opens}-{ends}"' for opens, ends in pairs)}]")
    return ["      windows:", *found] if found else []


@st.composite
def _budgets(draw: st.DrawFn) -> list[str]:
    found = []
    for name in draw(st.lists(st.sampled_from(BUDGETS), max_size=2, unique=True)):
        found.append(f"        {name}:")
        kinds = draw(st.lists(st.sampled_from(["every_day", "school", "sat"]), min_size=1))
        found += [f"          {kind}: {draw(TIMES)}" for kind in dict.fromkeys(kinds)]
    return ["      budgets:", *found] if found else []


@st.composite
def _profile(draw: st.DrawFn, key: str) -> list[str]:
    found = [f"  {key}:", f"    devices: [{key}s-tablet]"]
    preset, default = draw(st.sampled_from([None, None, "garden", "trusted"])), draw(DEFAULTS)
    found += [f"    preset: {preset}"] if preset else []
    found += [f"    default: {default}"] if default else []
    for name in ("allow", "block"):
        found += _list(name, draw(_entries(SITES + KINDS + WORDS)), "    ")
    time = draw(_windows()) + draw(_budgets())
    return [*found, "    time:", *time] if time else found


TIMES = st.sampled_from(["0m", "30m", "unlimited"])
DEFAULTS = st.sampled_from([None, None, "allow", "block", "ask"])


@st.composite
def families(draw: st.DrawFn) -> str:
    """A rule file with two profiles, `kid` and `teen`, that may be asked about URLS at MOMENTS."""
    zone = draw(st.sampled_from(["UTC", "Asia/Ho_Chi_Minh", "America/New_York"]))
    lines = ["porchlight: 1", f"timezone: {zone}", "groups:"]
    inner = [word for word in WORDS if word != "bunch"]
    lines += _list("bunch", draw(_entries(SITES + inner)), "  ")
    lines += _list("never", draw(st.lists(_entry(SITES + KINDS + WORDS), max_size=2)))
    lines += _list("anytime", draw(_entries(SITES + WORDS)))
    lines += ["days:", "  school: [mon, tue, wed]", "holidays:"]
    lines += ["  break: {from: 2026-11-26, to: 2026-11-28, use: school}", "everyone:"]
    for name in ("allow", "block"):
        lines += _list(name, draw(_entries(SITES + KINDS + WORDS)), "  ")
    lines += ["profiles:", *draw(_profile("kid")), *draw(_profile("teen")), "devices:"]
    lines += ["  kids-tablet: {ip: 192.168.1.40}", "  teens-tablet: {ip: 192.168.1.41}"]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What `kid` asks of a family."""

    text: str
    """The family's rule file."""
    request: Request
    facts: Facts
    moment: datetime


@st.composite
def visits(draw: st.DrawFn, *stages: Stage) -> Visit:
    """A request at one of the stages, by default in full."""
    moment = draw(MOMENTS)
    return Visit(
        text=draw(families()),
        request=Request(
            id="TEST",
            url=parse_url(draw(st.sampled_from(URLS))),
            client=Client(address="192.168.1.40"),
            stage=draw(st.sampled_from(stages or [Stage.REQUEST])),
        ),
        facts=draw(_happenings(moment)),
        moment=moment,
    )


@st.composite
def _happenings(draw: st.DrawFn, moment: datetime) -> Facts:
    """What parents have answered around a moment, never at the very moment."""
    grants = []
    for number in range(draw(st.integers(0, 2))):
        given = moment + timedelta(hours=draw(st.integers(-8, 3)), seconds=30)
        grants.append(
            Grant(
                id=str(number),
                action=draw(st.sampled_from(Action)),
                site=draw(st.sampled_from([None, "a.com", "roblox.com", "zalo.me"])),
                profile=draw(st.sampled_from([None, "kid"])),
                given=given,
                ends=given + timedelta(hours=draw(st.integers(1, 12))),
                by="a parent",
            )
        )
    usage = {
        ("kid", budget): Usage(
            profile="kid",
            budget=budget,
            day=moment.date() - timedelta(days=draw(st.integers(0, 1))),
            spent=timedelta(minutes=draw(st.sampled_from([10, 30]))),
        )
        for budget in draw(st.lists(st.sampled_from(BUDGETS), max_size=2, unique=True))
    }
    return Facts(grants=tuple(grants), usage=usage)
