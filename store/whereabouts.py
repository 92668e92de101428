"""Where in the world this machine seems to be: a first guess for the starter rule file, which parents may change."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.policy import Language

NOWHERE = "UTC"

_COUNTRIES = {"Asia/Ho_Chi_Minh": "VN", "Asia/Saigon": "VN"}
"""Countries whose helplines we know, by time zone."""


def timezone(environ: Mapping[str, str], etc: Path) -> str:
    """The IANA name of the machine's zone: TZ, else /etc/timezone, else where /etc/localtime points, else UTC."""
    return next((name for name in _candidates(environ, etc) if _is_zone(name)), NOWHERE)


def language(environ: Mapping[str, str]) -> Language:
    """The language of LANG if Porchlight speaks it, else English."""
    spoken = environ.get("LANG", "").lower()
    return Language.VIETNAMESE if spoken.startswith("vi") else Language.ENGLISH


def country(zone: str) -> str | None:
    """The country of a zone, ISO 3166 alpha-2; None where its helplines are not known."""
    return _COUNTRIES.get(zone)


def _candidates(environ: Mapping[str, str], etc: Path) -> Iterator[str]:
    yield environ.get("TZ", "").removeprefix(":")
    with suppress(OSError, ValueError):
        yield (etc / "timezone").read_text(encoding="utf-8").strip()
    try:
        _, _, name = str((etc / "localtime").readlink()).partition("zoneinfo/")
    except OSError:
        return
    yield name


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    # "" opens the folder on some systems, and a path is no name to write in a rule file
    return bool(name) and not name.startswith("/")
