"""What the first page says of devices: who is new, who cannot sign in, where passwords were guessed at. Else nothing."""

from dataclasses import dataclass
from datetime import timedelta

from admin.device_lines import StrangerLine, stranger_line, strangers
from admin.house import House, Standing
from admin.texts import near_words
from rules.check_logins import check_logins
from rules.problems import Sentence
from store import audit, logins

GUESSES_SHOWN = timedelta(days=1)
MOST_SHOWN = 3
"""New devices on the first page; the page of devices has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceNotice:
    """What is worth a parent's look."""

    new: tuple[StrangerLine, ...]
    """Of whom no parent has said anything yet, MOST_SHOWN at most."""
    how_many: int
    """Such devices."""
    cannot_sign_in: tuple[Sentence, ...]
    guesses: tuple[str, ...]


def device_notice(here: House, standing: Standing) -> DeviceNotice | None:
    """What the first page says of the devices. None: all is well."""
    new = [one for one in strangers(here, standing) if one.left_alone is None]
    unset = check_logins(standing.policy, logins.read(here.engine))
    deeds = audit.read_deeds(here.engine, logins.TRIED_TOO_OFTEN, here.clock() - GUESSES_SHOWN)
    newest = {one.detail: one for one in reversed(deeds)}
    notice = DeviceNotice(
        new=tuple(stranger_line(one, standing) for one in new[:MOST_SHOWN]),
        how_many=len(new),
        cannot_sign_in=tuple(one.message for one in unset),
        guesses=tuple(
            f"{detail.replace(' ', ' · ')} · {near_words(one.at)}" for detail, one in newest.items()
        ),
    )
    return notice if notice.new or notice.cannot_sign_in or notice.guesses else None
