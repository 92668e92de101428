"""The whole: `porchlight up` as a process, real clients and a real browser through the proxy, sites on loopback."""

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any, Self

import httpx
import pytest
import trustme
from playwright.sync_api import Browser, Page, ProxySettings, expect, sync_playwright

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
BODY = Random(2).randbytes(1_000_000)  # noqa: S311  # any bytes do
RULES = """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
profiles:
  kid:
    name: Kid
    devices: [here]
    log: full
    block:
      - blocked.example
      - looked.example/secret
devices:
  here: {ip: 127.0.0.1}
"""
NAMES = ("open.example", "blocked.example", "looked.example", "later.example")


class Site(BaseHTTPRequestHandler):
    """Answers every path: /bytes with BODY, others with a page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = BODY if self.path == "/bytes" else b"<!doctype html><h1>The real site</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True, kw_only=True)
class Sites:
    """The same site over HTTP and HTTPS."""

    http: int
    https: int
    authority: trustme.CA


@dataclass(frozen=True, kw_only=True)
class Running:
    """A Porchlight that is up."""

    process: subprocess.Popen[str]
    home: Path
    ready: dict[str, Any]
    sites: Sites

    def get(self, url: str) -> httpx.Response:
        # Trusts what the proxy signs, and nothing else.
        trust = ssl.create_default_context(cafile=self.ready["ca"])
        with httpx.Client(proxy=self.ready["proxy"], verify=trust) as client:
            return client.get(url)

    def command(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, str(ROOT / "porchlight.py"), *arguments],
            env=os.environ | {"PORCHLIGHT_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.command("log", "--json").splitlines()]


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*NAMES).configure_cert(context)
    plain, secure = (ThreadingHTTPServer(("127.0.0.1", 0), Site) for _ in range(2))
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    for server in (plain, secure):
        Thread(target=server.serve_forever, daemon=True).start()
    yield Sites(http=plain.server_port, https=secure.server_port, authority=authority)
    for server in (plain, secure):
        server.shutdown()
        server.server_close()


def start(home: Path, sites: Sites) -> Running:
    home.mkdir(mode=0o700)
    sites.authority.cert_pem.write_to_path(str(home / "sites.pem"))
    names = "\n".join(f'"{name}" = "127.0.0.1"' for name in NAMES)
    (home / "porchlight.toml").write_text(
        f'reach = ["127.0.0.1:{sites.http}", "127.0.0.1:{sites.https}"]\n'
        f'upstream_ca = "sites.pem"\n[names]\n{names}\n'
    )
    (home / "family.yaml").write_text(RULES)
    process = subprocess.Popen(
        [
            *(sys.executable, str(ROOT / "porchlight.py"), "up", "--json"),
            *("--proxy-port", "0", "--admin-port", "0"),
        ],
        env=os.environ | {"PORCHLIGHT_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return Running(
        process=process, home=home, ready=json.loads(process.stdout.readline()), sites=sites
    )


@pytest.fixture(scope="module")
def porchlight(tmp_path_factory: pytest.TempPathFactory, sites: Sites) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("first") / "home", sites)
    with running.process:
        yield running
        running.process.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists() and "CI" not in os.environ:
        pytest.skip(reason="Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


def childs_page(browser: Browser, porchlight: Running) -> Page:
    proxy: ProxySettings = {"server": porchlight.ready["proxy"]}
    return browser.new_page(proxy=proxy, ignore_https_errors=True)


def wait_for(claim: Callable[[], object], seconds: float) -> float:
    began = time.monotonic()
    while not claim():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


def test_the_ready_line_names_everything(porchlight: Running) -> None:
    ready = porchlight.ready
    assert ready.keys() == {"ready", "proxy", "admin", "ca", "setup_code"}
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

    wait_for(answers, 10)


class Traffic:
    """A child's page that goes on loading while the parents change things."""

    def __init__(self, porchlight: Running, url: str) -> None:
        self.statuses: list[int] = []
        self._stop = Event()
        self._thread = Thread(target=self._run, args=(porchlight.ready["proxy"], url))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)

    def _run(self, proxy: str, url: str) -> None:
        with httpx.Client(proxy=proxy) as client:
            while not self._stop.wait(0.02):
                try:
                    self.statuses.append(client.get(url).status_code)
                except httpx.HTTPError:
                    self.statuses.append(0)


@pytest.mark.browser
def test_from_set_up_to_the_first_block_and_a_parents_answer(
    tmp_path: Path, sites: Sites, browser: Browser
) -> None:
    porchlight = start(tmp_path / "home", sites)
    with porchlight.process, ended(porchlight.process):
        parent, child = browser.new_page(), childs_page(browser, porchlight)
        url = f"https://later.example:{sites.https}/"
        with Traffic(porchlight, f"http://open.example:{sites.http}/") as traffic:
            sign_up(parent, porchlight)
            child.goto(url)
            assert child.inner_text("h1") == "The real site"

            parent.get_by_role("link", name="Rules", exact=True).click()
            box = parent.get_by_label("family.yaml")
            box.fill(box.input_value().replace("- blocked.example", "- later.example"))
            parent.get_by_role("button", name="Save").click()
            expect(parent.get_by_role("heading", level=1)).to_have_text("Saved")
            wait_for(lambda: blocked(child, url), 2)

            code = child.inner_text("main .number")
            parent.goto(f"{porchlight.ready['admin']}/activity?search={code}")
            row = parent.get_by_role("row").filter(has_text="later.example")
            expect(row).to_contain_text("family.yaml:9")
            row.locator("summary").click()
            row.get_by_role("button", name="Allow for Kid for 30 minutes").click()
            expect(parent.get_by_role("status")).to_contain_text("Allowed later.example for Kid")
            wait_for(lambda: not blocked(child, url), 2)

        assert len(traffic.statuses) > 20
        assert set(traffic.statuses) == {200}


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()


def sign_up(parent: Page, porchlight: Running) -> None:
    parent.goto(f"{porchlight.ready['admin']}/setup?code={porchlight.ready['setup_code']}")
    parent.get_by_label("Your name").fill("Lan")
    parent.get_by_label("Password").fill("four quiet herons wade")
    parent.get_by_role("button", name="Make my account").click()
    expect(parent.get_by_role("heading", level=1)).to_have_text("Your account is ready")


def blocked(child: Page, url: str) -> bool:
    answer = child.goto(url)
    assert answer is not None
    return answer.status == 403


def test_sigterm_ends_everything_with_status_0(tmp_path: Path, sites: Sites) -> None:
    running = start(tmp_path / "home", sites)
    doors = children(running.process.pid)
    assert len(doors) == 2
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
