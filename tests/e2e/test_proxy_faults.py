"""Edits, breakage, and the ends of a process: the last good rules stay, and nothing is let through."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from rules.decision import Reason
from store import policies, workers
from store.database import open_database
from tests.e2e.conftest import RULES, House, Origins, eventually

pytestmark = pytest.mark.e2e

PLANTED = """\
import asyncio
import sys
import proxy.addon
import proxy.strictest
from proxy.__main__ import main
from rules.engine import decide

FAULTS = {
    "/value": ValueError,
    "/exit": SystemExit,
    "/base": BaseException,
    "/cancelled": asyncio.CancelledError,
    "/memory": MemoryError,
}

def broken(ruleset, request, facts, moment):
    if request.url.path in FAULTS:
        raise FAULTS[request.url.path]
    if request.url.host == "other.example":
        raise RecursionError
    return decide(ruleset, request, facts, moment)

proxy.addon.decide = proxy.strictest.decide = broken
sys.exit(main([]))
"""


def test_an_edit_is_in_force_within_a_second_and_fails_no_request(
    make_house: Callable[..., House], origins: Origins
) -> None:
    house = make_house()
    house.start()
    stopped, answers = threading.Event(), [0]
    failures: list[Exception] = []

    def traffic() -> None:
        with house.client("127.0.0.3") as client:
            while not stopped.is_set():
                try:
                    answer = client.get(f"https://good.example:{origins.https_port}/x")
                    assert answer.status_code == 200
                    answers[0] += 1
                except Exception as error:  # noqa: BLE001 - each is a failed request
                    failures.append(error)

    thread = threading.Thread(target=traffic)
    thread.start()
    try:
        with house.client() as client:
            url = f"http://other.example:{origins.http_port}/"
            assert client.get(url).status_code == 200
            house.rules.write_text(RULES.replace("bad.example\n      -", "other.example\n      -"))
            began = time.monotonic()
            eventually(lambda: client.get(url).status_code, lambda status: status == 403, 2)
            assert time.monotonic() - began < 1.5
    finally:
        stopped.set()
        thread.join()
    assert failures == []
    assert answers[0] > 20


def test_a_broken_edit_keeps_the_last_good_rules_and_says_so(
    make_house: Callable[..., House], origins: Origins
) -> None:
    house = make_house()
    house.start()
    engine = open_database(f"sqlite:///{house.home}/porchlight.db")
    house.rules.write_text(RULES.replace("never: [adult]", "nevr: [adult]"))

    told = eventually(lambda: workers.read(engine), lambda found: bool(found and found[0].problem))[
        0
    ]
    with house.client() as client:
        assert client.get(f"http://bad.example:{origins.http_port}/").status_code == 403
    assert told.name == "proxy-1"
    assert "family.yaml:5" in told.problem

    house.rules.unlink()
    eventually(lambda: workers.read(engine)[0].problem, lambda problem: "cannot be read" in problem)
    with house.client() as client:
        assert client.get(f"http://bad.example:{origins.http_port}/").status_code == 403
    house.rules.write_text(RULES)
    eventually(lambda: workers.read(engine)[0].problem, lambda problem: problem == "")
    engine.dispose()


def test_rules_that_broke_while_the_proxy_was_down_are_the_last_good_ones(
    make_house: Callable[..., House], origins: Origins
) -> None:
    house = make_house()
    house.start()
    engine = open_database(f"sqlite:///{house.home}/porchlight.db")
    eventually(lambda: policies.history(engine), bool)
    house.stop(signal.SIGKILL)
    house.rules.write_text("porchlight: [")
    house.start()
    with house.client() as client:
        assert client.get(f"http://bad.example:{origins.http_port}/").status_code == 403
        assert client.get(f"http://good.example:{origins.http_port}/").status_code == 200
    engine.dispose()


def test_with_no_good_rules_at_all_everything_is_closed(
    make_house: Callable[..., House], origins: Origins
) -> None:
    house = make_house()
    house.rules.write_text("porchlight: [")
    house.start()
    with house.client() as client:
        assert client.get(f"http://good.example:{origins.http_port}/").status_code == 403


def test_it_filters_on_while_the_database_is_gone(
    make_house: Callable[..., House], origins: Origins
) -> None:
    house = make_house()
    house.start()
    for file in house.home.glob("porchlight.db*"):
        file.unlink()
        file.mkdir()
    with house.client() as client:
        for _ in range(20):
            assert client.get(f"http://bad.example:{origins.http_port}/").status_code == 403
            assert client.get(f"http://good.example:{origins.http_port}/").status_code == 200


def test_it_starts_again_after_a_kill(make_house: Callable[..., House], origins: Origins) -> None:
    house = make_house()
    house.start()
    with house.client() as client:
        assert client.get(f"https://good.example:{origins.https_port}/").status_code == 200
    authority = house.authority.read_bytes()
    house.stop(signal.SIGKILL)
    house.start()
    assert house.authority.read_bytes() == authority
    with house.client() as client:
        assert client.get(f"https://bad.example:{origins.https_port}/").status_code == 403


def test_it_stops_at_once_and_loses_no_line_of_the_log(
    make_house: Callable[..., House], origins: Origins
) -> None:
    house = make_house()
    house.start()
    with house.client() as client:
        for _ in range(50):
            client.get(f"http://good.example:{origins.http_port}/")
        began = time.monotonic()
        assert house.stop(signal.SIGTERM) == 0  # with a connection open
    assert time.monotonic() - began < 2
    assert len(house.log(50)) == 50
    assert "Traceback" not in house.said


def test_a_taken_port_is_one_clear_sentence(make_house: Callable[..., House]) -> None:
    house = make_house()
    with closing(socket.create_server(("127.0.0.1", house.port))):
        process = house.start(announces=False)
        assert process.wait(20) == 3
    assert house.said == (
        f"Port {house.port} on 127.0.0.1 is taken by another program; "
        "stop it or set another proxy_port.\n"
    )


def test_settings_that_cannot_be_used_are_one_clear_sentence(
    make_house: Callable[..., House],
) -> None:
    house = make_house(PORCHLIGHT_PROXY_PORT="many")
    process = house.start(announces=False)
    assert process.wait(20) == 2
    assert "PORCHLIGHT_PROXY_PORT" in house.said
    assert "Traceback" not in house.said


def test_two_workers_share_a_port(make_house: Callable[..., House], origins: Origins) -> None:
    house = make_house(PORCHLIGHT_WORKERS="2")
    first = house.start()
    second = house.start(*_python("-m", "proxy", "--worker", "proxy-2"))
    engine = open_database(f"sqlite:///{house.home}/porchlight.db")
    eventually(lambda: workers.read(engine), lambda found: len(found) == 2)
    for _ in range(20):
        with house.client() as client:
            assert client.get(f"http://bad.example:{origins.http_port}/").status_code == 403
    first.terminate()
    assert first.wait(10) == 0
    with house.client() as client:
        assert client.get(f"http://bad.example:{origins.http_port}/").status_code == 403
    assert second.poll() is None
    if first.stdout:
        first.stdout.close()
    engine.dispose()


def test_a_fault_of_our_own_closes_the_page_and_nothing_else(
    make_house: Callable[..., House], origins: Origins, tmp_path: Path
) -> None:
    script = tmp_path / "planted.py"
    script.write_text(PLANTED)
    house = make_house()
    house.start(*_python(str(script)))
    faults = ("/value", "/exit", "/base", "/cancelled", "/memory")
    with house.client() as client:
        for path in (*faults, *faults):
            answer = client.get(f"https://good.example:{origins.https_port}{path}")
            assert answer.status_code == 403
            assert "reason=failed" in answer.headers["x-porchlight"]
        with pytest.raises(httpx.ProxyError, match="403"):
            client.get(f"https://other.example:{origins.https_port}/")
        assert client.get(f"https://good.example:{origins.https_port}/").status_code == 200
    failed = [row for row in house.log(12) if row.decision.reason is Reason.FAILED]
    assert len(failed) == 11
    assert origins.hits == [f"good.example:{origins.https_port}/"]
    assert house.stop(signal.SIGINT) == 0
    assert house.said.count("Traceback") == 6


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)
