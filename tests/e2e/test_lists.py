"""Lists end to end: `porchlight up`, a rule file that a parent edits, a server of lists over TLS, and a site that it closes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.list_table import TABLE_FILE
from tests.e2e.whole import NAMES, ROOT, Running, Sites, launch, start, wait_for
from tests.store.list_server import HOST, Deed, ListServer, answer, cut, serving

pytestmark = pytest.mark.e2e

SECONDS = 8.0
"""From an edit to what a browser sees, on a busy machine; on a quiet one it takes three."""
LISTED = NAMES[0]
RULES = """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
never: [gambling]
# Mother's own list
lists: {lists}
"""
BETS = f"# Bets\n{LISTED}\nbet.example\n".encode()
HOSTILE: dict[str, bytes | Deed] = {
    "cut": cut(answer(BETS)[:-9]),
    "a web page": answer(b"<!doctype html>sign in", content_type="text/html"),
    "everything": answer(b"google.com\nwikipedia.org\nyoutube.com\n"),
    "nothing": answer(b""),
    "gone": answer(status="404 Not Found"),
}


@pytest.fixture(scope="module")
def server(sites: Sites) -> Iterator[ListServer]:
    with serving(ListServer(sites.authority)) as running:
        yield running


@pytest.fixture
def porchlight(tmp_path: Path, sites: Sites, server: ListServer) -> Iterator[Running]:
    running = start(
        tmp_path / "home",
        sites,
        rules=RULES.format(lists="{}"),
        reach=(f"127.0.0.1:{server.port}",),
        names=(HOST,),
    )
    with running.process:
        yield running
        running.process.terminate()


def turn(porchlight: Running, lists: str) -> None:
    """An edit of the file by hand."""
    (porchlight.home / "family.yaml").write_text(RULES.format(lists=lists))


def subscribed(server: ListServer) -> str:
    return f"{{mothers: {{url: '{server.url('/bets.txt')}', category: gambling}}}}"


def is_open(porchlight: Running) -> bool:
    site = porchlight.sites.http
    status = porchlight.get(f"http://{LISTED}:{site}/").status_code
    assert porchlight.get(f"http://{NAMES[3]}:{site}/").status_code == 200
    return status == 200


def update(porchlight: Running, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "porchlight.py"), "lists", "update", *more],
        env=os.environ | {"PORCHLIGHT_HOME": str(porchlight.home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_list_closes_what_it_names_as_long_as_it_is_on(
    porchlight: Running, server: ListServer
) -> None:
    server.url("/bets.txt", answer(BETS, etag='"1"'))
    assert is_open(porchlight)
    turn(porchlight, subscribed(server))
    wait_for(lambda: not is_open(porchlight), SECONDS)
    row = porchlight.log()[-2]
    assert (row["host"], row["source"], row["category"]) == (LISTED, "mothers", "gambling")
    (mothers, *_) = json.loads(porchlight.command("lists", "--json"))["lists"]
    assert (mothers["list"], mothers["state"], mothers["in_force"]) == ("mothers", "fresh", True)

    turn(porchlight, "{}")
    wait_for(lambda: is_open(porchlight), SECONDS)


def test_what_is_in_force_outlives_its_server(
    porchlight: Running, server: ListServer, sites: Sites
) -> None:
    server.url("/bets.txt", answer(BETS))
    turn(porchlight, subscribed(server))
    wait_for(lambda: not is_open(porchlight), SECONDS)
    before = (porchlight.home / "lists" / TABLE_FILE).read_bytes()
    for hostile in HOSTILE.values():
        server.url("/bets.txt", hostile)
        tried = update(porchlight)
        assert (tried.returncode, "the last good copy stays" in tried.stdout) == (1, True), tried
        assert not is_open(porchlight)
    assert (porchlight.home / "lists" / TABLE_FILE).read_bytes() == before

    porchlight.process.terminate()
    porchlight.process.wait(10)
    asked = len(server.requests)
    again = launch(porchlight.home, sites)
    with again.process:
        assert not is_open(again)
        assert len(server.requests) == asked
        server.url("/bets.txt", answer(b"bet.example\nother.example\n"))
        assert update(again, "mothers").returncode == 0
        wait_for(lambda: is_open(again), SECONDS)
        again.process.terminate()
