"""`porchlight schema`: what an editor and a reader have to know of the rule file."""

from pathlib import Path

import click

from rules.catalog import Catalog
from rules.manual import renewed
from rules.policy_reference import reference
from rules.policy_schema import schema_text
from store.lists import load_catalog
from store.schema_file import SCHEMA_FILE

MANUAL = """\
\b
Exit status: 0 printed or written, 1 it could not be written, 2 wrong use.

\b
Examples:
  porchlight schema > family.schema.json
  porchlight schema --reference
  ./porchlight schema --write-docs docs
"""


@click.command(epilog=MANUAL, short_help="Print the rule file's JSON Schema, for editors.")
@click.option("--reference", "as_text", is_flag=True, help="Print every key as Markdown tables.")
@click.option(
    "--write-docs",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Renew the made parts of Porchlight's own docs, in this folder.",
)
def schema(*, as_text: bool, folder: Path | None) -> None:
    """Print the JSON Schema of family.yaml, by which editors complete, explain and check.

    It knows the keys, the kinds of their values, and the names that come with Porchlight,
    and nothing of the family. `porchlight up` keeps it beside family.yaml, whose first
    line shows editors the way.
    """
    if as_text and folder:
        raise click.UsageError("--reference prints, and --write-docs writes: choose one of them.")
    catalog = load_catalog()
    if folder:
        try:
            _write(folder, catalog)
        except OSError as error:
            raise click.ClickException(
                f"{error.filename} cannot be written: {error.strerror}."
            ) from error
    else:
        click.echo(reference(catalog) if as_text else schema_text(catalog).rstrip())


def _write(folder: Path, catalog: Catalog) -> None:
    (folder / SCHEMA_FILE).write_text(schema_text(catalog), encoding="utf-8")
    for page in folder.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(renewed(text, catalog), encoding="utf-8")
