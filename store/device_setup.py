"""Devices that are being set up: the code that a parent gives each, and what the proxy has seen of it since.

A code opens nothing but the device's own set-up page; only its SHA-256 is kept.
"""

import hashlib
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select

from store.accounts import SETUP_CODE_ALPHABET
from store.database import insert_into, writing
from store.tables import Light, device_checks, device_codes

LENGTH = 10
"""Characters of a code: 50 bits, and nothing is to be had for one but a page of instructions."""
LASTS = timedelta(hours=24)
MOST_CODES = 100
"""At once; the oldest go first."""

_LOOKALIKES = str.maketrans("ILO", "110", "- ")
_CODE = re.compile(f"[{SETUP_CODE_ALPHABET}]{{{LENGTH}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """A code that lives, without its text."""

    code: str
    """The SHA-256: names the code where its text is not known any more."""
    device: str
    """Key of the device that it is for; not in the rule file yet, if it is a new one."""
    profile: str
    """Key of the profile that the device is to belong to."""
    made: datetime
    ends: datetime
    by: str
    """The parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the proxy saw of a device on its set-up page."""

    light: Light
    at: datetime
    client: str
    """IP address."""
    mac: str | None
    """Address of its network card, where the proxy can know it."""
    device: str | None
    """Key of the device that the proxy took it for."""
    profile: str
    """Key of the profile that the proxy took it for."""


def plain_code(typed: str) -> str | None:
    """A code as it is kept apart from others, however it was typed; None if this is none."""
    plain = typed.upper().translate(_LOOKALIKES)
    return plain if _CODE.fullmatch(plain) else None


def new_code(engine: Engine, moment: datetime, *, device: str, profile: str, by: str) -> str:
    """A code for a device, good for a day. Codes that have ended are forgotten."""
    code = "".join(secrets.choice(SETUP_CODE_ALPHABET) for _ in range(LENGTH))
    row = {"device": device, "profile": profile, "made": moment, "ends": moment + LASTS, "by": by}
    newest = select(device_codes.c.code).order_by(device_codes.c.made.desc()).limit(MOST_CODES - 1)
    with writing(engine) as connection:
        connection.execute(delete(device_codes).where(device_codes.c.ends <= moment))
        connection.execute(delete(device_codes).where(device_codes.c.code.not_in(newest)))
        connection.execute(insert(device_codes), row | {"code": _digest(code)})
    return code


def find_code(engine: Engine, typed: str, moment: datetime) -> DeviceCode | None:
    """What a code is for; None if it is wrong, revoked or too old."""
    plain = plain_code(typed)
    if plain is None:
        return None
    mine = select(device_codes).where(
        device_codes.c.code == _digest(plain), device_codes.c.ends > moment
    )
    with engine.connect() as connection:
        row = connection.execute(mine).mappings().first()
    return None if row is None else DeviceCode(**row)


def live_codes(engine: Engine, moment: datetime) -> tuple[DeviceCode, ...]:
    """All codes that are good, the newest first."""
    live = select(device_codes).where(device_codes.c.ends > moment)
    with engine.connect() as connection:
        rows = connection.execute(live.order_by(device_codes.c.made.desc())).mappings()
        return tuple(DeviceCode(**row) for row in rows)


def revoke(engine: Engine, code: str) -> DeviceCode | None:
    """End a code by its SHA-256, with what was seen for it; what it was for, None if it had ended already."""
    gone = delete(device_codes).where(device_codes.c.code == code).returning(*device_codes.c)
    with writing(engine) as connection:
        row = connection.execute(gone).mappings().first()
    return None if row is None else DeviceCode(**row)


def record(engine: Engine, typed: str, check: Check) -> None:
    """Keep what was seen in the place of what was seen before; nothing, if the code is not good."""
    plain = plain_code(typed)
    if plain is None:
        return
    code = _digest(plain)
    live = select(device_codes.c.code).where(
        device_codes.c.code == code, device_codes.c.ends > check.at
    )
    with writing(engine) as connection:
        if connection.scalar(live) is None:
            return
        row = asdict(check) | {"code": code}
        kept = insert_into(connection, device_checks).values(row)
        key = [device_checks.c.code, device_checks.c.light]
        connection.execute(kept.on_conflict_do_update(index_elements=key, set_=row))


def checks(engine: Engine, code: str) -> dict[Light, Check]:
    """What was seen for a code, given by its SHA-256."""
    seen = select(device_checks).where(device_checks.c.code == code)
    with engine.connect() as connection:
        rows = connection.execute(seen).mappings()
        return {
            row["light"]: Check(**{key: row[key] for key in row if key != "code"}) for row in rows
        }


def forget_trust(engine: Engine) -> None:
    """Put out every light that says that a device takes the home's certificate: there is another one now."""
    with writing(engine) as connection:
        connection.execute(delete(device_checks).where(device_checks.c.light == Light.TRUST))


def _digest(code: str) -> str:
    # a random code needs no slow hash: there is nothing to guess it from
    return hashlib.sha256(code.encode("ascii")).hexdigest()
