"""What a device makes of our certificate: whether it trusts the home, and which apps on it refuse to be opened.

Only handshakes with a certificate of ours are told of here, never what passes as it is.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

ANYWHERE = ""
"""The host of the row that tells of a device as a whole."""
KEPT = timedelta(days=7)
"""What was learnt ends after this: apps are updated, and certificates are installed."""
RUN = 3
"""Refusals, with nothing accepted in between, that tell of an app and not of a bad moment on the Wi-Fi.
An app tries again by itself at 1, 2 and 4 seconds, or is opened again by who holds it."""
LONGEST_RUN = timedelta(minutes=10)
"""From the first to the last of them. Later ones begin anew: somebody may only be walking out of reach each morning."""
SETTLED = timedelta(seconds=30)
"""After a success at a host its refusals do not count for so long: a browser takes our certificate there,
and what breaks off beside it is mostly a page that was left or a connection too many."""
TOGETHER = timedelta(seconds=1)
"""Connections that merely end within this are one try: apps open several at once."""
DISTRUST = timedelta(hours=1)
"""So long a device counts as one that does not know our certificate. Then it is tried again:
somebody may have installed it."""


class Answer(Enum):
    """What became of one certificate of ours."""

    ACCEPTED = "accepted"
    """A request came through."""
    REFUSED = "refused"
    """The client said that it does not trust it."""
    LEFT = "left"
    """The client went away as soon as it had seen it, which some apps do in place of a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One certificate of ours, shown to a client."""

    device: str
    """The device's key; its address, if nobody has named it."""
    host: str
    """In normal form. ANYWHERE: a host of which nothing may be kept, or that is closed anyhow."""
    profile: str
    """Key of the profile that the device follows."""
    answer: Answer
    at: datetime
    """Aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshakes:
    """What is known of one device at one host, or with ANYWHERE of the device as a whole."""

    device: str
    host: str
    profile: str
    seen: datetime
    """Aware: when something was learnt last."""
    accepted: int = 0
    """How often. Of a host it is counted only once it has refused."""
    refused: int = 0
    last_accepted: datetime | None = None
    last_refused: datetime | None = None
    run: int = 0
    """Refusals since the last success, as far as they count."""
    run_since: datetime | None = None
    refuses_since: datetime | None = None
    """Since when an app is known to refuse here. None: none is."""
    quiet_until: datetime | None = None
    """A parent does not want to be asked before this."""


def after(known: Handshakes, met: Met) -> Handshakes:
    """What is known once this was seen, too."""
    if met.answer is Answer.ACCEPTED:
        return replace(
            known,
            profile=met.profile,
            seen=met.at,
            accepted=known.accepted + 1,
            last_accepted=met.at,
            run=0,
            run_since=None,
        )
    if met.answer is Answer.LEFT and _is_within(known.last_refused, TOGETHER, met.at):
        return known
    run, since = known.run + 1, known.run_since
    if since is None or not _is_within(since, LONGEST_RUN, met.at):
        run, since = 1, met.at
    if _is_within(known.last_accepted, SETTLED, met.at):
        run, since = 0, None
    return replace(
        known,
        profile=met.profile,
        seen=met.at,
        refused=known.refused + 1,
        last_refused=met.at,
        run=run,
        run_since=since,
        refuses_since=known.refuses_since or (met.at if run >= RUN else None),
    )


def trusts(anywhere: Handshakes | None, moment: datetime) -> bool | None:
    """Whether a device trusts our certificate, by the row that tells of it as a whole. None: nobody knows."""
    if anywhere is None:
        return None
    if _is_within(anywhere.last_accepted, KEPT, moment):
        return True
    if anywhere.refused >= RUN and _is_within(anywhere.last_refused, DISTRUST, moment):
        return False
    return None


def is_refusing(known: Handshakes, anywhere: Handshakes | None, moment: datetime) -> bool:
    """Whether an app refuses at this host, on a device that trusts us elsewhere."""
    return (
        known.refuses_since is not None
        and _is_within(known.last_refused, KEPT, moment)
        and trusts(anywhere, moment) is True
    )


def _is_within(earlier: datetime | None, span: timedelta, moment: datetime) -> bool:
    return earlier is not None and moment - earlier < span
