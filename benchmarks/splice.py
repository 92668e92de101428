"""What a tunnel saves: the proxy's CPU time for the same traffic carried untouched and opened.

    .venv/bin/python benchmarks/splice.py [rounds]

One proxy, two devices: no rule needs more than a name for the one, an entry on a path opens the site
for the other. Rounds of both alternate. Figures: microseconds of CPU of the proxy's process, median of
the rounds, for a new connection with one request and for a request on a connection that stands, and the
ratio opened : carried. Loopback only; a round takes two seconds. Linux.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
import trustme

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import (  # noqa: E402  # after the path
    LAPTOP,
    SITES,
    TABLET,
    House,
    Origins,
    build_house,
    certified,
    site,
)

ROUNDS = 7
CONNECTIONS = 40
"""In a round, each with one request."""
REQUESTS = 200
"""In a round, on one connection."""
TICKS = os.sysconf("SC_CLK_TCK")
"""Of CPU time in a second."""
RULES = """\
porchlight: 1
timezone: UTC
profiles:
  carried: {devices: [tablet]}
  opened: {devices: [laptop], block: [good.example/secret/]}
devices:
  tablet: {ip: 127.0.0.2}
  laptop: {ip: 127.0.0.3}
"""
WAYS = {"carried": TABLET, "opened": LAPTOP}


def main(rounds: int) -> None:
    """Measure and print."""
    figures: dict[tuple[str, str], list[float]] = {}
    with ExitStack() as stack:
        house, url = _house(stack)
        for _ in range(rounds):
            for way, device in WAYS.items():
                for what, work in (("connection", _connect), ("request", _ask)):
                    figures.setdefault((what, way), []).append(_cost(house, url, device, work))
    for what in ("connection", "request"):
        carried, opened = (median(figures[what, way]) for way in WAYS)
        ratio = f"{opened / carried:5.1f}" if carried else "more than can be told"
        print(f"{what:10}  carried {carried:7.0f}  opened {opened:7.0f} µs  ratio {ratio}")


def _house(stack: ExitStack) -> tuple[House, str]:
    home = Path(stack.enter_context(TemporaryDirectory()))
    authority = trustme.CA()
    port = stack.enter_context(site([], certified(authority.issue_cert(*SITES))))
    origins = Origins(authority, port, port, port, port)
    house = build_house(home / "home", origins, rules=RULES)
    house.start()
    stack.callback(house.stop)
    return house, f"https://good.example:{port}/page"


def _cost(house: House, url: str, device: str, work: Callable[[House, str, str], int]) -> float:
    """Microseconds of CPU for one of what the work does."""
    before = _spent(house)
    times = work(house, url, device)
    time.sleep(0.05)  # what is written down after the answer counts too
    return (_spent(house) - before) / times * 1e6


def _connect(house: House, url: str, device: str) -> int:
    for _ in range(CONNECTIONS):
        with house.client(device) as client:
            _get(client, url)
    return CONNECTIONS


def _ask(house: House, url: str, device: str) -> int:
    with house.client(device) as client:
        for _ in range(REQUESTS):
            _get(client, url)
    return REQUESTS


def _get(client: httpx.Client, url: str) -> None:
    answer = client.get(url)
    if answer.status_code != httpx.codes.OK:
        raise RuntimeError(f"{url}: {answer.status_code}")


def _spent(house: House) -> float:
    """Seconds of CPU that the proxy has used."""
    if house.process is None:
        raise RuntimeError("the proxy does not run")
    fields = Path(f"/proc/{house.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
