"""What a family notices while a list of a million domains replaces another: requests through the real filter, under load.

    .venv/bin/python benchmarks/list_swap.py [domains] [swaps]

`porchlight up` runs with a list of its own file; a few clients keep asking for an open site and for
one that both lists close, each at its own pace. Then another list takes the file's place and `lists
update` is called. A request has failed if it has no answer or the wrong one. Latency counts from when
a request was due, so that a pause is seen whole. Figures: median of the swaps, least and greatest.
Loopback only; about 40 seconds a swap.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.lists import DOMAINS, MEBIBYTE, lines  # noqa: E402  # after the path
from store import workers  # noqa: E402
from store.database import open_database  # noqa: E402
from store.list_table import TABLE_FILE  # noqa: E402

SWAPS = 3
CLIENTS = 4
PACE_SECONDS = 0.04
"""Between two requests of one client: 100 a second in all."""
CALM_SECONDS = 8.0
"""Of load before a swap, and after."""
AROUND_SECONDS = 0.5
"""Before and after the moment in which the new table is in force."""
PROBE_SECONDS = 0.05
PATIENCE_SECONDS = 300.0
OPEN, CLOSED = "open.example", "closed.example"
"""Neither list names the one, both the other."""
LISTS = ("first", "second")
RULES = """\
porchlight: 1
timezone: UTC
never: [gambling]
lists: {ours: {file: ours.txt, category: gambling}}
profiles: {unknown: {log: nothing}}
"""

type Spans = dict[str, tuple[float, float]]
"""By the phase's name, from when to when."""


class Site(BaseHTTPRequestHandler):
    """Answers every path."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """One short page."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing: the figures are the output."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One request under load."""

    due: float
    seconds: float
    is_right: bool


@dataclass(kw_only=True)
class House:
    """A Porchlight that is up, and the port of a site behind every name."""

    home: Path
    port: int
    """Of the proxy."""
    site: int
    process: subprocess.Popen[str]
    samples: list[Sample] = field(default_factory=list)

    def status(self, host: str, connection: http.client.HTTPConnection) -> int:
        """What the filter answers for a host."""
        connection.request("GET", f"http://{host}:{self.site}/")
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def is_closed(self, host: str) -> bool:
        """Whether a new connection finds a host closed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            return self.status(host, connection) == 403  # noqa: PLR2004  # Forbidden
        finally:
            connection.close()

    def worker_bytes(self, what: str) -> int:
        """Of the filter's process, by a name in /proc/PID/status."""
        engine = open_database(f"sqlite:///{self.home}/porchlight.db")
        (worker,) = workers.read(engine)
        engine.dispose()
        status = Path(f"/proc/{worker.pid}/status").read_text("utf-8")
        return int(re.findall(rf"{what}:\s+(\d+) kB", status)[0]) * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """What one swap came to."""

    spans: Spans
    in_force_seconds: float
    """From the new file to the first answer by the new list."""
    samples: Sequence[Sample]
    worker_before: tuple[int, int]
    """Resident bytes of the filter's process, and those of them that are its own."""
    worker_after: tuple[int, int]

    @property
    def failed(self) -> int:
        """Requests without an answer, or with the wrong one."""
        return sum(not sample.is_right for sample in self.samples)

    def latencies(self, phase: str) -> list[float]:
        """Seconds, of the requests that were due in a phase."""
        begins, ends = self.spans[phase]
        return [one.seconds for one in self.samples if begins <= one.due < ends]


def written_list(home: Path, name: str, count: int) -> Path:
    """A list beside the family's own file; all lists differ in all names but CLOSED."""
    folder = home / "lists" / "own"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / "beside"
    with beside.open("w", encoding="utf-8") as file:
        file.write(f"{CLOSED}\n{probe(name)}\n")
        file.writelines(f"{name}-{line}" for line in lines(count - 2))
    return beside


def own_file(home: Path) -> Path:
    """The one that the rule file subscribes to."""
    return home / "lists" / "own" / "ours.txt"


def porchlight(*arguments: str) -> list[str]:
    """The command line."""
    return [sys.executable, str(ROOT / "porchlight.py"), *arguments]


def environ(home: Path) -> dict[str, str]:
    """The environment of the command line."""
    return os.environ | {"PORCHLIGHT_HOME": str(home)}


@contextmanager
def opened_house(home: Path, count: int) -> Iterator[House]:
    """A house in which the first list is in force."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    site.daemon_threads = True
    threading.Thread(target=site.serve_forever, daemon=True).start()
    home.mkdir(mode=0o700, exist_ok=True)
    names = "\n".join(f'"{name}" = "127.0.0.1"' for name in (OPEN, CLOSED, *probes()))
    (home / "porchlight.toml").write_text(
        f'reach = ["127.0.0.1:{site.server_port}"]\n[names]\n{names}\n', "utf-8"
    )
    (home / "family.yaml").write_text(RULES, "utf-8")
    written_list(home, LISTS[0], count).replace(own_file(home))
    process = subprocess.Popen(
        porchlight("up", "--json", "--proxy-port", "0", "--admin-port", "0", "--family-port", "0"),
        env=environ(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            ready = json.loads(process.stdout.readline() if process.stdout else "")
            port = urlsplit(ready["proxy"]).port or 0
            house = House(home=home, port=port, site=site.server_port, process=process)
            wait_for(lambda: house.is_closed(probe(LISTS[0])))
            yield house
        finally:
            process.terminate()
            site.shutdown()
            site.server_close()


def probe(name: str) -> str:
    """A host that only the list of that name closes."""
    return f"{name}.example"


def probes() -> list[str]:
    """All such hosts."""
    return [probe(name) for name in LISTS]


def wait_for(claim: Callable[[], bool]) -> float:
    """The moment in which a claim came true."""
    ends = time.perf_counter() + PATIENCE_SECONDS
    while not claim():
        if time.perf_counter() > ends:
            raise TimeoutError("it did not come true")
        time.sleep(PROBE_SECONDS)
    return time.perf_counter()


@contextmanager
def load(house: House) -> Iterator[None]:
    """Clients that ask at their pace while the block runs."""
    stop = threading.Event()
    clients = [
        threading.Thread(target=client, args=(house, number, stop)) for number in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    try:
        yield
    finally:
        stop.set()
        for one in clients:
            one.join()


def client(house: House, number: int, stop: threading.Event) -> None:
    """One connection that is kept, one request after the other."""
    host, expected = ((OPEN, 200), (CLOSED, 403))[number % 2]
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=30)
    due = time.perf_counter() + number * PACE_SECONDS / CLIENTS
    while not stop.wait(max(0.0, due - time.perf_counter())):
        try:
            is_right = house.status(host, connection) == expected
        except (OSError, http.client.HTTPException):
            connection.close()
            is_right = False
        house.samples.append(Sample(due, time.perf_counter() - due, is_right))
        due += PACE_SECONDS
    connection.close()


def memory(house: House) -> tuple[int, int]:
    """The resident bytes of the filter's process, and those of them that are no file's."""
    return house.worker_bytes("VmRSS"), house.worker_bytes("RssAnon")


def swap(house: House, name: str, count: int, *, calm: float = CALM_SECONDS) -> Swap:
    """Replace the list in force by the one of that name, under load."""
    house.samples.clear()
    written = written_list(house.home, name, count)
    with load(house):
        time.sleep(calm / 4)  # connections are made
        began, before = time.perf_counter(), memory(house)
        time.sleep(calm)
        replaced = time.perf_counter()
        written.replace(own_file(house.home))
        command = porchlight("lists", "update", "ours")
        with subprocess.Popen(
            command,
            env=environ(house.home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as update:
            in_force = wait_for(lambda: house.is_closed(probe(name)))
            if update.wait():
                raise RuntimeError("lists update failed")
        time.sleep(calm)
        ended, after = time.perf_counter(), memory(house)
    return Swap(
        spans={
            "before": (began, replaced),
            "read and compile": (replaced, in_force - AROUND_SECONDS),
            "at the swap": (in_force - AROUND_SECONDS, in_force + AROUND_SECONDS),
            "after": (in_force + AROUND_SECONDS, ended),
        },
        in_force_seconds=in_force - replaced,
        samples=tuple(house.samples),
        worker_before=before,
        worker_after=after,
    )


def percentile(seconds: Sequence[float], percent: int) -> float:
    """The value below which so many of 100 lie; the greatest for 100."""
    return max(seconds) if percent == 100 else quantiles(seconds, n=100)[percent - 1]  # noqa: PLR2004


def spread(figures: Iterable[float], unit: float = 1.0) -> str:
    """Median, least and greatest."""
    found = sorted(figure / unit for figure in figures)
    return f"{median(found):9.1f}   ({found[0]:.1f} to {found[-1]:.1f})"


def report(swaps: Sequence[Swap], table_bytes: int) -> None:
    """Print all figures."""
    print(f"table, MiB                      {table_bytes / MEBIBYTE:9.1f}")
    print(f"requests under load             {sum(len(one.samples) for one in swaps):9,}")
    print(f"requests that failed            {sum(one.failed for one in swaps):9,}")
    print(f"new list in force after, s      {spread(one.in_force_seconds for one in swaps)}")
    for phase in swaps[0].spans:
        for name, percent in (("p50", 50), ("p99", 99), ("max", 100)):
            figures = [percentile(one.latencies(phase), percent) for one in swaps]
            print(f"{phase + ', ' + name + ', ms':32}{spread(figures, 1e-3)}")
    for part, what in enumerate(("resident", "its own")):
        before = spread((one.worker_before[part] for one in swaps), MEBIBYTE)
        after = spread((one.worker_after[part] for one in swaps), MEBIBYTE)
        print(f"{f'filter, {what}, before, MiB':32}{before}")
        print(f"{f'filter, {what}, after, MiB':32}{after}")


def main(count: int, times: int) -> None:
    """Swap the two lists in turns, and print all figures."""
    with TemporaryDirectory() as folder, opened_house(Path(folder) / "home", count) as house:
        swaps = [swap(house, LISTS[(number + 1) % 2], count) for number in range(times)]
        print(f"domains in each list            {count:9,}")
        print(f"swaps                           {times:9,}")
        report(swaps, (house.home / "lists" / TABLE_FILE).stat().st_size)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [DOMAINS, SWAPS][len(given) :]))
