"""The devices read aloud: what passes unopened on each, and what is opened there beyond the usual."""

from collections.abc import Iterator

from rules.identity import roll_of
from rules.policy import Device, Profile
from rules.say_entries import entries
from rules.voice import Statement, Voice


def unopened(voice: Voice, profile: Profile) -> Iterator[Statement]:
    """What a profile's devices say of what is opened there, one after the other."""
    owners = roll_of(voice.policy).owners
    for name, device in voice.policy.devices.items():
        if owners[name] == profile.key:
            yield from _on(voice, name, device)


def _on(voice: Voice, name: str, device: Device) -> Iterator[Statement]:
    yield from entries(voice, "tunnel", device.tunnel, device=name)
    yield from entries(voice, "opens", device.opens, device=name)
    if device.is_sealed:
        yield voice.says("sealed", voice.lines(f"devices.{name}.decrypt"), device=name)
