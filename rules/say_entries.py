"""Lists of entries read aloud: what opens and what is closed, for how long, and what a name stands for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import assert_never
from zoneinfo import ZoneInfo

from rules.entries import spell_out
from rules.policy import (
    Entry,
    EntryList,
    FileType,
    GroupUse,
    Mime,
    Network,
    Pattern,
    Profile,
    Scope,
    Search,
    Site,
    Target,
    Word,
)
from rules.safe_mode import OFF, STRICT
from rules.schedule import DAY
from rules.voice import Statement, Voice, name_words

MOST_MEMBERS = 4
"""Of a group, named where it is used; all of them stand where it is explained."""


def always(voice: Voice) -> Iterator[Statement]:
    """What holds for everyone and does not change."""
    policy = voice.policy
    yield voice.says("help", ())
    yield from entries(voice, "never", policy.never)
    yield from entries(voice, "anytime", policy.anytime)
    yield voice.says("local", ())
    yield voice.says("bare", ())


def everyone(voice: Voice) -> Iterator[Statement]:
    """The family's own entries, asked after a profile's."""
    allow, block = voice.policy.everyone_allow, voice.policy.everyone_block
    yield from entries(voice, "everyone.allow", allow)
    yield from entries(voice, "everyone.block", block)
    if allow and block:
        yield voice.says("exact", ())
    if _names_kinds(voice, allow, block):
        yield voice.says("kinds", ())


def groups(voice: Voice) -> Iterator[Statement]:
    """What the family's own names stand for."""
    for key, members in voice.policy.groups.items():
        name, line = name_words(key), voice.lines(f"groups.{key}")
        if not members:
            yield voice.says("group.empty", line, name=name)
        for said in entries(voice, "group", members, name=name):
            yield replace(said, lines=tuple(sorted({*said.lines, *line})))


def sites(voice: Voice, profile: Profile) -> Iterator[Statement]:
    """What opens and what is closed for a profile, and what happens to the rest."""
    yield from entries(voice, "allow", profile.allow)
    yield from entries(voice, "block", profile.block)
    if profile.allow and profile.block:
        yield voice.says("exact", ())
    if _names_kinds(voice, profile.allow, profile.block):
        yield voice.says("kinds", ())
    yield from _preset(voice, profile)
    if not (profile.allow or profile.block or profile.preset):
        yield voice.says("own.none", voice.lines(f"profiles.{profile.key}"))
    yield from _names(voice, profile)
    yield from _search(voice, profile)
    yield _rest(voice, profile)


def entries(voice: Voice, key: str, found: EntryList, **parts: object) -> Iterator[Statement]:
    """A list of entries: in one sentence what has no more to say, then each that has."""
    plain = [one for one in found if not (one.starts or one.ends or one.note)]
    if plain:
        what = voice.joined(_entry(voice, one) for one in plain)
        yield voice.says(key, (one.line for one in plain), what=what, when="", **parts)
    for one in found:
        if one.starts or one.ends or one.note:
            what, when = _entry(voice, one), _when(voice, one)
            said = voice.says(key, [one.line], what=what, when=when and f" {when}", **parts)
            yield with_note(voice, said, one.note)


def with_note(voice: Voice, said: Statement, note: str) -> Statement:
    """The statement, and the parent's own words on why."""
    return replace(said, text=f"{said.text} {voice.note(note)}") if note else said


def listed(voice: Voice, found: EntryList) -> Iterator[str]:
    """The entries as words of a list, each with its time."""
    for one in found:
        what, when = _entry(voice, one), _when(voice, one)
        yield voice.words("in", what=what, when=when) if when else what


def target_words(voice: Voice, target: Target) -> str:
    """What an address means: `youtube.com`, `every site that ends in .zip`, `games`."""
    match target:
        case Site():
            return _site(voice, target)
        case Network(network=network):
            one = network.num_addresses == 1
            written = network.network_address if one else network
            return voice.words("address" if one else "network", network=written)
        case Pattern(expression=expression):
            return voice.words("pattern", expression=expression)
        case Word(name=name):
            return voice.topic(name)
        case Search() | FileType() | Mime():
            return _kind(voice, target)
        case _:
            assert_never(target)


def _preset(voice: Voice, profile: Profile) -> Iterator[Statement]:
    if profile.preset is None:
        return
    preset, lines = voice.catalog.presets[profile.preset], _preset_line(voice, profile)
    if preset.block:
        what = voice.joined(voice.topic(key) for key in preset.block)
        yield voice.says("preset.block", lines, preset=preset.key, what=what)
    if preset.block and profile.allow:
        yield voice.says("preset.after", lines)


def _names(voice: Voice, profile: Profile) -> Iterator[Statement]:
    path = f"profiles.{profile.key}"
    written = voice.lines(f"{path}.read_names")
    if profile.read_names:
        yield voice.says("names.read", written or voice.lines(f"{path}.preset"))
    elif written:
        yield voice.says("names.unread", written)


def _search(voice: Voice, profile: Profile) -> Iterator[Statement]:
    path, search = f"profiles.{profile.key}", profile.search
    modes = {"safe": STRICT if search.is_safe else OFF, "youtube": search.youtube.value}
    for key, mode in modes.items():
        written = voice.lines(f"{path}.search.{key}")
        if written or mode != OFF:
            yield voice.says(f"search.{key}.{mode}", written or voice.lines(f"{path}.preset"))


def _rest(voice: Voice, profile: Profile) -> Statement:
    own = voice.lines(f"profiles.{profile.key}.default")
    key = "rest.ask" if profile.is_asking else f"rest.{profile.default.value}"
    return voice.says(key, own or _preset_line(voice, profile))


def _preset_line(voice: Voice, profile: Profile) -> list[int]:
    return voice.lines(f"profiles.{profile.key}.preset")


def _entry(voice: Voice, entry: Entry | GroupUse) -> str:
    if isinstance(entry, Entry):
        return target_words(voice, entry.target)
    members = voice.policy.groups[entry.group]
    name = name_words(entry.group)
    if not members:
        return voice.words("name", name=name)
    return voice.words("member", name=name, what=voice.joined(_members(voice, members)))


def _members(voice: Voice, members: EntryList) -> Iterable[str]:
    most = len(members) if len(members) <= MOST_MEMBERS else MOST_MEMBERS - 1
    for one in members[:most]:
        if isinstance(one, Entry):
            yield target_words(voice, one.target)
        else:
            yield voice.words("name", name=name_words(one.group))
    if most < len(members):
        yield voice.words("more", n=len(members) - most)


def _site(voice: Voice, site: Site) -> str:
    if site.path is None:
        return _host(voice, site)
    path = site.path or "/"
    place = (
        f"{site.host}{path}"
        if site.scope is Scope.TREE
        else voice.words("place", path=path, host=_host(voice, site))
    )
    if not site.parameters:
        return voice.words("path", place=place)
    pairs = voice.joined(f"{name}={value}" for name, value in site.parameters)
    return voice.words("parameters", place=place, parameters=pairs)


def _kind(voice: Voice, target: Search | FileType | Mime) -> str:
    match target:
        case Search(text=text):
            return voice.words("search", words=text)
        case FileType(endings=endings):
            return voice.words("file", what=voice.joined(f".{ending}" for ending in endings))
        case Mime(type=kind) if kind.endswith("/*"):
            return voice.words("mime.any", kind=kind.removesuffix("/*"))
        case Mime(type=kind):
            return voice.words("mime", kind=kind)
        case _:
            assert_never(target)


def _names_kinds(voice: Voice, *lists: EntryList) -> bool:
    spoken = (one for found in lists for one in spell_out(voice.policy, found))
    return any(isinstance(one.target, Search | FileType | Mime) for one in spoken)


def _host(voice: Voice, site: Site) -> str:
    match site.scope:
        case Scope.TREE:
            return site.host
        case Scope.ALONE:
            return voice.words("alone", host=site.host)
        case Scope.BELOW:
            return voice.words("ending", host=site.host)
        case _:
            assert_never(site.scope)


def _when(voice: Voice, entry: Entry | GroupUse) -> str:
    """`from 1 December 2026 until 20 December 2026`; empty for always."""
    starts = [_start(voice, entry.starts)] if entry.starts else []
    ends = [_end(voice, entry.ends)] if entry.ends else []
    return " ".join((*starts, *ends))


def _start(voice: Voice, moment: datetime) -> str:
    day = _whole_day(voice, moment)
    return voice.words("from", start=voice.moment(moment) if day is None else voice.date(day))


def _end(voice: Voice, moment: datetime) -> str:
    day = _whole_day(voice, moment)
    if day is None:
        return voice.words("until", end=voice.moment(moment))
    # The file's `until: 2026-12-20` ends with that day.
    return voice.words("until.day", end=voice.date(day - DAY))


def _whole_day(voice: Voice, moment: datetime) -> date | None:
    local = moment.astimezone(ZoneInfo(voice.policy.timezone))
    return local.date() if local.time() == time() else None
