"""The schema that editors read, beside the rule file: what this version of Porchlight knows of the language."""

from contextlib import suppress
from pathlib import Path

from rules.policy_schema import schema_text
from store.files import locked, replace_bytes
from store.lists import load_catalog

SCHEMA_FILE = "family.schema.json"
"""As the first line of the starter file names it."""


def keep_schema(home: Path) -> None:
    """Bring the schema in the home folder up to date. Where that cannot be done, all but editors goes on."""
    path = home / SCHEMA_FILE
    with suppress(OSError):
        content = schema_text(load_catalog()).encode()
        if not path.exists() or path.read_bytes() != content:
            # who holds the lock is another start of this version, which writes the same
            with locked(path, wait=False):
                replace_bytes(path, content)
