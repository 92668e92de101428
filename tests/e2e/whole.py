"""A whole Porchlight as its own processes, sites on loopback, and a browser: what the end-to-end tests of all rooms stand on."""

import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import httpx
import pytest
import trustme
from playwright.sync_api import Browser, Page, ProxySettings, sync_playwright

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


@contextmanager
def open_sites() -> Iterator[Sites]:
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


def start(
    home: Path,
    sites: Sites,
    *,
    rules: str = RULES,
    reach: Iterable[str] = (),
    names: Iterable[str] = (),
) -> Running:
    """A new home that is up; `reach` and `names` on loopback are added to those of the sites."""
    home.mkdir(mode=0o700)
    sites.authority.cert_pem.write_to_path(str(home / "sites.pem"))
    addresses = [f"127.0.0.1:{sites.http}", f"127.0.0.1:{sites.https}", *reach]
    known = "\n".join(f'"{name}" = "127.0.0.1"' for name in (*NAMES, *names))
    (home / "porchlight.toml").write_text(
        f'reach = {json.dumps(addresses)}\nupstream_ca = "sites.pem"\n[names]\n{known}\n'
    )
    (home / "family.yaml").write_text(rules)
    return launch(home, sites)


def launch(home: Path, sites: Sites) -> Running:
    """A home that is there, up."""
    process = subprocess.Popen(
        [
            *(sys.executable, str(ROOT / "porchlight.py"), "up", "--json"),
            *("--proxy-port", "0", "--admin-port", "0", "--family-port", "0"),
        ],
        env=os.environ | {"PORCHLIGHT_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return Running(
        process=process, home=home, ready=json.loads(process.stdout.readline()), sites=sites
    )


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()


@contextmanager
def open_browser() -> Iterator[Browser]:
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
