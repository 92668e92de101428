"""`porchlight lists`: which published lists are on and how they stand, what is in them, which name a host, one table of them all."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from commands.home import find_language, find_policy, find_settings, find_table
from commands.list_rows import (
    Held,
    HeldEntry,
    Inspection,
    held_lines,
    held_row,
    inspect_lines,
    inspect_row,
)
from commands.list_states import Shelf, shelf_lines, shelf_row
from commands.list_update import update_lists
from rules.domain_table import DomainTable, TableBuilder
from rules.hosts import normal_host, parents
from rules.list_entry import Source, bare, speaks_of
from rules.list_text import ListText, read_list
from store.list_files import is_table, map_table, read_lines, verify_table, write_table
from store.list_progress import read_progress
from store.list_status import read_statuses
from store.list_table import TABLE_FILE
from store.lists import load_catalog, load_guard

INSPECT_MANUAL = """\
\b
Exit status: 0 read, 1 it is no list or cannot be read, 2 wrong use.

\b
Examples:
  porchlight lists inspect gambling.txt
  porchlight lists inspect gambling.txt.gz --json | jq '.skipped'
"""
FIND_MANUAL = """\
\b
Exit status: 0 a list blocks the host, 1 none does or one cannot be read, 2 wrong use.

\b
Examples:
  porchlight lists find www.example.com
  porchlight lists find www.example.com adult.txt gambling.txt.gz
  porchlight lists find www.example.com all.table --json
"""
COMPILE_MANUAL = """\
\b
Exit status: 0 written, 1 a list cannot be read or the table not written, 2 wrong use.

\b
Examples:
  porchlight lists compile all.table --list adult nsfw.txt --list gambling bets.txt.gz
  porchlight lists find bet.example all.table
"""
MANUAL = """\
\b
Examples:
  porchlight lists
  porchlight lists update
  porchlight lists inspect gambling.txt
  porchlight lists find www.example.com adult.txt gambling.txt
  porchlight lists compile all.table --list gambling gambling.txt
"""
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(
    epilog=MANUAL,
    short_help="Show the published lists of sites, and look into them.",
    invoke_without_command=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def lists(context: click.Context, *, as_json: bool) -> None:
    """Show which published lists are on, how fresh they are, and which are on offer.

    Hosts files, plain domains, wildcards, Adblock, dnsmasq, RPZ and addresses of
    pages are read, gzip or plain. The format is found by itself.
    """
    if context.invoked_subcommand is not None:
        if as_json:
            raise click.UsageError("--json stands after the subcommand.")
        return
    shelf = _shelf()
    click.echo(
        json.dumps(shelf_row(shelf), ensure_ascii=False)
        if as_json
        else shelf_lines(shelf, find_language())
    )


lists.add_command(update_lists)


@lists.command(epilog=INSPECT_MANUAL, short_help="Say what is in a list.")
@click.argument("file", type=A_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def inspect(file: Path, *, as_json: bool) -> None:
    """Say what is in the list FILE: its format, how many names, and what was skipped and why.

    Entries of pages are counted apart, and never taken for their sites. Entries
    against sites that everybody needs are shown and would not be obeyed.
    """
    with _one_sentence(file):
        found = _inspection(file)
    click.echo(
        json.dumps(inspect_row(found), ensure_ascii=False) if as_json else inspect_lines(found)
    )


@lists.command(epilog=FIND_MANUAL, short_help="Say which lists name a host.")
@click.argument("host")
@click.argument("files", nargs=-1, type=A_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def find(host: str, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say which of the FILES, lists or compiled tables, name HOST, and by which entry.

    Without FILES the table in force is asked, which holds the lists that are on.
    """
    try:
        name = normal_host(host)
    except ValueError as error:
        raise click.UsageError(f"{host!r} is no host.") from error
    held: list[Held] = []
    for file in files or (_table_in_force(),):
        with _one_sentence(file):
            held += _in_table(file, name) if is_table(file) else [_in_list(file, name)]
    if as_json:
        row = {"host": name, "lists": [held_row(one) for one in held]}
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        click.echo(held_lines(name, held))
    click.get_current_context().exit(0 if any(one.is_blocked for one in held) else 1)


@lists.command("compile", epilog=COMPILE_MANUAL, short_help="Compile lists into one table.")
@click.argument("table", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--list",
    "listed",
    multiple=True,
    required=True,
    type=(str, A_FILE),
    metavar="CATEGORY FILE",
    help="A list, and the category that its names fall under. Give it once for each list.",
)
def compile_lists(table: Path, listed: tuple[tuple[str, Path], ...]) -> None:
    """Compile lists into one file TABLE, in which `find` looks a host up without reading it.

    Entries against sites that everybody needs are left out. Nothing that runs is
    changed: the rules ask the home's own table, which `porchlight lists update` makes.
    """
    with _one_sentence(table):
        if table.exists() and not is_table(table):
            raise click.UsageError(f"{table} is no table, and would be overwritten.")
    builder = TableBuilder()
    for category, file in listed:
        source = Source(name=_list_name(file), categories=(_known_category(category),))
        with _one_sentence(file):
            text = _read(file)
            builder.add(source, text)
        skipped = sum(one.count for one in text.skipped.values())
        click.echo(f"{source.name}: {text.entries:,} taken as {category}, {skipped:,} skipped")
    content = builder.finish()
    with _one_sentence(table):
        write_table(table, content)
        count = len(map_table(table))
    click.echo(f"{table.name}: {count:,} domains, {len(content):,} bytes")


def _shelf() -> Shelf:
    settings, catalog = find_settings(), load_catalog()
    policy, table, folder = find_policy(settings), find_table(settings), settings.lists_dir
    if policy is None:
        click.echo(f"No rules are in force in {settings.home}, so no list is on.", err=True)
    subscriptions = {} if policy is None else policy.lists
    return Shelf(
        lists=subscriptions,
        statuses=read_statuses(subscriptions, folder, table=table, moment=datetime.now(UTC)),
        offers=catalog.offers,
        table=table,
        progress=read_progress(folder),
    )


def _table_in_force() -> Path:
    path = find_settings().lists_dir / TABLE_FILE
    if not path.exists():
        raise click.ClickException("No list is in force yet; name FILES to look into.")
    return path


@contextmanager
def _one_sentence(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(f"{file} cannot be used: {reason}.") from error
    except ValueError as error:
        raise click.ClickException(f"{file} cannot be used: {error}.") from error


def _read(file: Path) -> ListText:
    return read_list(read_lines(file), guard=load_guard())


def _inspection(file: Path) -> Inspection:
    text = _read(file)
    # a table counts in a tenth of the memory of a set: the largest lists have millions of names
    builder = TableBuilder()
    builder.add(Source(name=_list_name(file)), text)
    distinct = len(DomainTable(builder.finish()))
    return Inspection(file=file, text=text, distinct=distinct)


def _in_list(file: Path, host: str) -> Held:
    above = frozenset(parents(host))
    # unguarded, so that an entry which the guard refuses is found and shown
    named = [entry for entry in read_list(read_lines(file)) if entry.name in above]
    return Held(
        source=Source(name=_list_name(file)),
        file=file,
        entries=tuple(
            HeldEntry(
                line=entry.line,
                name=entry.name,
                claim=entry.claim,
                guard=load_guard().refusal(entry.name, entry.claim),
            )
            for entry in named
            if not entry.path and speaks_of(entry.claim, is_itself=entry.name in {host, bare(host)})
        ),
        pages=tuple(entry for entry in named if entry.path and entry.name == host),
    )


def _in_table(file: Path, host: str) -> list[Held]:
    verify_table(file)
    hits = map_table(file).find(host)
    if not hits:
        return [Held(source=Source(name=_list_name(file)), file=file)]
    return [
        Held(
            source=hit.source,
            file=file,
            entries=(HeldEntry(line=None, name=hit.domain, claim=hit.claim, guard=None),),
        )
        for hit in hits
    ]


def _list_name(file: Path) -> str:
    """The file's name without the endings that say how it is written."""
    name = file.name
    for ending in (".gz", ".txt", ".table"):
        name = name.removesuffix(ending)
    return name


def _known_category(name: str) -> str:
    topics = load_catalog().topics
    if name not in topics or topics[name].is_service:
        known = ", ".join(key for key, topic in topics.items() if not topic.is_service)
        raise click.UsageError(f"{name!r} is no category; there are: {known}.")
    return name
