"""What a compiled table of a million domains costs, beside a plain Python set of them: time, bytes, memory.

    .venv/bin/python benchmarks/lists.py [domains]

Each figure is the median of interleaved runs with the least and the greatest; memory is the growth
of a fresh process (the greatest resident size). Takes under a minute. Generated names; no network.
"""

import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from rules.domain_table import TableBuilder, verify  # noqa: E402  # after the path
from rules.hosts import parents  # noqa: E402
from rules.list_entry import Source  # noqa: E402
from rules.list_text import read_list  # noqa: E402
from store.list_files import map_table, write_table  # noqa: E402
from store.lists import load_guard  # noqa: E402

DOMAINS = 1_000_000
RUNS = 5
LOOKUPS = 20_000
"""In one run."""
OPENINGS = 50
MEBIBYTE = 1 << 20
WORDS = "bet casino win slot lucky play shop news ads track pixel cdn img stat go free"
ENDINGS = "com net org info xyz top vn com.vn co.uk club"


def lines(count: int) -> Iterator[str]:
    """A list of that many different names, in the shuffled order of a hash."""
    words, endings = WORDS.split(), ENDINGS.split()
    for number in range(count):
        mixed = number * 2654435761 % 2**32
        www = "www." if mixed % 3 == 0 else ""
        yield (
            f"{www}{words[mixed % 16]}{words[mixed // 16 % 16]}{number:x}."
            f"{endings[mixed // 256 % 10]}\n"
        )


def compiled(count: int) -> bytes:
    """The table, read and compiled from the list's text, guard and all."""
    builder = TableBuilder()
    builder.add(Source(name="generated"), read_list(lines(count), guard=load_guard()))
    return builder.finish()


def plain(count: int) -> set[str]:
    """What a filter without a table holds: its names in a set."""
    return {line.rstrip() for line in lines(count)}


def in_set(names: set[str], host: str) -> bool:
    """The look-up as a set is asked: the host, then each domain above it."""
    return any(name in names for name in parents(host))


def peak() -> int:
    """The greatest resident size of this process so far, bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would count what the parent was when it forked
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8"))[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def growth(work: Callable[[], object]) -> int:
    """By how much this process grows, at its greatest, while it does something; bytes."""
    list(read_list(["a.com"], guard=load_guard()))  # what is loaded once is no part of it
    before = peak()
    kept = work()
    grown = peak() - before
    del kept
    return grown


def in_a_fresh_process(kind: str, count: int, path: Path) -> int:
    """The growth as a process of its own says it."""
    command = [sys.executable, __file__, f"--{kind}", str(count), str(path)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spread(figures: Iterable[float], unit: float) -> str:
    """Median, least and greatest."""
    sorted_ = sorted(figure / unit for figure in figures)
    return f"{median(sorted_):10.3f}   ({sorted_[0]:.3f} to {sorted_[-1]:.3f})"


def hosts(count: int, *, is_listed: bool) -> list[str]:
    """Hosts to ask for, none twice, so that no cache answers."""
    dice = random.Random(count)  # noqa: S311  # a fixed choice
    numbers = set(dice.sample(range(count), min(count, LOOKUPS * RUNS)))
    listed = [line.rstrip() for number, line in enumerate(lines(count)) if number in numbers]
    return listed if is_listed else [f"not-{name}" for name in listed]


def ask_each(find: Callable[[str], object], some: Iterable[str]) -> None:
    """Look each host up."""
    for host in some:
        find(host)


def ask(count: int, path: Path) -> None:
    """Print the look-ups, table and set in turns."""
    table, names = map_table(path), plain(count)
    for kind, is_listed in (("listed", True), ("not listed", False)):
        asked = hosts(count, is_listed=is_listed)
        by_table, by_set = [], []
        for run in range(RUNS):
            some = asked[run::RUNS]
            for host in some:
                parents(host)  # the request path has them already
            by_table.append(seconds(partial(ask_each, table.find, some)) / len(some))
            by_set.append(seconds(partial(ask_each, partial(in_set, names), some)) / len(some))
        print(f"look-up, {kind}: table, us {spread(by_table, 1e-6)}")
        print(f"look-up, {kind}: set, us   {spread(by_set, 1e-6)}")


def main(count: int) -> None:
    """Print all figures."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "all.table"
        builds, sets = [], []
        for _ in range(2):
            builds.append(seconds(lambda: write_table(path, compiled(count))))
            sets.append(seconds(lambda: plain(count)))
        opens = [seconds(lambda: map_table(path)) for _ in range(OPENINGS)]
        size = path.stat().st_size
        print(f"domains                  {len(map_table(path)):,}")
        print(f"table, bytes a domain    {size / count:10.3f}")
        print(f"read and compile, s      {spread(builds, 1)}")
        print(f"plain set from text, s   {spread(sets, 1)}")
        print(f"open, ms                 {spread(opens, 1e-3)}")
        print(
            f"verify whole, ms         {spread([seconds(lambda: verify(path.read_bytes()))], 1e-3)}"
        )
        ask(count, path)
        for kind, said in (
            ("compile", "growth while compiling"),
            ("open", "growth, opened and asked"),
            ("set", "growth of a plain set"),
        ):
            grown = in_a_fresh_process(kind, count, path)
            print(f"{said}, MiB {grown / MEBIBYTE:8.1f}")


def opened_and_asked(count: int, path: Path) -> object:
    """A mapped table of which every part has been looked at."""
    table = map_table(path)
    for line in lines(min(count, LOOKUPS)):
        table.find(line.rstrip())
    return table


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments and arguments[0].startswith("--"):
        kind_, count_, path_ = arguments[0][2:], int(arguments[1]), Path(arguments[2])
        works: dict[str, Callable[[], object]] = {
            "compile": lambda: compiled(count_),
            "open": lambda: opened_and_asked(count_, path_),
            "set": lambda: plain(count_),
        }
        print(growth(works[kind_]))
    else:
        main(int(arguments[0]) if arguments else DOMAINS)
