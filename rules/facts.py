"""What has happened, as told to the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rules.policy import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A parent's live answer: open or close something for a while."""

    id: str
    """Unique, URL-safe."""
    action: Action
    """ALLOW opens, BLOCK pauses."""
    site: str | None
    """A host in normal form, with everything below it. None means the whole internet."""
    profile: str | None
    """A profile's key. None means everyone."""
    given: datetime
    """Aware."""
    ends: datetime
    """Aware. The grant counts before this moment."""
    by: str
    """The parent's name."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much of a budget a profile has used up on one day, as last counted."""

    profile: str
    """The profile's key."""
    budget: str
    """What the budget counts, `video`."""
    day: date
    """The day that is spoken of; what is open past midnight belongs to the evening before (rules/budget.py)."""
    spent: timedelta
    """On that day."""
    spare: timedelta = timedelta()
    """What that day had on top, carried over from days before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A parent's leave for an app that refuses to be opened: on one device it goes by as it is."""

    device: str
    """The device's key; its address, if nobody has named it."""
    host: str
    """In normal form, with everything below it."""
    given: datetime
    """Aware."""
    ends: datetime
    """Aware. The passage counts before this moment."""
    by: str
    """The parent's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the engine needs to know beside the rules, the request and the hour."""

    grants: tuple[Grant, ...] = ()
    """Those that may still be live; the engine looks at their end."""
    usage: Mapping[tuple[str, str], Usage] = field(default_factory=dict)
    """By profile and budget, the newest day that was counted. What is not here is unused."""
    passages: tuple[Passage, ...] = ()
    """Those that may still count."""


NOTHING_HAPPENED = Facts()
