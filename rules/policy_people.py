"""The profiles and devices of the rule file."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

from rules.address import is_word
from rules.catalog import Preset
from rules.policy import UNKNOWN, Action, Device, Language, LogLevel, Profile
from rules.policy_budgets import read_budgets
from rules.policy_draft import Draft, Path
from rules.policy_entries import EntryReader
from rules.policy_forms import PROFILE_KEY
from rules.policy_shape import DeviceShape, ProfileShape, SearchShape
from rules.policy_times import read_windows
from rules.problems import Sentence, nearest
from rules.safe_mode import STRICT, SafeSearch, YouTube

UNKNOWN_NAMES = {
    Language.ENGLISH: "Unknown device",
    Language.VIETNAMESE: "Thiết bị chưa đặt tên",
}

ASK = "ask"
"""The default that blocks and invites to ask."""


def read_devices(draft: Draft, devices: Mapping[str, DeviceShape] | None) -> dict[str, Device]:
    """The devices, each with an address of its own."""
    for name in draft.keys("devices"):
        if not is_word(name):
            message = Sentence("{name} cannot be a device's name", name=name)
            hint = Sentence("letters, digits, - and _")
            draft.refuse(("devices", name), message, hint, at_key=True)
    found: dict[str, Device] = {}
    owners: dict[IPv4Address | IPv6Address, str] = {}
    for name, written in (devices or {}).items():
        path = ("devices", name, "ip")
        address = _address(written["ip"])
        if address is None:
            message = Sentence("{written} is no IP address", written=written["ip"])
            draft.refuse(path, message, Sentence("write {example}", example="ip: 192.168.1.40"))
            continue
        owner = owners.setdefault(address, name)
        if owner != name:
            message = Sentence(
                "{address} is the address of {owner} already", address=address, owner=owner
            )
            draft.refuse(path, message, Sentence("each device has an address of its own"))
        found[name] = Device(address=address, line=draft.line(("devices", name)))
    return found


def read_profiles(
    reader: EntryReader,
    profiles: Mapping[str, ProfileShape | None] | None,
    language: Language,
    presets: Mapping[str, Preset],
) -> dict[str, Profile]:
    """The profiles, `unknown` always among them."""
    draft = reader.draft
    _refuse_keys(draft)
    found = {
        key: _profile(reader, key, written or {}, language, presets)
        for key, written in (profiles or {}).items()
    }
    _refuse_shared_devices(draft, found)
    if UNKNOWN not in found:
        name = UNKNOWN_NAMES[language]
        found[UNKNOWN] = Profile(key=UNKNOWN, name=name, line=1, language=language)
    return found


def _profile(
    reader: EntryReader,
    key: str,
    written: ProfileShape,
    family: Language,
    presets: Mapping[str, Preset],
) -> Profile:
    draft, path = reader.draft, ("profiles", key)
    language = Language(written["language"]) if "language" in written else family
    name = written.get("name")
    if name is not None and not name.strip():
        draft.refuse(
            (*path, "name"),
            Sentence("the name is empty"),
            Sentence("fill it in, or remove the key"),
        )
    preset = _preset(draft, written.get("preset"), presets, (*path, "preset"))
    default = Action.ALLOW if preset is None else preset.default
    is_asking = written.get("default") == ASK
    if "default" in written:
        default = Action.BLOCK if is_asking else Action(written["default"])
    log = LogLevel.SITES if preset is None else preset.log
    reads = preset is not None and preset.read_names
    return Profile(
        key=key,
        name=name or (UNKNOWN_NAMES[language] if key == UNKNOWN else key),
        line=draft.line(path),
        language=language,
        devices=tuple(device for device in written.get("devices") or () if device is not None),
        preset=None if preset is None else preset.key,
        default=default,
        is_asking=is_asking,
        allow=reader.entries(written.get("allow"), *path, "allow"),
        block=(
            *reader.entries(written.get("block"), *path, "block"),
            *reader.downloads(
                (written.get("downloads") or {}).get("block"), *path, "downloads", "block"
            ),
        ),
        windows=read_windows(draft, written.get("time"), key, draft.keys("days")),
        budgets=read_budgets(reader, written.get("time"), key),
        log=LogLevel(written["log"]) if "log" in written else log,
        read_names=written["read_names"] == "on" if "read_names" in written else reads,
        search=_search(written.get("search"), preset),
    )


def _search(written: SearchShape | None, preset: Preset | None) -> SafeSearch:
    given = SafeSearch() if preset is None else preset.search
    if written is None:
        return given
    return SafeSearch(
        is_safe=written["safe"] == STRICT if "safe" in written else given.is_safe,
        youtube=YouTube(written["youtube"]) if "youtube" in written else given.youtube,
    )


def _preset(
    draft: Draft, name: str | None, presets: Mapping[str, Preset], path: Path
) -> Preset | None:
    if name is not None and name not in presets:
        message = Sentence("no preset is called {name}", name=name)
        draft.refuse(path, message, nearest(name, list(presets)))
    return presets.get(name or "")


def _refuse_keys(draft: Draft) -> None:
    devices = draft.keys("devices")
    if UNKNOWN in devices:
        message = Sentence(
            "a device cannot be called {name}: that is the profile of the others", name=UNKNOWN
        )
        draft.refuse(("devices", UNKNOWN), message, Sentence("choose another name"), at_key=True)
    for key in draft.keys("profiles"):
        path = ("profiles", key)
        if not PROFILE_KEY.fullmatch(key):
            draft.refuse(
                path,
                Sentence("{key} cannot be a profile's key", key=key),
                Sentence(
                    "small letters a to z, digits, - and _; the name for people goes under name:"
                ),
                at_key=True,
            )
        elif key in devices and key != UNKNOWN:
            message = Sentence("{key} is both a profile and a device", key=key)
            hint = Sentence("rename one, such as {example}", example=f"{key}-phone")
            draft.refuse(path, message, hint, at_key=True)


def _refuse_shared_devices(draft: Draft, profiles: Mapping[str, Profile]) -> None:
    known = frozenset(draft.keys("devices"))
    owners: dict[str, str] = {}
    for key in profiles:
        items = draft.texts("profiles", key, "devices")
        for position, device in items:
            path = ("profiles", key, "devices", position)
            if device not in known:
                draft.refuse(
                    path,
                    Sentence("no device is called {device}", device=device),
                    Sentence("{known}; add it under devices:", known=nearest(device, list(known))),
                )
            elif device in owners:
                message = _shared(device, owners[device], key)
                draft.refuse(path, message, Sentence("one device belongs to one profile"))
            owners.setdefault(device, key)


def _shared(device: str, owner: str, key: str) -> Sentence:
    if owner == key:
        return Sentence("{device} stands here twice", device=device)
    return Sentence(
        "{device} belongs to {owner} and to {other}", device=device, owner=owner, other=key
    )


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address
