"""Which doors for traffic are wanted just now: by the settings, and by the devices of the rules in force.

Law: it reads the disk, so it is asked in a thread, never on the event loop.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from rules.policy import Language, Policy
from store import wireguard
from store.settings import Settings
from store.wireguard import Key

KEY_PROBLEM = {
    Language.ENGLISH: "The WireGuard key of {device} cannot be used: {error}.",
    Language.VIETNAMESE: "Không dùng được khoá WireGuard của {device}: {error}.",
}


class Kind(Enum):
    """How a door takes its traffic."""

    PROXY = "proxy"
    """From a browser that knows that it talks to a proxy."""
    TRANSPARENT = "transparent"
    """From a router that sends here what was meant for elsewhere."""
    WIREGUARD = "wireguard"
    """Out of one device's tunnel."""
    DNS_STREAM = "dns over TCP"
    DNS_DATAGRAM = "dns over UDP"


DATAGRAMS = frozenset({Kind.WIREGUARD, Kind.DNS_DATAGRAM})
"""Doors that are UDP ports: one process can hold one, where TCP ports are shared."""

NAMES = {
    Language.ENGLISH: {
        Kind.PROXY: "The own port of {name}",
        Kind.TRANSPARENT: "The transparent way in",
        Kind.WIREGUARD: "The WireGuard tunnel {name}",
        Kind.DNS_STREAM: "The door for names",
        Kind.DNS_DATAGRAM: "The door for names",
    },
    Language.VIETNAMESE: {
        Kind.PROXY: "Cổng riêng của {name}",
        Kind.TRANSPARENT: "Lối vào không cần cài đặt",
        Kind.WIREGUARD: "Đường hầm WireGuard {name}",
        Kind.DNS_STREAM: "Lối hỏi tên miền",
        Kind.DNS_DATAGRAM: "Lối hỏi tên miền",
    },
}
TAKEN = {
    Language.ENGLISH: "{name} is closed: another program holds port {port}. It opens once the port is free.",
    Language.VIETNAMESE: "{name} đang đóng: một chương trình khác giữ cổng {port}. Cổng rảnh thì lối này mở lại.",
}
REFUSED = {
    Language.ENGLISH: "{name} is closed: port {port} cannot be opened ({error}).",
    Language.VIETNAMESE: "{name} đang đóng: không mở được cổng {port} ({error}).",
}
OUR_OWN = {
    Language.ENGLISH: "{name} is closed: port {port} is for something else in Porchlight. Write another one.",
    Language.VIETNAMESE: "{name} đang đóng: Porchlight đã dùng cổng {port} cho việc khác. Hãy ghi cổng khác.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One door."""

    kind: Kind
    port: int
    """On the address that the settings bind."""
    name: str = field(default="", compare=False)
    """Whose it is: a device's key, or the name of a tunnel's."""
    key: Key | None = None
    """Of a WireGuard tunnel."""

    @property
    def is_udp(self) -> bool:
        """Whether its port is a UDP port."""
        return self.kind in DATAGRAMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What should be open, and why something cannot be."""

    ways: tuple[Way, ...]
    problems: tuple[str, ...] = ()
    """Whole sentences in the family's language."""
    language: Language = Language.ENGLISH
    """The family's."""


def wanted(policy: Policy, settings: Settings, *, is_first: bool) -> Wanted:
    """The doors of one process beside the proxy's own port.

    Args:
        policy: In force.
        settings: Of this installation.
        is_first: Whether this is the process that holds what only one can hold.
    """
    problems: list[str] = []
    ways = [*_streams(policy, settings, problems)]
    if is_first:
        ways += [Way(kind=Kind.DNS_DATAGRAM, port=settings.dns_port)] if settings.dns_port else []
        ways += _tunnels(policy, settings, problems)
    return Wanted(ways=tuple(ways), problems=tuple(problems), language=policy.language)


def closed(way: Way, error: OSError, language: Language) -> str:
    """Why a door is not open, in one sentence for people."""
    words = TAKEN if error.errno == errno.EADDRINUSE else REFUSED
    return _said(words, way, language, error=error.strerror or str(error))


def _said(words: dict[Language, str], way: Way, language: Language, *, error: str = "") -> str:
    return words[language].format(
        name=NAMES[language][way.kind].format(name=way.name),
        port=f"{'UDP' if way.is_udp else 'TCP'} {way.port}",
        error=error,
    )


def _streams(policy: Policy, settings: Settings, problems: list[str]) -> Iterator[Way]:
    # With several workers the kernel lets two doors share a port, and mixes up their connections.
    taken = {settings.proxy_port, settings.admin_port, settings.family_port}
    for way in _wished_streams(policy, settings):
        if way.port not in taken:
            taken.add(way.port)
            yield way
        elif way.kind is not Kind.PROXY or way.port != settings.proxy_port:
            problems.append(_said(OUR_OWN, way, policy.language))


def _wished_streams(policy: Policy, settings: Settings) -> Iterator[Way]:
    if settings.transparent_port:
        yield Way(kind=Kind.TRANSPARENT, port=settings.transparent_port)
    if settings.dns_port:
        yield Way(kind=Kind.DNS_STREAM, port=settings.dns_port)
    for name, device in policy.devices.items():
        if device.port is not None:
            yield Way(kind=Kind.PROXY, port=device.port, name=name)


def _tunnels(policy: Policy, settings: Settings, problems: list[str]) -> Iterator[Way]:
    for name, device in policy.devices.items():
        if device.wireguard is not None:
            try:
                key = wireguard.find_key(settings, device.wireguard)
            except (OSError, ValueError) as error:
                words = KEY_PROBLEM[policy.language]
                problems.append(words.format(device=name, error=_reason(error)))
            else:
                yield Way(kind=Kind.WIREGUARD, port=key.port, name=key.name, key=key)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
