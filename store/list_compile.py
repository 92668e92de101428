"""The copies of the lists that are on, compiled into the one table that every process asks.

Law: the table is replaced whole or not at all, and only when it would be another one.
"""

import logging
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from rules.domain_table import VERSION, DomainTable, TableBuilder
from rules.list_entry import Source
from rules.list_text import read_list
from rules.subscription import Subscription
from store.list_copies import Copy, list_path, read_copy, read_record
from store.list_files import GZIP_MAGIC, map_table, read_lines, write_table
from store.list_progress import Note, Step
from store.list_table import TABLE_FILE
from store.lists import load_guard

READING = 1
"""How lists are read. Raise it when the same list comes to mean something else: every home compiles anew."""
NOTED_LINES = 4096
"""Between two notes of how far the reading is."""

type Copies = Mapping[str, Copy]
"""By the subscription's key, those that are there."""

logger = logging.getLogger(__name__)


def compile_copies(
    folder: Path, subscriptions: Mapping[str, Subscription], note: Note
) -> int | None:
    """How many domains the new table has; None if the one in the folder is made of these copies already.

    Costs nothing if so, else about five seconds and 60 MB for a million domains.

    Raises:
        OSError: the disk refused; the old table is in its place.
    """
    copies = present_copies(folder, subscriptions)
    if _is_made_of(folder, copies):
        return None
    copies = _whole(folder, copies)
    if _is_made_of(folder, copies):
        return None
    builder = TableBuilder(made_of=made_of(copies))
    for key, copy in copies.items():
        category = subscriptions[key].category
        source = Source(name=key, categories=() if category is None else (category,))
        _add(builder, source, list_path(folder, key, copy), note)
    table = builder.finish()
    write_table(folder / TABLE_FILE, table)
    return len(DomainTable(table))


def made_of(copies: Copies) -> str:
    """What a table says of the lists that it was made of: another text, another table."""
    parts = [f"{key}={copy.sha256}" for key, copy in sorted(copies.items())]
    return " ".join([f"table {VERSION}, reading {READING}, guard {_guard()}:", *parts])


def present_copies(folder: Path, subscriptions: Mapping[str, Subscription]) -> dict[str, Copy]:
    """The copies of these lists, by key in order. Only their records are read."""
    found = {}
    for key in sorted(subscriptions):
        copy = read_record(folder, key).copy
        if copy is not None and list_path(folder, key, copy).is_file():
            found[key] = copy
    return found


def _is_made_of(folder: Path, copies: Copies) -> bool:
    try:
        return map_table(folder / TABLE_FILE).made_of == made_of(copies)
    except FileNotFoundError:
        return not copies  # a home without lists needs no table
    except (OSError, ValueError):
        return False


def _whole(folder: Path, copies: Copies) -> dict[str, Copy]:
    """Those that are what was recorded. A damaged one is removed, so that it is fetched again."""
    whole = {}
    for key, copy in copies.items():
        if read_copy(folder, key) == copy:
            whole[key] = copy
        else:
            logger.warning("the copy of %s was damaged; it will be fetched again", key)
            list_path(folder, key, copy).unlink(missing_ok=True)
    return whole


def _add(builder: TableBuilder, source: Source, path: Path, note: Note) -> None:
    try:
        builder.add(source, read_list(_noted(path, source.name, note), guard=load_guard()))
    except ValueError as error:
        # It was a list when it came: Porchlight itself has changed since.
        logger.warning("%s is read as no list any more: %s", source.name, error)


def _noted(path: Path, key: str, note: Note) -> Iterator[str]:
    with path.open("rb") as file:
        is_packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    total = None if is_packed else path.stat().st_size
    done = 0
    for number, line in enumerate(read_lines(path)):
        if number % NOTED_LINES == 0:
            note(key, Step.COMPILE, done, total)
        done += len(line)
        yield line


@cache
def _guard() -> str:
    groups = [(group.key, sorted(group.hosts), group.is_tree) for group in load_guard().groups]
    return sha256(repr(groups).encode()).hexdigest()[:16]
