"""Three devices, three ways in: each is filtered as its own profile. All of it inside network namespaces."""

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import trustme

from store.settings import Settings
from store.wireguard import find_key, profile_text
from tests.e2e import streets
from tests.e2e.streets import ORIGIN, ORIGIN_6, Streets, fetch, home_of, tunnel
from tests.e2e.whole import ROOT, wait_for

pytestmark = pytest.mark.e2e

OPEN = "open.example"
CLOSED = {who: f"not-for-{who}.example" for who in streets.STREETS}
NAMES = (OPEN, *CLOSED.values())
RULES = """\
porchlight: 1
timezone: UTC
language: en
profiles:
  older:   {devices: [desk], block: [not-for-desk.example]}
  telly:   {devices: [tv, tv-6], block: [not-for-tv.example]}
  younger: {devices: [phone], block: [not-for-phone.example]}
  unknown: {default: block}
devices:
  desk:  {ip: 192.168.1.2}
  tv:    {ip: 192.168.2.2}
  tv-6:  {ip: "fd00:2::2"}
  phone: {wireguard: phone}
"""


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"the real {self.headers['Host']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Site6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


@dataclass(frozen=True)
class Town:
    """All of it, up."""

    streets: Streets
    settings: Settings

    @property
    def authority(self) -> Path:
        return self.settings.ca_certificate

    def edit(self, rules: str) -> None:
        self.settings.rules_path.write_text(rules)


@contextmanager
def open_origin(place: Streets) -> Iterator[trustme.CA]:
    authority = trustme.CA(organization_name="The origin's own")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*NAMES).configure_cert(context)
    with place.inside("origin"):
        servers = [
            kind((address, port), Site)
            for kind, address in ((ThreadingHTTPServer, ORIGIN), (Site6, ORIGIN_6))
            for port in (80, 443)
        ]
    with ExitStack() as opened:
        for server in servers:
            opened.enter_context(server)
            if server.server_port == 443:
                server.socket = context.wrap_socket(server.socket, server_side=True)
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            opened.callback(server.shutdown)
        yield authority


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    streets.skip_unless_possible()
    home = tmp_path_factory.mktemp("ways") / "home"
    home.mkdir(mode=0o700)
    settings = Settings(home=home, address=home_of("phone")[0])
    with streets.open_streets() as place, open_origin(place) as authority:
        authority.cert_pem.write_to_path(str(home / "sites.pem"))
        known = "\n".join(f'"{name}" = "{ORIGIN}"' for name in NAMES)
        settings.settings_path.write_text(
            f'bind = "0.0.0.0"\ntransparent_port = 8082\naddress = "{settings.address}"\n'
            f'upstream_ca = "sites.pem"\n[names]\n{known}\n'
        )
        settings.rules_path.write_text(RULES)
        with place.inside("home"):
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "porchlight.py"), "up", "--json"],
                env=os.environ | {"PORCHLIGHT_HOME": str(home)},
                stdout=subprocess.PIPE,
                text=True,
            )
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["ready"]
            yield Town(place, settings)
        finally:
            process.terminate()
            process.wait(10)


def test_try(town: Town) -> None:
    with town.streets.inside("desk"):
        for scheme in ("http", "https"):
            for name in NAMES:
                print(
                    "desk",
                    scheme,
                    name,
                    fetch(scheme, name, town.authority, proxy=home_of("desk")[0]),
                )
    key = find_key(town.settings, "phone")
    with (
        tunnel(town.streets, "phone", profile_text(town.settings, key)),
        town.streets.inside("phone"),
    ):
        for address in (ORIGIN, ORIGIN_6):
            for scheme in ("http", "https"):
                for name in NAMES:
                    try:
                        print(
                            "phone",
                            scheme,
                            name,
                            fetch(scheme, name, town.authority, address=address),
                        )
                    except Exception as e:
                        print("phone", scheme, name, address, repr(e))
    assert 0
