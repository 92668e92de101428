"""What has happened, as told to the engine."""

from dataclasses import dataclass
from datetime import datetime

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
class Facts:
    """Everything that the engine needs to know beside the rules, the request and the hour."""

    grants: tuple[Grant, ...] = ()
    """Those that may still be live; the engine looks at their end."""


NOTHING_HAPPENED = Facts()
