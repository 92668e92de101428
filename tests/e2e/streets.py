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
from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.e2e.whole import wait_for

NAMESPACES = Path("/run/netns")
TOOLS = ("ip", "nft", "wireguard-go", "wg")
ORIGIN, ORIGIN_6 = "93.184.216.34", "2606:2800:220:1::34"
"""Addresses as the world outside has them; here they are a namespace's."""
HOUSE, HOUSE_6 = "93.184.216.1", "2606:2800:220:1::1"
"""What the house is called outside."""
STREETS = {"desk": 1, "tv": 2, "phone": 3}
"""Who lives in the house, and the number of its cable's network."""
PATIENCE_SECONDS = 5


def skip_unless_possible() -> None:
    """Skip the test, with the reason, where no such streets can be laid."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if not Path("/dev/net/tun").exists():
        pytest.skip("there is no /dev/net/tun, which wireguard-go needs")
    try:
        run("ip", "netns", "add", named("try"))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.strip()}")
    run("ip", "netns", "del", named("try"))


@dataclass(frozen=True)
class Answer:
    """What a browser saw."""

    status: int
    body: str
    signer: str
    """Who signed the certificate; empty over HTTP."""


@dataclass
class Streets:
    """Who lives where."""

    built: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def inside(self, who: str) -> Iterator[None]:
        """This thread, and every socket and process that it makes meanwhile, stands at somebody's place."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(NAMESPACES / named(who), os.O_RDONLY)
        try:
            os.setns(there, os.CLONE_NEWNET)
            yield
        finally:
            os.setns(here, os.CLONE_NEWNET)
            os.close(there)
            os.close(here)

    def ip(self, who: str, *arguments: str) -> None:
        run("ip", "-netns", named(who), *arguments)

    def add(self, who: str) -> None:
        run("ip", "netns", "add", named(who))
        self.built.callback(run, "ip", "netns", "del", named(who))
        self.ip(who, "link", "set", "lo", "up")

    def lay_cable(self, end: str, who: str, house: tuple[str, str], own: tuple[str, str]) -> None:
        peer = ("peer", "name", "eth0", "address", mac_of(who), "netns", named(who))
        self.ip("home", "link", "add", end, "type", "veth", *peer)
        for place, link, (four, six) in (("home", end, house), (who, "eth0", own)):
            self.ip(place, "addr", "add", f"{four}/24", "dev", link)
            self.ip(place, "addr", "add", f"{six}/64", "dev", link, "nodad")
            self.ip(place, "link", "set", link, "up")
        for address in house:
            self.ip(who, "route", "add", "default", "via", address)


def named(who: str) -> str:
    """The namespace of somebody in this test run."""
    return f"pl{os.getpid()}-{who}"


def run(*command: str, given: str | None = None) -> str:
    """What a command prints.

    Raises:
        CalledProcessError: it fails.
    """
    done = subprocess.run(command, input=given, check=True, capture_output=True, text=True)
    return done.stdout


def house_of(who: str) -> tuple[str, str]:
    """The house's addresses on somebody's cable."""
    return f"192.168.{STREETS[who]}.1", f"fd00:{STREETS[who]}::1"


def mac_of(who: str) -> str:
    """The number of somebody's network card."""
    return f"02:00:00:00:00:{STREETS.get(who, 9):02x}"


@contextmanager
def open_streets() -> Iterator[Streets]:
    streets = Streets()
    with streets.built:
        for who in ("home", "origin", *STREETS):
            streets.add(who)
        streets.lay_cable("wan", "origin", (HOUSE, HOUSE_6), (ORIGIN, ORIGIN_6))
        for who, number in STREETS.items():
            own = (f"192.168.{number}.2", f"fd00:{number}::2")
            streets.lay_cable(f"lan-{who}", who, house_of(who), own)
        with streets.inside("home"):
            Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
            Path("/proc/sys/net/ipv6/conf/all/forwarding").write_text("1")
        yield streets


def fetch(
    url: str, trusted: Path, *, at: str = ORIGIN, proxy: tuple[str, int] | None = None
) -> Answer:
    """A page as a browser gets it that stands where this thread stands.

    Args:
        url: `https://host`.
        trusted: A file of authorities.
        at: The address that the browser believes to be the host's.
        proxy: What it was told to go through.
    """
    scheme, _, host = url.partition("://")
    port = {"http": 80, "https": 443}[scheme]
    with ExitStack() as opened:
        stream = socket.create_connection(proxy or (at, port), PATIENCE_SECONDS)
        opened.enter_context(closing(stream))
        target, signer = "/", ""
        if proxy and scheme == "https":
            stream.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
            assert stream.recv(4096).startswith(b"HTTP/1.1 200")
        elif proxy:
            target = f"{url}/"
        if scheme == "https":
            trust = ssl.create_default_context(cafile=trusted)
            stream = opened.enter_context(trust.wrap_socket(stream, server_hostname=host))
            signer = signer_of(stream.getpeercert(binary_form=True) or b"")
        head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        stream.sendall(head.encode())
        raw = b"".join(iter(lambda: stream.recv(65536), b""))
    head, _, body = raw.decode().partition("\r\n\r\n")
    return Answer(int(head.split()[1]), body, signer)


def signer_of(certificate: bytes) -> str:
    issuer = x509.load_der_x509_certificate(certificate).issuer
    (name,) = issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[:1] or (
        issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    )
    return str(name.value)


@contextmanager
def tunnel(streets: Streets, who: str, profile: str) -> Iterator[None]:
    """The WireGuard app of a device, with the profile that Porchlight gave it."""
    link = f"pl{os.getpid()}{who[0]}"
    lines = profile.splitlines()
    addresses = next(line for line in lines if line.startswith("Address"))
    # wg-quick's, not wg's
    setup = "\n".join(line for line in lines if not line.startswith(("Address", "DNS")))
    with streets.inside(who):
        app = subprocess.Popen(
            ["wireguard-go", "--foreground", link],  # noqa: S607 - where the system has it
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    try:
        wait_for(Path(f"/var/run/wireguard/{link}.sock").exists, PATIENCE_SECONDS)
        with streets.inside(who):
            run("wg", "setconf", link, "/dev/stdin", given=setup)
        for address in addresses.partition(" = ")[2].split(", "):
            streets.ip(who, "addr", "add", address, "dev", link)
        streets.ip(who, "link", "set", link, "up")
        for family in ("-4", "-6"):
            streets.ip(who, family, "route", "replace", "default", "dev", link)
        yield
    finally:
        app.terminate()  # its interface goes with it, and all that leads there
        app.wait(PATIENCE_SECONDS)
        for family, address in zip(("-4", "-6"), house_of(who), strict=True):
            streets.ip(who, family, "route", "replace", "default", "via", address)
