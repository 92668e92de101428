"""`porchlight password`: a new password for a parent who cannot sign in."""

import sys

import click
from sqlalchemy import Engine

from commands.home import existing_database, find_settings
from store import accounts

MANUAL = """\
\b
Exit status: 0 changed, 1 refused (no such parent, too short, too common), 2 wrong use.

\b
Examples:
  porchlight password
  porchlight password Mai
  pass show porchlight | porchlight password Mai --stdin
"""
WHY_NOT = {
    "short": f"The password is too short: take {accounts.SHORTEST_PASSWORD} characters or more, such as four words.",
    "common": "The password is among those that are tried first: take another.",
    "name": "The password holds the parent's name: take another.",
}


@click.command(epilog=MANUAL, short_help="Set a parent's new password.")
@click.argument("name", required=False)
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
def password(name: str | None, *, from_stdin: bool) -> None:
    """Set a new password for the parent NAME, which may be left out if there is only one.

    Asks twice and shows nothing, and signs that parent out everywhere. No old
    password is asked for: whoever can run this could read the database.
    """
    with existing_database(find_settings()) as engine:
        parent = choose_parent(engine, name)
        if engine is None or parent is None:
            raise click.ClickException(
                "No parent has an account yet: porchlight up prints a link to make one."
            )
        new = sys.stdin.readline().rstrip("\r\n") if from_stdin else ask_twice(parent)
        try:
            accounts.set_password(engine, parent, new)
        except LookupError as error:
            raise click.ClickException(f"There is no parent named {parent!r}.") from error
        except ValueError as error:
            raise click.ClickException(WHY_NOT[str(error)]) from error
    click.echo(f"The password of {parent} is changed; every device must sign in again.")


def choose_parent(engine: Engine | None, name: str | None) -> str | None:
    """The parent who is meant; None if nobody has an account.

    Raises:
        click.UsageError: no name was given, and there are several parents.
    """
    names = accounts.names(engine) if engine else ()
    if name is None and len(names) > 1:
        raise click.UsageError(f"Whose password? There are: {', '.join(names)}.")
    return name or names[0] if names else None


def ask_twice(parent: str) -> str:
    """The password that was typed, twice the same."""
    answer: str = click.prompt(
        f"New password of {parent}", hide_input=True, confirmation_prompt="Once more", err=True
    )
    return answer
