"""Which doors for traffic are wanted just now: by the settings, and by the devices of the rules in force.

Law: it reads the disk, so it is asked in a thread, never on the event loop.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from rules.policy import Language, Policy
from store import wireguard
from store.settings import Settings
from store.wireguard import Key

KEY_PROBLEM = {
    Language.ENGLISH: "The WireGuard key of {device} cannot be used: {error}.",
    Language.VIETNAMESE: "Không dùng được khoá WireGuard của {device}: {error}.",
}
PORT_PROBLEM = {
    Language.ENGLISH: "The port of {device}, {port}, is Porchlight's own for something else: write another.",
    Language.VIETNAMESE: "Cổng {port} của {device} Porchlight đã dùng cho việc khác: hãy ghi cổng khác.",
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
        Kind.PROXY: "A device's own port",
        Kind.TRANSPARENT: "The transparent way",
        Kind.WIREGUARD: "The WireGuard tunnel {name}",
        Kind.DNS_STREAM: "The answering of names",
        Kind.DNS_DATAGRAM: "The answering of names",
    },
    Language.VIETNAMESE: {
        Kind.PROXY: "Cổng riêng của một thiết bị",
        Kind.TRANSPARENT: "Lối vào không cần cài đặt",
        Kind.WIREGUARD: "Đường hầm WireGuard {name}",
        Kind.DNS_STREAM: "Việc trả lời tên miền",
        Kind.DNS_DATAGRAM: "Việc trả lời tên miền",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One door."""

    kind: Kind
    port: int
    """On the address that the settings bind; 0: any free one."""
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
    ways = [*_of_the_settings(settings), *_own_ports(policy, settings, problems)]
    if is_first:
        ways += [Way(kind=Kind.DNS_DATAGRAM, port=settings.dns_port)] if settings.dns_port else []
        ways += _tunnels(policy, settings, problems)
    return Wanted(
        ways=tuple(dict.fromkeys(ways)), problems=tuple(problems), language=policy.language
    )


def closed(way: Way, error: OSError, language: Language) -> str:
    """Why a door is not open, in one sentence for people."""
    name = NAMES[language][way.kind].format(name=way.key.name if way.key else "")
    words = TAKEN if error.errno == errno.EADDRINUSE else REFUSED
    transport = "UDP" if way.is_udp else "TCP"
    return words[language].format(
        name=name, port=f"{transport} {way.port}", error=error.strerror or error
    )


def _of_the_settings(settings: Settings) -> Iterator[Way]:
    if settings.transparent_port:
        yield Way(kind=Kind.TRANSPARENT, port=settings.transparent_port)
    if settings.dns_port:
        yield Way(kind=Kind.DNS_STREAM, port=settings.dns_port)


def _own_ports(policy: Policy, settings: Settings, problems: list[str]) -> Iterator[Way]:
    # with several workers the kernel lets two doors share a port, and deals out each other's connections
    others = {
        *(settings.transparent_port, settings.dns_port),
        *(settings.admin_port, settings.family_port),
    }
    for name, device in policy.devices.items():
        if device.port in others:
            words = PORT_PROBLEM[policy.language]
            problems.append(words.format(device=name, port=device.port))
        elif device.port is not None and device.port != settings.proxy_port:
            yield Way(kind=Kind.PROXY, port=device.port)


def _tunnels(policy: Policy, settings: Settings, problems: list[str]) -> Iterator[Way]:
    for name, device in policy.devices.items():
        if device.wireguard is not None:
            try:
                key = wireguard.find_key(settings, device.wireguard)
            except (OSError, ValueError) as error:
                words = KEY_PROBLEM[policy.language]
                problems.append(words.format(device=name, error=_reason(error)))
            else:
                yield Way(kind=Kind.WIREGUARD, port=key.port, key=key)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
