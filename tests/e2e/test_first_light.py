"""The whole: `porchlight up` as a process, real clients and a real browser through the proxy, sites on loopback."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.e2e.whole import (
    BODY,
    RULES,
    Running,
    Sites,
    childs_page,
    start,
    wait_for,
)

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def porchlight(tmp_path_factory: pytest.TempPathFactory, sites: Sites) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("first") / "home", sites)
    with running.process:
        yield running
        running.process.terminate()


def test_the_ready_line_names_everything(porchlight: Running) -> None:
    ready = porchlight.ready
    assert ready.keys() == {"ready", "proxy", "admin", "family", "ca", "setup_code"}
    assert ready["ready"] is True
    assert Path(ready["ca"]).is_file()
    page = httpx.get(f"{ready['admin']}/setup", params={"code": ready["setup_code"]})
    assert page.status_code == 200


def test_an_allowed_page_passes_byte_for_byte(porchlight: Running) -> None:
    answer = porchlight.get(f"http://open.example:{porchlight.sites.http}/bytes")
    assert answer.content == BODY
    assert answer.headers.keys() == {"server", "date", "content-type", "content-length"}


def test_an_allowed_page_passes_byte_for_byte_over_https(porchlight: Running) -> None:
    answer = porchlight.get(f"https://open.example:{porchlight.sites.https}/bytes")
    assert answer.content == BODY
    assert answer.headers.keys() == {"server", "date", "content-type", "content-length"}


def test_a_site_that_a_rule_looks_into_passes_where_it_may(porchlight: Running) -> None:
    site = f"https://looked.example:{porchlight.sites.https}"
    assert porchlight.get(f"{site}/bytes").content == BODY
    blocked = porchlight.get(f"{site}/secret/page")
    assert blocked.status_code == 403
    assert "rule=family.yaml:10;" in blocked.headers["x-porchlight"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_blocked_page_carries_the_id_that_the_log_has(porchlight: Running, scheme: str) -> None:
    port = porchlight.sites.http if scheme == "http" else porchlight.sites.https
    answer = porchlight.get(f"{scheme}://blocked.example:{port}/")
    said, _, id = answer.headers["x-porchlight"].rpartition("; id=")  # noqa: A001  # the model's word
    assert answer.status_code == 403
    assert answer.headers["cache-control"] == "no-store"
    assert said == "block; reason=site; rule=family.yaml:9"
    wait_for(lambda: id in {row["id"] for row in porchlight.log()}, 5)
    row = next(row for row in porchlight.log() if row["id"] == id)
    assert (row["action"], row["host"], row["line"]) == ("block", "blocked.example", 9)
    assert row["device"] == "here"


def test_curl_through_the_proxy(porchlight: Running) -> None:
    said = subprocess.run(
        [
            *("curl", "-si", "--noproxy", "", "-x", porchlight.ready["proxy"]),
            f"http://blocked.example:{porchlight.sites.http}/",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.startswith("HTTP/1.1 403")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_browser_sees_the_site_or_the_reason(
    porchlight: Running, browser: Browser, scheme: str
) -> None:
    port = porchlight.sites.http if scheme == "http" else porchlight.sites.https
    page = childs_page(browser, porchlight)
    page.goto(f"{scheme}://open.example:{port}/")
    assert page.inner_text("h1") == "The real site"
    answer = page.goto(f"{scheme}://blocked.example:{port}/")
    assert answer is not None
    id = answer.headers["x-porchlight"].rpartition("; id=")[2]  # noqa: A001  # the model's word
    assert id in page.inner_text("body")
    assert "The real site" not in page.inner_text("body")
    wait_for(lambda: id in {row["id"] for row in porchlight.log()}, 5)
    page.close()


def test_the_command_line_explains_what_the_proxy_did(porchlight: Running) -> None:
    said = json.loads(
        porchlight.command("explain", "http://blocked.example/", "--for", "here", "--json")
    )
    assert (said["decision"]["action"], said["decision"]["line"]) == ("block", 9)


def test_an_edit_on_disk_is_in_force_within_two_seconds(porchlight: Running) -> None:
    url = f"http://later.example:{porchlight.sites.http}/"
    rules = porchlight.home / "family.yaml"
    assert porchlight.get(url).status_code == 200
    rules.write_text(RULES.replace("- blocked.example", "- later.example"))
    wait_for(lambda: porchlight.get(url).status_code == 403, 2)
    # What is not a rule file changes nothing.
    rules.write_text(RULES + "nonsense: [\n")
    time.sleep(2)
    assert porchlight.get(url).status_code == 403
    rules.write_text(RULES)
    wait_for(lambda: porchlight.get(url).status_code == 200, 2)


def test_a_dead_door_is_opened_again(porchlight: Running) -> None:
    (pid,) = [pid for pid in children(porchlight.process.pid) if "--worker" in command_of(pid)]
    os.kill(pid, signal.SIGKILL)
    url = f"http://open.example:{porchlight.sites.http}/"

    def answers() -> bool:
        try:
            return porchlight.get(url).status_code == 200
        except httpx.TransportError:
            return False

    wait_for(answers, 60)


def test_sigterm_ends_everything_with_status_0(tmp_path: Path, sites: Sites) -> None:
    running = start(tmp_path / "home", sites)
    doors = children(running.process.pid)
    assert len(doors) == 3  # the pages, the filter, the keeper of the lists
    with running.process as process:
        process.terminate()
        assert process.wait(timeout=15) == 0
    assert not any(is_alive(pid) for pid in doors)


def test_the_doors_do_not_outlive_a_parent_that_was_killed(tmp_path: Path, sites: Sites) -> None:
    running = start(tmp_path / "home", sites)
    doors = children(running.process.pid)
    with running.process as process:
        process.kill()
    wait_for(lambda: not any(is_alive(pid) for pid in doors), 10)


def children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="],  # noqa: S607  # where the system has it
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pairs = [line.split() for line in listed.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def command_of(pid: int) -> str:
    return subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)],  # noqa: S607  # where the system has it
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
