"""Stretches of time as people write them: `30m`, `1h30m`, `7d`."""

from datetime import timedelta

from rules.policy_forms import SPAN


def read_span(text: str) -> timedelta | None:
    """The stretch that is meant; None if the text is none."""
    match = SPAN.fullmatch(text)
    if not text or match is None:
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def span_text(span: timedelta) -> str:
    """A stretch as the rule file has it, `1h30m`; seconds are left out."""
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or not hours else "")
