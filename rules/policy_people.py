"""The profiles and devices of the rule file."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

from rules.address import is_word
from rules.policy import UNKNOWN, Action, Device, Language, LogLevel, Profile
from rules.policy_draft import Draft
from rules.policy_entries import EntryReader
from rules.policy_shape import DeviceShape, ProfileShape
from rules.policy_times import read_windows
from rules.problems import nearest

UNKNOWN_NAMES = {
    Language.ENGLISH: "Unknown device",
    Language.VIETNAMESE: "Thiết bị chưa đặt tên",
}

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")


def read_devices(draft: Draft, devices: Mapping[str, DeviceShape] | None) -> dict[str, Device]:
    """The devices, each with an address of its own."""
    for name in draft.keys("devices"):
        if not is_word(name):
            message = f"{name} cannot be a device's name"
            draft.refuse(("devices", name), message, "letters, digits, - and _", at_key=True)
    found: dict[str, Device] = {}
    owners: dict[IPv4Address | IPv6Address, str] = {}
    for name, written in (devices or {}).items():
        path = ("devices", name, "ip")
        address = _address(written["ip"])
        if address is None:
            draft.refuse(path, f"{written['ip']} is no IP address", "write ip: 192.168.1.40")
            continue
        owner = owners.setdefault(address, name)
        if owner != name:
            message = f"{address} is the address of {owner} already"
            draft.refuse(path, message, "each device has an address of its own")
        found[name] = Device(address=address, line=draft.line(("devices", name)))
    return found


def read_profiles(
    reader: EntryReader,
    profiles: Mapping[str, ProfileShape | None] | None,
    language: Language,
) -> dict[str, Profile]:
    """The profiles, `unknown` always among them."""
    draft = reader.draft
    _refuse_keys(draft)
    kinds = draft.keys("days")
    found = {
        key: _profile(reader, key, written or {}, language, kinds)
        for key, written in (profiles or {}).items()
    }
    _refuse_shared_devices(draft, found)
    if UNKNOWN not in found:
        name = UNKNOWN_NAMES[language]
        found[UNKNOWN] = Profile(key=UNKNOWN, name=name, line=1, language=language)
    return found


def _profile(
    reader: EntryReader, key: str, written: ProfileShape, family: Language, kinds: list[str]
) -> Profile:
    draft, path = reader.draft, ("profiles", key)
    language = Language(written["language"]) if "language" in written else family
    name = written.get("name")
    if name is not None and not name.strip():
        draft.refuse((*path, "name"), "the name is empty", "fill it in, or remove the key")
    return Profile(
        key=key,
        name=name or (UNKNOWN_NAMES[language] if key == UNKNOWN else key),
        line=draft.line(path),
        language=language,
        devices=tuple(device for device in written.get("devices") or () if device is not None),
        default=Action(written.get("default", "allow")),
        allow=reader.entries(written.get("allow"), *path, "allow"),
        block=reader.entries(written.get("block"), *path, "block"),
        windows=read_windows(draft, written.get("time"), key, kinds),
        log=LogLevel(written.get("log", "sites")),
    )


def _refuse_keys(draft: Draft) -> None:
    devices = draft.keys("devices")
    if UNKNOWN in devices:
        message = f"a device cannot be called {UNKNOWN}: that is the profile of the others"
        draft.refuse(("devices", UNKNOWN), message, "choose another name", at_key=True)
    for key in draft.keys("profiles"):
        path = ("profiles", key)
        if not _KEY.fullmatch(key):
            draft.refuse(
                path,
                f"{key} cannot be a profile's key",
                "small letters a to z, digits, - and _; the name for people goes under name:",
                at_key=True,
            )
        elif key in devices and key != UNKNOWN:
            message = f"{key} is both a profile and a device"
            draft.refuse(path, message, f"rename one, such as {key}-phone", at_key=True)


def _refuse_shared_devices(draft: Draft, profiles: Mapping[str, Profile]) -> None:
    known = frozenset(draft.keys("devices"))
    owners: dict[str, str] = {}
    for key in profiles:
        items = draft.texts("profiles", key, "devices")
        for position, device in items:
            path = ("profiles", key, "devices", position)
            if device not in known:
                message = f"no device is called {device}"
                draft.refuse(
                    path, message, f"{nearest(device, list(known))}; add it under devices:"
                )
            elif device in owners:
                owner = owners[device]
                message = (
                    f"{device} stands here twice"
                    if owner == key
                    else f"{device} belongs to {owner} and to {key}"
                )
                draft.refuse(path, message, "one device belongs to one profile")
            owners.setdefault(device, key)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address
