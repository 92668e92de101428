"""The rules read back in whole sentences: for everyone in the house, then for each profile.

Law: what a parent wrote stands in some statement, with its line. A new part of the rule language
gets a function here, in the row of the topics that it belongs to.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rules.catalog import Catalog
from rules.identity import roll_of
from rules.policy import UNKNOWN, Expectation, Language, Policy, Profile, WeekMoment
from rules.say_budgets import budgets
from rules.say_devices import unopened
from rules.say_entries import always, everyone, groups, sites, with_note
from rules.say_lists import lists
from rules.say_times import calendar, hours
from rules.sentences import sentence
from rules.voice import Statement, Voice
from rules.wording import helpline_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the rules say of one topic."""

    title: str
    statements: tuple[Statement, ...]
    """Never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What the rules say of everyone, or of one profile."""

    profile: str | None
    """Its key. None: everyone in the house."""
    title: str
    sections: tuple[Section, ...]


def say(
    policy: Policy, catalog: Catalog, *, language: Language, profile: str | None = None
) -> tuple[Passage, ...]:
    """The policy in words: what holds for everyone, then for each profile, or for the one whose key is given."""
    voice = Voice(policy=policy, catalog=catalog, language=language)
    chosen = policy.profiles.values() if profile is None else (policy.profiles[profile],)
    return (
        Passage(
            profile=None,
            title=voice.words("family"),
            sections=_sections(voice, ((key, topic(voice)) for key, topic in FAMILY)),
        ),
        *(
            Passage(
                profile=one.key,
                title=one.name,
                sections=_sections(voice, ((key, topic(voice, one)) for key, topic in PROFILE)),
            )
            for one in chosen
        ),
    )


def who(voice: Voice, profile: Profile) -> Iterator[Statement]:
    """Whose rules these are."""
    path, policy = f"profiles.{profile.key}", voice.policy
    line = voice.lines(path)
    if profile.key == UNKNOWN:
        yield voice.says("unknown", line)
        owners = roll_of(policy).owners
        strays = [key for key in owners if owners[key] == UNKNOWN and key not in profile.devices]
        yield from _devices(voice, "unknown.named", strays, ())
    if profile.devices:
        yield from _devices(voice, "devices", profile.devices, voice.lines(f"{path}.devices"))
    elif profile.key != UNKNOWN:
        yield voice.says("devices.none", line, name=profile.name)
    if profile.preset is not None:
        lines, ages = voice.lines(f"{path}.preset"), voice.catalog.presets[profile.preset].ages
        yield voice.says("preset", lines, preset=profile.preset, ages=ages)
    written = voice.lines(f"{path}.language")
    if written:
        spoken = voice.words(f"language.{profile.language.value}")
        yield voice.says("language", written, language=spoken, name=profile.name)


def kept(voice: Voice, profile: Profile) -> Iterator[Statement]:
    """What is written down of a profile: nothing of it is hidden from whom it concerns."""
    path = f"profiles.{profile.key}"
    lines = voice.lines(f"{path}.log") or voice.lines(f"{path}.preset")
    yield voice.says(f"log.{profile.log.value}", lines, name=profile.name)


def expected(voice: Voice, profile: Profile) -> Iterator[Statement]:
    """What the family expects of the rules for a profile and its devices."""
    roll = roll_of(voice.policy)
    for one in voice.policy.expect:
        if profile.key == roll.owners.get(one.who, one.who):
            yield _expectation(voice, one, is_device=one.who in roll.owners)


def house(voice: Voice) -> Iterator[Statement]:
    """What Porchlight itself does."""
    policy = voice.policy
    fails = voice.lines("when_filter_fails")
    yield voice.says(f"fails.{policy.when_filter_fails.value}", fails)
    spoken = voice.words(f"language.{policy.language.value}")
    yield voice.says("house.language", voice.lines("language"), language=spoken)
    if policy.country is None:
        return
    numbers = [
        voice.words("helpline", name=one.name, number=one.number, hours=one.hours)
        for one in helpline_words(policy, voice.catalog, language=voice.language)
    ]
    key, lines = "helplines" if numbers else "helplines.none", voice.lines("country")
    what = voice.joined(numbers) if numbers else ""
    yield voice.says(key, lines, country=policy.country, what=what)


FAMILY: tuple[tuple[str, Callable[[Voice], Iterator[Statement]]], ...] = (
    ("always", always),
    ("everyone", everyone),
    ("days", calendar),
    ("groups", groups),
    ("lists", lists),
    ("house", house),
)
"""The topics of the family's passage, in the order in which they are read."""
PROFILE: tuple[tuple[str, Callable[[Voice, Profile], Iterator[Statement]]], ...] = (
    ("who", who),
    ("hours", hours),
    ("budgets", budgets),
    ("sites", sites),
    ("unopened", unopened),
    ("kept", kept),
    ("expect", expected),
)
"""The topics of a profile's passage."""


def _sections(
    voice: Voice, topics: Iterable[tuple[str, Iterator[Statement]]]
) -> tuple[Section, ...]:
    found = ((key, tuple(statements)) for key, statements in topics)
    return tuple(
        Section(title=voice.words(f"section.{key}"), statements=statements)
        for key, statements in found
        if statements
    )


def _devices(
    voice: Voice, key: str, devices: Iterable[str], lines: Iterable[int]
) -> Iterator[Statement]:
    known = voice.policy.devices
    found = [(name, known[name]) for name in devices]
    if found:
        words = (voice.words("device", name=name, address=one.address) for name, one in found)
        yield voice.says(key, [*lines, *(one.line for _, one in found)], what=voice.joined(words))


def _expectation(voice: Voice, one: Expectation, *, is_device: bool) -> Statement:
    said = voice.says(
        f"expect.{one.action.value}",
        [one.line],
        url=one.url.text,
        at=_at(voice, one.at),
        device=voice.words("expect.device", name=one.who) if is_device else "",
        because=voice.words(f"because.{one.because.value}") if one.because else "",
    )
    return with_note(voice, said, one.note)


def _at(voice: Voice, at: WeekMoment | datetime | None) -> str:
    if at is None:
        return voice.words("expect.any")
    if isinstance(at, datetime):
        return voice.words("expect.moment", moment=voice.moment(at))
    weekday = voice.weekday(at.day)
    return sentence(voice.language, "moment.week", weekday=weekday, time=f"{at.hour:%H:%M}")
