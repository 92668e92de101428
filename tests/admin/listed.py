"""Lists for the pages' tests: copies as the keeper leaves them, and the table made of them."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from flask import Flask

from admin.house import House
from store.list_compile import compile_copies
from store.list_copies import renew
from store.list_faults import Fault, ListRefused
from store.list_fetch import Fetched, Validators
from store.settings import Settings
from tests.admin.family import NOW, RULES

NSFW = "# Title: Not for children\n# Version: 2026.11\n" + "".join(
    f"{name}\n" for name in ("filth.example", "sexetc.org", "eventbrite.com", "teach.example")
)
"""The guard keeps sexetc.org open, and a correction of ours eventbrite.com from being for dating."""
LISTS = """\
lists:
  hagezi-nsfw: on  # since spring
  grandmas: {file: grandmas.txt, category: gambling}
"""
WITH_LISTS = RULES + LISTS


def house_of(app: Flask) -> House:
    found: House = app.extensions["porchlight"]
    return found


def write_rules(settings: Settings, text: str) -> None:
    settings.lists_dir.mkdir(exist_ok=True)
    settings.rules_path.write_text(text, encoding="utf-8")


def keep(settings: Settings, key: str, text: str = NSFW, *, moment: datetime = NOW) -> None:
    """A list has come."""

    def get(into: Path, _known: Validators) -> Fetched:
        into.write_text(text, encoding="utf-8")
        checksum = sha256(text.encode()).hexdigest()
        return Fetched(path=into, sha256=checksum, validators=Validators())

    settings.lists_dir.mkdir(exist_ok=True)
    renew(settings.lists_dir, key, source="https://lists.example", get=get, moment=moment)


def refuse(
    settings: Settings, key: str, fault: Fault, detail: str = "", *, moment: datetime = NOW
) -> None:
    """A list has not come."""

    def get(_into: Path, _known: Validators) -> Fetched:
        raise ListRefused(fault, detail)

    settings.lists_dir.mkdir(exist_ok=True)
    renew(settings.lists_dir, key, source="https://lists.example", get=get, moment=moment)


def put_in_force(app: Flask) -> None:
    """Make the table of the copies that are there."""
    here = house_of(app)
    lists = here.standing().policy.lists
    compile_copies(here.settings.lists_dir, lists, lambda *_: None)
