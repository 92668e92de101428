"""What one decision costs with a million listed domains in force, beside one look-up of the host in a dict of them.

    .venv/bin/python benchmarks/decide.py [domains]

The rules are those of the first evening, with one list more. Each figure is processor time, the median of interleaved
runs with the least and the greatest; a ratio is of the two in one run. Takes under a minute. Generated names; no network.
"""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from lists import compiled, hosts, lines, spread  # noqa: E402  # after the path

from rules.acceptance import accept  # noqa: E402
from rules.compile import Ruleset  # noqa: E402
from rules.domain_table import DomainTable  # noqa: E402
from rules.engine import decide, explain  # noqa: E402
from rules.facts import NOTHING_HAPPENED  # noqa: E402
from rules.hosts import parse_url  # noqa: E402
from rules.policy import Language  # noqa: E402
from rules.request import Client, Request  # noqa: E402
from store.list_files import map_table, write_table  # noqa: E402
from store.lists import load_catalog, starter_text  # noqa: E402

DOMAINS = 1_000_000
RUNS = 9
AT_ONCE = 4_000
"""Requests in one run; fewer than the hosts whose parents are remembered."""
EVENING = datetime(2026, 11, 24, 18, tzinfo=UTC)
"""A Tuesday on which the younger child's internet is open."""
LIST = "\nlists:\n  generated: {file: generated.txt, category: gambling}\n"

type Work = Callable[[list[Request]], object]


def ruleset(table: DomainTable) -> Ruleset:
    """The rules that a family begins with, with the generated list on."""
    text = starter_text("UTC", Language.ENGLISH, None) + LIST
    return accept(text, file="family.yaml", catalog=load_catalog(), moment=EVENING, table=table)


def requests(names: list[str]) -> list[Request]:
    """One request for each host, by the younger child."""
    client = Client(name="younger")
    return [Request(id="1", url=parse_url(f"https://{name}/"), client=client) for name in names]


def works(rules: Ruleset, plain: dict[str, str]) -> dict[str, Work]:
    """What is timed, in this order: a host is new to the first that decides, and known to the next."""

    def deciding(asked: list[Request]) -> object:
        return [decide(rules, one, NOTHING_HAPPENED, EVENING) for one in asked]

    def explaining(asked: list[Request]) -> object:
        return [explain(rules, one, NOTHING_HAPPENED, EVENING) for one in asked]

    def looking_up(asked: list[Request]) -> object:
        return [plain.get(one.url.host) for one in asked]

    return {
        "one dict look-up": looking_up,
        "decide(), a new host": deciding,
        "decide(), asked before": deciding,
        "explain(), asked before": explaining,
    }


def seconds(work: Work, asked: list[Request]) -> float:
    """How long the processor works on it; another program's turn is no cost of ours."""
    began = time.process_time()
    work(asked)
    return time.process_time() - began


def measured(kinds: dict[str, Work], asked: list[Request]) -> dict[str, list[float]]:
    """Seconds a request, each run with hosts of its own."""
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for run in range(RUNS):
        some = asked[run * AT_ONCE : (run + 1) * AT_ONCE]
        for name, work in kinds.items():
            found[name].append(seconds(work, some) / len(some))
    return found


def report(found: dict[str, list[float]], said: str) -> Iterator[str]:
    """A line for each kind of work: microseconds, and how many look-ups that is."""
    base = found["one dict look-up"]
    for name, figures in found.items():
        ratios = [one / other for one, other in zip(figures, base, strict=True)]
        yield f"{name:<24} {said:<11} us {spread(figures, 1e-6):<38} x {spread(ratios, 1)}"


def main(count: int) -> None:
    """Print all figures."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "all.table"
        write_table(path, compiled(count))
        rules = ruleset(map_table(path))
        plain = {line.rstrip(): "generated" for line in lines(count)}
        kinds = works(rules, plain)
        print(f"domains {len(plain):,}; the younger child's rules of the first evening")
        for said, is_listed in (("listed", True), ("not listed", False)):
            asked = requests(hosts(count, is_listed=is_listed))
            actions = {decide(rules, one, NOTHING_HAPPENED, EVENING).action for one in asked[-9:]}
            print(f"{said}: all {', '.join(action.value for action in actions)}")
            print(*report(measured(kinds, asked), said), sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DOMAINS)
