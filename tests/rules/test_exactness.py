"""Decisions by address against a slow, obviously right reading of the table of addresses: every entry looked at, no index."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalog import Catalog
from rules.compile import Ruleset, compile_policy
from rules.decision import Decision
from rules.domain_table import DomainTable, TableBuilder
from rules.engine import decide, explain
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.list_entry import Source
from rules.list_text import read_list
from rules.policy_text import parse
from rules.request import Client, Request, Stage
from rules.text_splice import flow

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"
DATES = {"past": "2026-11-01", "future": "2026-12-24"}


@dataclass(frozen=True)
class Asked:
    """A request, as the model sees it."""

    host: str
    path: str = "/"
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.parameters)
        return f"https://{self.host}{self.path}{f'?{query}' if query else ''}"


@dataclass(frozen=True)
class Written:
    """An address as a parent writes it: `=`, `*.` or nothing, then host, path, parameters; or one of two other forms."""

    sign: str = ""
    host: str = ""
    path: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    network: str = ""
    expression: str = ""

    @property
    def text(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.parameters)
        site = f"{self.sign}{self.host}{self.path}{f'?{query}' if query else ''}"
        return f"/{self.expression}/" if self.expression else self.network or site

    def speaks_of(self, asked: Asked) -> bool:
        if self.expression:
            return re.search(self.expression, asked.text) is not None
        is_number = asked.host.replace(".", "").isdigit()
        if self.network:
            return is_number and ip_address(asked.host) in ip_network(self.network)
        return self._is_host(asked.host, is_number=is_number) and self._is_path(asked)

    def _is_host(self, host: str, *, is_number: bool) -> bool:
        is_below = host.endswith(f".{self.host}") and not is_number
        return {"": host == self.host or is_below, "=": host == self.host, "*.": is_below}[
            self.sign
        ]

    def _is_path(self, asked: Asked) -> bool:
        wanted, given = self.path.rstrip("/"), asked.path.rstrip("/")
        if self.parameters:
            return given == wanted and all(one in asked.parameters for one in self.parameters)
        return not wanted or given == wanted or given.startswith(f"{wanted}/")

    def exactness(self) -> tuple[int, int, int]:
        """Regular expression, path with parameters, longer path, host alone, longer host, ending."""
        path = self.path.rstrip("/")
        if self.expression:
            return 5, 0, 0
        if self.network:
            whole = self.network.endswith("/32")
            return (2 if whole else 0), int(self.network.rpartition("/")[2]), 0
        if self.parameters:
            return 4, len(self.parameters), len(self.host)
        if path:
            return 3, len(path), len(self.host)
        return {"=": 2, "": 1, "*.": 0}[self.sign], len(self.host), 0


@dataclass(frozen=True)
class Line:
    """An entry in a list."""

    address: Written
    action: str
    is_grouped: bool = False
    """It stands in a group, whose name is in the list."""
    time: str = ""
    """`past` has ended, `future` has not begun."""

    def value(self) -> object:
        key = {"past": "until", "future": "from"}.get(self.time)
        return {"site": self.address.text, key: DATES[self.time]} if key else self.address.text


HOSTS = ("a.example", "b.a.example", "c.b.a.example", "xa.example", "z.test", "93.184.216.34")
PATHS = ("/", "/p", "/p/", "/p/q", "/p/q/r", "/pq", "/P")
PARAMETERS = st.lists(
    st.tuples(st.sampled_from("vw"), st.sampled_from("12")),
    max_size=2,
    unique_by=lambda one: one[0],
).map(tuple)
NAMED = st.builds(
    lambda sign, host, path, parameters: Written(
        sign="" if host[0] == "9" or path else sign,
        host=host,
        path=path or ("/" if parameters else ""),
        parameters=parameters,
    ),
    st.sampled_from(["", "=", "*."]),
    st.sampled_from(HOSTS[:-1]),
    st.sampled_from(["", "", "", *PATHS]),
    st.one_of(st.just(()), PARAMETERS),
)
NUMBERED = st.builds(
    lambda network: Written(network=network),
    st.sampled_from(["93.184.216.34/32", "93.184.216.0/24", "93.0.0.0/8", "94.0.0.0/8"]),
)
NUMBER_WITH_PATH = st.builds(
    lambda path: Written(host="93.184.216.34", path=path), st.sampled_from(["/p", "/p/q"])
)
EXPRESSIONS = st.builds(
    lambda expression: Written(expression=expression),
    st.sampled_from(["/p/", r"^https://[^/]*a\.example/p", r"\.test", "v=1", r"://b\.", "P"]),
)
ADDRESSES = st.one_of(NAMED, NAMED, NAMED, NUMBERED, NUMBER_WITH_PATH, EXPRESSIONS)
LINES = st.builds(
    Line,
    ADDRESSES,
    st.sampled_from(["allow", "block"]),
    st.booleans(),
    st.sampled_from(["", "", "", "past", "future"]),
)
LISTS = st.lists(LINES, max_size=6)
REQUESTS = st.builds(
    Asked,
    st.sampled_from([*HOSTS, "www.z.test", "example", "a.example.z.test"]),
    st.sampled_from(PATHS),
    PARAMETERS,
)


def text_of(own: list[Line], everyone: list[Line], never: list[Written], *words: str) -> str:
    """A rule file; the profile blocks the words, too."""
    groups: dict[str, list[object]] = {}
    lists: dict[str, dict[str, list[object]]] = {"own": {}, "everyone": {}}
    for name, lines in (("own", own), ("everyone", everyone)):
        for action in ("allow", "block"):
            group = f"{name}-{action}"
            chosen = [line for line in lines if line.action == action]
            groups[group] = [line.value() for line in chosen if line.is_grouped]
            plain = [line.value() for line in chosen if not line.is_grouped]
            lists[name][action] = [*plain, group]
    lists["own"]["block"] += words
    return (
        f"{HEAD}lists: {{filth: {{file: filth.txt, category: adult}}}}\ngroups: {flow(groups)}\n"
        f"never: {flow([one.text for one in never])}\neveryone: {flow(lists['everyone'])}\n"
        f"profiles: {{kid: {flow(lists['own'])}}}\n"
    )


def compiled(text: str, catalog: Catalog, table: DomainTable | None = None) -> Ruleset:
    return compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog, table=table)


def answer(ruleset: Ruleset, url: str, stage: Stage = Stage.REQUEST) -> Decision:
    client = Client(name="kid")
    asked = Request(id="1", url=parse_url(url), client=client, stage=stage)
    decision = decide(ruleset, asked, NOTHING_HAPPENED, NOW)
    assert explain(ruleset, asked, NOTHING_HAPPENED, NOW).decision == decision
    return decision


def expected(
    own: list[Line], everyone: list[Line], never: list[Written], asked: Asked
) -> tuple[str, str, set[str | None]]:
    """The action, the reason, and the entries as written that may be named for it."""
    floor = [one for one in never if one.speaks_of(asked)]
    if floor:
        best = max(one.exactness() for one in floor)
        return "block", "never", {one.text for one in floor if one.exactness() == best}
    for lines in (own, everyone):
        heard = [line for line in lines if not line.time and line.address.speaks_of(asked)]
        if heard:
            best = max(line.address.exactness() for line in heard)
            equals = [line for line in heard if line.address.exactness() == best]
            action = "block" if any(line.action == "block" for line in equals) else "allow"
            return action, "site", {one.address.text for one in equals if one.action == action}
    if asked.host[0] == "9":
        return "block", "category", {None}
    return "allow", "default", {None}


@settings(max_examples=300)
@given(
    own=LISTS,
    everyone=LISTS,
    never=st.lists(ADDRESSES, max_size=1),
    requests=st.lists(REQUESTS, min_size=1, max_size=8),
)
def test_the_more_exact_entry_wins_wherever_it_stands(
    own: list[Line],
    everyone: list[Line],
    never: list[Written],
    requests: list[Asked],
    catalog: Catalog,
) -> None:
    ruleset = compiled(text_of(own, everyone, never), catalog)
    for asked in requests:
        decision = answer(ruleset, asked.text)
        action, reason, entries = expected(own, everyone, never, asked)
        assert (decision.action.value, decision.reason.value) == (action, reason), asked.text
        assert {decision.entry, decision.listed} & entries


def spellings(asked: Asked) -> list[str]:
    """Other ways to write the address of one place."""
    far = asked.path.replace("p", "%70").replace("q", "%71")
    query = asked.text.partition("?")[2]
    behind = f"?{query}" if query else ""
    return [
        f"HTTPS://{asked.host.upper()}:443{asked.path}{behind}",
        f"https://nobody:secret@{asked.host}{far}{behind}#part",
        f"https://{asked.host}/x/..{asked.path}{behind}",
        f"https://{asked.host}/{asked.path}{behind}",
        asked.text if asked.host[0] == "9" else f"https://{asked.host}.{asked.path}{behind}",
        asked.text.replace("93.184.216.34", "0x5d.0270.55330"),
    ]


@settings(max_examples=100)
@given(own=LISTS, everyone=LISTS, asked=REQUESTS)
def test_however_a_request_spells_its_address_the_answer_is_the_same(
    own: list[Line], everyone: list[Line], asked: Asked, catalog: Catalog
) -> None:
    ruleset = compiled(text_of(own, everyone, []), catalog)
    plain = answer(ruleset, asked.text)
    for spelled in spellings(asked):
        assert parse_url(spelled) == parse_url(asked.text)
        assert answer(ruleset, spelled) == plain


PUBLISHED = ["a.example/p", "b.a.example/p/q?v=1", "z.test", "https://xa.example/P"]


def published() -> DomainTable:
    builder = TableBuilder()
    builder.add(Source(name="filth"), read_list(PUBLISHED))
    return DomainTable(builder.finish())


@settings(max_examples=150)
@given(
    own=LISTS,
    everyone=LISTS,
    words=st.lists(st.sampled_from(["adult", "filth", "games"]), max_size=2, unique=True),
    requests=st.lists(REQUESTS, min_size=1, max_size=8),
)
def test_where_the_name_was_enough_the_whole_address_changes_nothing(
    own: list[Line],
    everyone: list[Line],
    words: list[str],
    requests: list[Asked],
    catalog: Catalog,
) -> None:
    """Least look: what is decided by name and tunnelled untouched would have been decided so with the path in sight."""
    ruleset = compiled(text_of(own, everyone, [], *words), catalog, published())
    for asked in requests:
        by_name = answer(ruleset, f"https://{asked.host}/", Stage.NAME)
        if by_name.look is Stage.NAME:
            assert answer(ruleset, asked.text) == by_name
