"""The keys that scripts rely on, and the sentences that people read."""

from datetime import timedelta

from commands.list_states import Shelf, shelf_lines, shelf_row
from rules.catalog import ListOffer
from rules.domain_table import DomainTable, TableBuilder
from rules.list_entry import Claim, Entry, Source
from rules.policy import Language
from store.list_copies import Problem
from store.list_faults import Fault
from store.list_progress import Progress, Step
from store.list_status import State, Status
from tests.store.list_house import DAY, NOW, by_key, copy_of, own, problem_of, published

OFFER = ListOffer(
    key="bets",
    title={"en": "Bets of the world", "vi": "Cá cược khắp nơi"},
    url="https://lists.example/bets.txt",
    category="gambling",
    licence="MIT",
    home="https://lists.example/",
    every=timedelta(days=3),
    domains=65757,
    countries=("VN",),
    is_recommended=True,
)
LISTS = by_key(published("scams", "https://lists.example/scams.txt", category=None), own("ours"))
LOCAL = (NOW - 2 * DAY).astimezone()


def table() -> DomainTable:
    builder = TableBuilder()
    builder.add(Source(name="ours"), [Entry(1, "a.example", Claim.TREE)])
    return DomainTable(builder.finish())


def status(key: str, state: State, problem: Problem | None = None, *, copy: bool = True) -> Status:
    return Status(
        key=key,
        state=state,
        copy=copy_of(key, 1234) if copy else None,
        problem=problem,
        is_in_force=key == "ours",
    )


def shelf(*, progress: Progress | None = None) -> Shelf:
    failing = status("scams", State.FAILING, problem_of(Fault.STATUS, "404"), copy=False)
    return Shelf(
        lists=LISTS,
        statuses=(failing, status("ours", State.FRESH)),
        offers={"bets": OFFER},
        table=table(),
        progress=progress,
    )


EMPTY = Shelf(lists={}, statuses=(), offers={"bets": OFFER}, table=None, progress=None)


SCAMS_ROW = {
    "list": "scams",
    "on": True,
    "category": None,
    "url": "https://lists.example/scams.txt",
    "file": None,
    "every": 86400,
    "state": "failing",
    "in_force": False,
    "entries": None,
    "pages": None,
    "skipped": None,
    "fetched_at": None,
    "checked_at": None,
    "problem": {
        "fault": "status",
        "detail": "404",
        "since": "2126-11-22T12:00:00+00:00",
        "at": "2126-11-24T12:00:00+00:00",
    },
}
OURS_ROW = {
    "list": "ours",
    "on": True,
    "category": "gambling",
    "url": None,
    "file": "ours.txt",
    "every": 86400,
    "state": "fresh",
    "in_force": True,
    "entries": 1234,
    "pages": 0,
    "skipped": 2,
    "fetched_at": "2126-11-23T12:00:00+00:00",
    "checked_at": "2126-11-24T12:00:00+00:00",
    "problem": None,
}
BETS_ROW = {
    "list": "bets",
    "on": False,
    "category": "gambling",
    "url": "https://lists.example/bets.txt",
    "every": 259200,
    "domains": 65757,
    "licence": "MIT",
    "countries": ["VN"],
    "recommended": True,
}


def test_lists_for_scripts() -> None:
    progress = Progress(key="scams", step=Step.FETCH, at=NOW, pid=42)
    assert shelf_row(shelf(progress=progress)) == {
        "lists": [SCAMS_ROW, OURS_ROW, BETS_ROW],
        "table": {"domains": 1},
        "updating": {"pid": 42, "list": "scams", "step": "fetch"},
    }


def test_no_lists_for_scripts() -> None:
    row = shelf_row(EMPTY)
    assert (row["table"], row["updating"]) == (None, None)


def test_lists_for_people() -> None:
    progress = Progress(key="scams", step=Step.FETCH, at=NOW, pid=42)
    checked = f"{NOW.astimezone():%Y-%m-%d %H:%M}"
    failing = f"failing since {LOCAL:%Y-%m-%d %H:%M}: the server has no list there, it answers 404"
    assert shelf_lines(shelf(progress=progress), Language.ENGLISH).splitlines() == [
        "On:",
        f"  scams  a list of your own, {failing}",
        f"  ours   gambling, a list of your own, entries: 1,234, fresh, asked for at {checked}",
        "Process 42 works on it now: scams is fetched.",
        "The table in force, domains: 1",
        "On offer:",
        "  bets   gambling, Bets of the world (VN), about 65,757 domains",
    ]


def test_lists_for_people_in_vietnamese() -> None:
    checked = f"{NOW.astimezone():%Y-%m-%d %H:%M}"
    lines = shelf_lines(shelf(), Language.VIETNAMESE).splitlines()
    assert lines[2] == (
        "  ours   gambling, danh sách riêng của gia đình, 1.234 mục, "
        f"còn mới, hỏi lần cuối lúc {checked}"
    )
    assert lines[-1] == "  bets   gambling, Cá cược khắp nơi (VN), khoảng 65.757 tên miền"


def test_a_copy_that_is_not_in_the_table_yet_says_so() -> None:
    lists = by_key(own("bets"))
    waiting = Shelf(
        lists=lists,
        statuses=(status("bets", State.FRESH),),
        offers={},
        table=None,
        progress=None,
    )
    on, bets, there_is = shelf_lines(waiting, Language.ENGLISH).splitlines()
    assert (on, there_is) == ("On:", "There is no table yet.")
    assert bets.endswith("; not in the table yet")


def test_where_nothing_is_on_it_says_how_to_turn_one_on() -> None:
    first, *_ = shelf_lines(EMPTY, Language.ENGLISH).splitlines()
    assert first == "No list is on. A line in family.yaml turns one on: lists: {bets: on}"
