"""A home and a tablet, each in a network namespace of its own, joined by a cable: MAC addresses are real there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IP = shutil.which("ip") or ""
HOME, TABLET = f"plight-h{os.getpid()}", f"plight-t{os.getpid()}"
HOME_ADDRESSES = ("10.9.0.1", "fd09::1")
TABLET_ADDRESSES = ("10.9.0.2", "fd09::2")
MAC, OTHER_MAC = "02:11:22:33:44:01", "02:11:22:33:44:02"


def ip(command: str) -> None:
    subprocess.run((IP, *command.split()), check=True, capture_output=True)


def inside(namespace: str, code: str) -> str:
    """What Python code prints in a namespace."""
    command = (IP, "netns", "exec", namespace, sys.executable, "-c", code)
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def change_mac(mac: str) -> None:
    """As a tablet does that makes up another address, or another machine that takes its place."""
    for command in ("down", f"address {mac}", "up"):
        ip(f"-n {TABLET} link set tablet {command}")
    ip(f"-n {TABLET} address replace {TABLET_ADDRESSES[1]}/64 dev tablet nodad")


@contextmanager
def cable() -> Iterator[None]:
    """The two namespaces while the block runs; skips where they cannot be made."""
    if os.geteuid() != 0 or not IP:
        pytest.skip(reason="namespaces need root, and the command ip: apt-get install iproute2")
    try:
        for name in (HOME, TABLET):
            ip(f"netns add {name}")
            ip(f"-n {name} link set lo up")
        ip(f"link add home netns {HOME} type veth peer name tablet netns {TABLET}")
        ends = ((HOME, "home", HOME_ADDRESSES), (TABLET, "tablet", TABLET_ADDRESSES))
        for name, end, (four, six) in ends:
            ip(f"-n {name} address add {four}/24 dev {end}")
            ip(f"-n {name} address add {six}/64 dev {end} nodad")
        ip(f"-n {TABLET} link set tablet address {MAC}")
        for name, end, _ in ends:
            ip(f"-n {name} link set {end} up")
        yield
    finally:
        for name in (HOME, TABLET):
            subprocess.run((IP, "netns", "delete", name), check=False, capture_output=True)
