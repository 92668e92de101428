"""WireGuard keys: one file HOME/wireguard/NAME.conf for each name in the rule file, made when first wanted and kept.

The file is the one that `mitmdump --mode wireguard:FILE` reads, with our port beside the keys. Law: a
file that is there is never written to, and removing a device leaves it: the phone still holds its half.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from rules.address import is_word
from store.files import give_to_household, locked, replace_text
from store.own_address import own_address, shown
from store.setting_values import LAST_PORT
from store.settings import Settings

NAME_SERVER = IPv4Address("10.112.0.53")
"""What a device in a tunnel asks for names: any address does, the proxy answers for all of them."""
KEEPALIVE_SECONDS = 25
"""As WireGuard's own manual advises behind a router that forgets silent connections."""

_FOUR = int(IPv4Address("10.111.0.0"))
"""RFC 1918, and seldom a house's own. The port is the last two numbers, so that no two devices share one."""
_SIX = int(IPv6Address("fd70:6f72:6368::"))
"""RFC 4193, and `porch` in hexadecimal. It is seen inside a tunnel only."""
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Both ends of one device's tunnel."""

    name: str
    """As behind `wireguard:` in the rule file."""
    path: Path
    """The file."""
    port: int
    """The UDP port of this machine that answers this device alone."""
    server_key: str = field(repr=False)
    """This machine's private half, base64."""
    client_key: str = field(repr=False)
    """The device's private half, base64."""

    @property
    def addresses(self) -> tuple[IPv4Address, IPv6Address]:
        """What the device is called inside its tunnel."""
        return IPv4Address(_FOUR + self.port), IPv6Address(_SIX + self.port)


def find_key(settings: Settings, name: str) -> Key:
    """A name's key, made if it has none yet.

    Raises:
        ValueError: this is no name, its file is damaged, or no port is left.
        OSError: the disk refused.
    """
    path = _path(settings, name)
    if path.exists():
        return _read(path)
    _make_folder(settings.wireguard_dir)
    with locked(settings.wireguard_dir / "keys"):
        # asked again inside: the pages or another process may have made it while we waited
        if not path.exists():
            port = _free_port(settings)
            replace_text(path, _text(port, _new_private(), _new_private()))
    return _read(path)


def all_keys(settings: Settings) -> tuple[Key, ...]:
    """Every key that there is, by name, also of devices that are gone; files that are damaged are left out."""
    return tuple(_readable(settings))


def forget(settings: Settings, name: str) -> bool:
    """Whether there was a key, which is gone now: the device's profile is worth nothing from here on.

    Raises:
        ValueError: this is no name.
        OSError: the disk refused.
    """
    path = _path(settings, name)
    if not path.exists():
        return False
    path.unlink()
    return True


def public_half(private: str) -> str:
    """The public half of a private key, both base64.

    Raises:
        ValueError: this is no key.
    """
    raw = b64decode(private, validate=True)
    if len(raw) != _KEY_BYTES:
        raise ValueError("a WireGuard key is 32 bytes long")
    public = X25519PrivateKey.from_private_bytes(raw).public_key()
    return b64encode(public.public_bytes_raw()).decode("ascii")


def profile_text(settings: Settings, key: Key) -> str:
    """What the WireGuard app on the device reads, from a file or a QR code. It holds a private key: show it to nobody else."""
    four, six = key.addresses
    endpoint = f"{shown(own_address(settings))}:{key.port}"
    return "\n".join(
        (
            "[Interface]",
            f"PrivateKey = {key.client_key}",
            f"Address = {four}/32, {six}/128",
            f"DNS = {NAME_SERVER}",
            "",
            "[Peer]",
            f"PublicKey = {public_half(key.server_key)}",
            "AllowedIPs = 0.0.0.0/0, ::/0",
            f"Endpoint = {endpoint}",
            f"PersistentKeepalive = {KEEPALIVE_SECONDS}",
            "",
        )
    )


def _path(settings: Settings, name: str) -> Path:
    if not is_word(name):
        raise ValueError(f"{name!r} cannot be the name of a key: letters, digits, - and _")
    return settings.wireguard_dir / f"{name}.conf"


def _readable(settings: Settings) -> Iterator[Key]:
    for path in sorted(settings.wireguard_dir.glob("*.conf")):
        try:
            yield _read(path)
        except (OSError, ValueError):
            continue


def _make_folder(path: Path) -> None:
    if not path.exists():
        path.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            give_to_household(path, descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path) -> Key:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        server, client, port = found["server_key"], found["client_key"], found["port"]
        public_half(server), public_half(client)
        # bool is a subclass of int
        is_right = type(port) is int and 0 < port <= LAST_PORT
    except (KeyError, TypeError, AttributeError, ValueError):
        is_right = False
    if not is_right:
        raise ValueError(f"{path} is damaged: remove it, and give the device its new profile")
    return Key(name=path.stem, path=path, port=port, server_key=server, client_key=client)


def _free_port(settings: Settings) -> int:
    taken = {key.port for key in _readable(settings)}
    for port in range(settings.wireguard_port, LAST_PORT + 1):
        if port not in taken:
            return port
    raise ValueError("every UDP port from wireguard_port on is some device's already")


def _new_private() -> str:
    return b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode("ascii")


def _text(port: int, server_key: str, client_key: str) -> str:
    row = {"server_key": server_key, "client_key": client_key, "port": port}
    return json.dumps(row, indent=4) + os.linesep
