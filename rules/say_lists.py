"""Published lists read aloud: which are on, where they come from, and what the family corrects in them."""

from collections.abc import Iterator
from datetime import timedelta

from rules.say_entries import with_note
from rules.schedule import DAY
from rules.subscription import Subscription
from rules.voice import Statement, Voice

HOUR = timedelta(hours=1)


def lists(voice: Voice) -> Iterator[Statement]:
    """The lists that are on, then the corrections."""
    for one in voice.policy.lists.values():
        name = voice.topic(one.key)
        what = (
            voice.words("list.alone", name=name)
            if one.category is None
            else voice.words("list", name=name, topic=voice.topic(one.category))
        )
        yield Statement(text=f"{what} {_origin(voice, one)}", lines=(one.line,))
    for correction in voice.policy.corrections.values():
        topics = voice.joined(voice.topic(key) for key in sorted(correction.topics))
        said = voice.says("correction", [correction.line], host=correction.host, topics=topics)
        yield with_note(voice, said, correction.note)


def _origin(voice: Voice, one: Subscription) -> str:
    if one.file is not None:
        return voice.words("list.file", file=one.file)
    return voice.words("list.url", url=one.url, every=_every(voice, one.every))


def _every(voice: Voice, every: timedelta) -> str:
    unit, span = ("hours", HOUR) if every % DAY else ("days", DAY)
    n = every // span
    return voice.words(f"every.{unit}.one" if n == 1 else f"every.{unit}", n=n)
