"""Stretches of time as people write them: `30m`, `1h30m`, `7d`."""

import re
from datetime import timedelta

_SPAN = re.compile(r"(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?")


def read_span(text: str) -> timedelta | None:
    """The stretch that is meant; None if the text is none."""
    match = _SPAN.fullmatch(text)
    if not text or match is None:
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def span_text(span: timedelta) -> str:
    """A stretch as the rule file has it, `1h30m`; seconds are left out."""
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or not hours else "")
