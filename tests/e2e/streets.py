"""A house and the world outside in network namespaces of this machine's own kernel: nothing leaves it.

origin ── wan │ home │ lan-desk ── desk
              │      │ lan-tv ──── tv
              │      │ lan-phone ─ phone
"""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.whole import wait_for

NAMESPACES = Path("/run/netns")
TOOLS = ("ip", "nft", "wireguard-go", "wg")
ORIGIN, ORIGIN_6 = "93.184.216.34", "2606:2800:220:1::34"
"""Addresses as the world outside has them; here they are a namespace's."""
STREETS = {"desk": 1, "tv": 2, "phone": 3}
"""Who lives in the house, and the number of its cable's network."""
PATIENCE_SECONDS = 5


def skip_unless_possible() -> None:
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if not Path("/dev/net/tun").exists():
        pytest.skip("there is no /dev/net/tun, which wireguard-go needs")
    tried = subprocess.run(
        ["ip", "netns", "add", f"pl{os.getpid()}-try"], check=False, capture_output=True, text=True
    )
    if tried.returncode:
        pytest.skip(f"no network namespaces here: {tried.stderr.strip()}")
    ip("netns", "del", f"pl{os.getpid()}-try")


@dataclass(frozen=True)
class Answer:
    """What a client saw."""

    status: int
    body: str
    issuer: str
    """Organisation or name of whoever signed the certificate; empty over HTTP."""


@dataclass
class Streets:
    """Which namespace is whose."""

    names: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def inside(self, who: str) -> Iterator[None]:
        """This thread, and every socket and process that it makes meanwhile, stands in a namespace."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(NAMESPACES / self.names[who], os.O_RDONLY)
        try:
            os.setns(there, os.CLONE_NEWNET)
            yield
        finally:
            os.setns(here, os.CLONE_NEWNET)
            os.close(there)
            os.close(here)

    def ip(self, who: str, *arguments: str) -> None:
        ip("-netns", self.names[who], *arguments)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


def home_of(who: str) -> tuple[str, str]:
    """The house's addresses on somebody's cable."""
    return f"192.168.{STREETS[who]}.1", f"fd00:{STREETS[who]}::1"


@contextmanager
def open_streets() -> Iterator[Streets]:
    streets = Streets()
    with ExitStack() as built:
        for who in ("home", "origin", *STREETS):
            name = f"pl{os.getpid()}-{who}"
            ip("netns", "add", name)
            built.callback(ip, "netns", "del", name)
            streets.names[who] = name
            streets.ip(who, "link", "set", "lo", "up")
        lay_cable(
            streets, "wan", "origin", ("93.184.216.1", "2606:2800:220:1::1"), (ORIGIN, ORIGIN_6)
        )
        for who, number in STREETS.items():
            own = (f"192.168.{number}.2", f"fd00:{number}::2")
            lay_cable(streets, f"lan-{who}", who, home_of(who), own)
            for address in home_of(who):
                streets.ip(who, "route", "add", "default", "via", address)
        with streets.inside("home"):
            Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
            Path("/proc/sys/net/ipv6/conf/all/forwarding").write_text("1")
        yield streets


def lay_cable(
    streets: Streets, end: str, who: str, house: tuple[str, str], own: tuple[str, str]
) -> None:
    streets.ip(
        "home",
        "link",
        "add",
        end,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        streets.names[who],
    )
    for place, link, (four, six) in (("home", end, house), (who, "eth0", own)):
        streets.ip(place, "addr", "add", f"{four}/24", "dev", link)
        streets.ip(place, "addr", "add", f"{six}/64", "dev", link, "nodad")
        streets.ip(place, "link", "set", link, "up")


def fetch(
    scheme: str, host: str, authority: Path, *, address: str = ORIGIN, proxy: str | None = None
) -> Answer:
    """A page as a browser in the namespace where this thread stands gets it."""
    port = {"http": 80, "https": 443}[scheme]
    to = (proxy, 8080) if proxy else (address, port)
    with ExitStack() as opened:
        stream = opened.enter_context(closing(socket.create_connection(to, PATIENCE_SECONDS)))
        target, issuer = "/", ""
        if proxy and scheme == "https":
            stream.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
            assert stream.recv(4096).startswith(b"HTTP/1.1 200")
        elif proxy:
            target = f"http://{host}/"
        if scheme == "https":
            trust = ssl.create_default_context(cafile=authority)
            stream = opened.enter_context(trust.wrap_socket(stream, server_hostname=host))
            signed_by = dict(part[0] for part in stream.getpeercert()["issuer"])
            issuer = signed_by.get("commonName") or signed_by["organizationName"]
        stream.sendall(
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        )
        raw = b""
        while chunk := stream.recv(65536):
            raw += chunk
    head, _, body = raw.partition(b"\r\n\r\n")
    return Answer(int(head.split()[1]), body.decode(), issuer)


@contextmanager
def tunnel(streets: Streets, who: str, profile: str) -> Iterator[None]:
    """The WireGuard app of a device, with the profile that Porchlight gave it."""
    link = f"pl{os.getpid()}"
    rows = [line.split(" = ", 1) for line in profile.splitlines() if " = " in line]
    addresses = dict(rows)["Address"].split(", ")
    setup = "\n".join(
        line for line in profile.splitlines() if not line.startswith(("Address", "DNS"))
    )
    with streets.inside(who):
        app = subprocess.Popen(
            ["wireguard-go", "--foreground", link],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    try:
        with streets.inside(who):
            wait_for(lambda: Path(f"/var/run/wireguard/{link}.sock").exists(), PATIENCE_SECONDS)
            subprocess.run(
                ["wg", "setconf", link, "/dev/stdin"], input=setup, text=True, check=True
            )
        for address in addresses:
            streets.ip(who, "addr", "add", address, "dev", link)
        streets.ip(who, "link", "set", link, "up")
        for family in ("-4", "-6"):
            streets.ip(who, family, "route", "replace", "default", "dev", link)
        yield
    finally:
        app.terminate()
        app.wait(PATIENCE_SECONDS)
