"""`porchlight password`: a new password for a parent who cannot sign in."""

import click

MANUAL = """\
\b
Exit status: 0 changed, 1 refused (too short, too common, no such parent), 2 wrong use.

\b
Examples:
  porchlight password
  porchlight password Mai
  pass show porchlight | porchlight password Mai --stdin
"""
WHY_NOT = {
    "short": "The password is too short: take at least ten characters, such as three words.",
    "common": "The password is among those that are tried first: take another.",
    "name": "The password holds the name: take another.",
}


@click.command(epilog=MANUAL)
@click.argument("name", required=False)
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
def password(name: str | None, *, from_stdin: bool) -> None:
    """Set a new password for the parent NAME (may be left out if there is only one).

    Asks twice and shows nothing. Whoever can run this can read the database anyway,
    so no old password is asked for.
    """
