"""The devices of the rule file: what each is known by, in one spelling, and nobody else by the same."""

from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

from rules.address import is_word
from rules.policy import Device
from rules.policy_draft import Draft
from rules.policy_forms import MAC, PROFILE_KEY
from rules.policy_shape import DeviceShape
from rules.problems import Sentence

KEYS = ("wireguard", "login", "mac", "ip", "port")
"""What a device can be known by, in the order in which it is asked for. It has at least one of these."""
LAST_PORT = 65535
"""RFC 9293: 16 bits."""
_FOR_MANY = 0x01
"""Bit of a MAC address's first octet: a group's, not a network card's (IEEE 802)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is no mark of a device."""

    message: Sentence
    hint: Sentence


def read_devices(draft: Draft, devices: Mapping[str, DeviceShape] | None) -> dict[str, Device]:
    """The devices, each known by something of its own."""
    for name in draft.keys("devices"):
        if not is_word(name):
            message = Sentence("{name} cannot be a device's name", name=name)
            hint = Sentence("letters, digits, - and _")
            draft.refuse(("devices", name), message, hint, at_key=True)
    marks = _Marks(draft)
    return {name: _device(marks, name, written) for name, written in (devices or {}).items()}


def mac_of(text: str) -> str | None:
    """A network card's MAC address in small letters and colons; None if the text is none."""
    found = MAC.fullmatch(text)
    octets = text.lower().replace("-", ":")
    if not found or int(octets[:2], 16) & _FOR_MANY or not octets.strip("0:"):
        return None
    return octets


def login_of(text: str) -> str | None:
    """A user name in small letters, since a phone begins it with a capital; None if the text is none."""
    name = text.lower()
    return name if PROFILE_KEY.fullmatch(name) else None


@dataclass(frozen=True, slots=True)
class _Marks:
    """What devices are known by, and whose it is."""

    draft: Draft
    owners: dict[tuple[str, Hashable], str] = field(default_factory=dict)

    def read[Written, Mark: Hashable](
        self,
        path: tuple[str, str, str],
        written: Written | None,
        read: Callable[[Written], Mark | Refusal],
    ) -> Mark | None:
        """What stands behind a key of a device, in normal form; None if nothing, or nothing right, does."""
        if written is None:
            return None
        mark = read(written)
        if isinstance(mark, Refusal):
            self.draft.refuse(path, mark.message, mark.hint)
            return None
        _, device, key = path
        owner = self.owners.setdefault((key, mark), device)
        if owner != device:
            message = Sentence("{mark} tells who {owner} is already", mark=written, owner=owner)
            hint = Sentence("each device is known by something of its own")
            self.draft.refuse(path, message, hint)
        return mark


def _device(marks: _Marks, name: str, written: DeviceShape) -> Device:
    path = ("devices", name)
    if not any(key in marks.draft.keys(*path) for key in KEYS):
        message = Sentence("nothing tells {device} from other devices", device=name)
        keys = ", ".join(f"{key}:" for key in KEYS)
        marks.draft.refuse(path, message, Sentence("write one of {keys}", keys=keys))
    address = marks.read((*path, "ip"), written.get("ip"), _address)
    return Device(
        wireguard=marks.read((*path, "wireguard"), written.get("wireguard"), _wireguard),
        login=marks.read((*path, "login"), written.get("login"), _login),
        mac=marks.read((*path, "mac"), written.get("mac"), _mac),
        address=None if address is None else ip_address(address),
        port=marks.read((*path, "port"), written.get("port"), _port),
        line=marks.draft.line(path),
    )


def _address(text: str) -> str | Refusal:
    address: IPv4Address | IPv6Address | None = None
    with suppress(ValueError):
        address = ip_address(text)
    if isinstance(address, IPv6Address):
        address = None if address.scope_id else address.ipv4_mapped or address
    if address is not None:
        return str(address)
    return Refusal(
        Sentence("{written} is no IP address", written=text),
        Sentence("write {example}", example="ip: 192.168.1.40"),
    )


def _mac(text: str) -> str | Refusal:
    return mac_of(text) or Refusal(
        Sentence("{written} is no MAC address of a device", written=text),
        Sentence("write {example}", example='mac: "a4:83:e7:12:9f:01"'),
    )


def _login(text: str) -> str | Refusal:
    return login_of(text) or Refusal(
        Sentence("{written} cannot be a user name", written=text),
        Sentence("small letters a to z, digits, - and _"),
    )


def _wireguard(text: str) -> str | Refusal:
    if is_word(text):
        return text
    message = Sentence("{written} cannot be the name of a key", written=text)
    return Refusal(message, Sentence("letters, digits, - and _"))


def _port(number: int) -> int | Refusal:
    if 0 < number <= LAST_PORT:
        return number
    message = Sentence("{written} is no port", written=number)
    return Refusal(message, Sentence("write {example}", example="port: 8083"))
