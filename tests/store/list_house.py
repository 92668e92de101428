"""A house with lists: its settings, its own files, its table, and a decision about a host."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rules.acceptance import accept
from rules.catalog import Catalog, Topic
from rules.decision import Decision
from rules.domain_table import DomainTable
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.list_formats import Format
from rules.list_names import Skip
from rules.list_text import Skipped
from rules.request import Client, Request
from rules.subscription import Subscription
from store.list_copies import Copy, Problem
from store.list_faults import Fault
from store.list_fetch import Validators
from store.list_table import TABLE_FILE, TableInForce
from store.settings import Settings
from tests.store.list_server import HOST, ListServer

NOW = datetime(2126, 11, 24, 12, tzinfo=UTC)
"""After the day on which anybody runs these tests: a file that is younger than the last try is read again."""
DAY = timedelta(days=1)
ANYWHERE = "https://lists.example/list.txt"
TITLE = {"en": "bets", "vi": "cá cược"}
CATALOG = Catalog(topics={"gambling": Topic(key="gambling", title=TITLE)})


def settings_of(home: Path, server: ListServer | None = None, **more: object) -> Settings:
    """Of a house that knows the way to a server of lists."""
    way: dict[str, object] = {}
    if server is not None:
        trust = home / "authority.pem"
        server.authority.cert_pem.write_to_path(str(trust))
        way = {
            "names": {HOST: "127.0.0.1"},
            "reach": (f"127.0.0.1:{server.port}",),
            "upstream_ca": trust,
        }
    settings = Settings(home=home, **(way | more))  # type: ignore[arg-type]
    settings.own_lists_dir.mkdir(parents=True, exist_ok=True)
    return settings


def put_own(settings: Settings, name: str, *hosts: str) -> Path:
    """A list file of the family's own."""
    path = settings.own_lists_dir / name
    path.write_text("".join(f"{host}\n" for host in hosts))
    return path


def own(key: str, **more: object) -> Subscription:
    """A subscription to the file of that name."""
    said: dict[str, object] = {"category": "gambling", "file": f"{key}.txt", "line": 1} | more
    return Subscription(key=key, **said)  # type: ignore[arg-type]


def published(key: str, url: str, **more: object) -> Subscription:
    return own(key, url=url, file=None, **more)


def by_key(*subscriptions: Subscription) -> dict[str, Subscription]:
    return {one.key: one for one in subscriptions}


def copy_of(key: str, entries: int = 7) -> Copy:
    """A copy that came yesterday and was the newest today."""
    return Copy(
        source=f"{key}.txt",
        validators=Validators(),
        sha256="ab",
        fetched_at=NOW - DAY,
        checked_at=NOW,
        format=Format.HOSTS,
        entries=entries,
        pages=0,
        skipped={Skip.ADDRESS: Skipped(count=2)},
        guarded={},
        stated=None,
        header={},
    )


def problem_of(fault: Fault, detail: str = "") -> Problem:
    """The third in two days."""
    return Problem(fault=fault, detail=detail, source="x", at=NOW, since=NOW - 2 * DAY, tries=3)


def table_of(settings: Settings) -> DomainTable | None:
    return TableInForce(settings.lists_dir).look()


def table_bytes(settings: Settings) -> bytes:
    return (settings.lists_dir / TABLE_FILE).read_bytes()


def lists_of(settings: Settings, host: str) -> list[str]:
    """The lists in force that block a host."""
    table = table_of(settings)
    return [hit.source.name for hit in table.find(host)] if table else []


def decision(settings: Settings, lists: Mapping[str, Subscription], host: str) -> Decision:
    """What rules that close gambling for everyone say of a host, by the table in force."""
    written = "".join(
        f"  {key}: {{url: {one.url or ANYWHERE}, category: gambling}}\n"
        for key, one in lists.items()
    )
    ruleset = accept(
        f"porchlight: 1\ntimezone: UTC\nnever: [gambling]\nlists:\n{written}",
        file="family.yaml",
        catalog=CATALOG,
        moment=NOW,
        table=table_of(settings),
    )
    asked = Request(id="B" * 12, url=parse_url(f"http://{host}/"), client=Client())
    return decide(ruleset, asked, NOTHING_HAPPENED, NOW)
