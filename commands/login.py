"""`porchlight login`: the passwords with which devices sign in to the proxy."""

import sys
from collections.abc import Mapping

import click

from commands.home import existing_database, find_policy, find_settings
from rules.policy import Policy
from rules.policy_devices import login_of
from store import accounts, logins
from store.database import open_database
from store.settings import Settings, prepare
from store.upgrade import migrate

MANUAL = """\
\b
Exit status: 0 done, 1 refused (too short, too common, no such login), 2 wrong use.

\b
Examples:
  porchlight login
  porchlight login teen
  pass show porchlight/teen | porchlight login teen
  porchlight login teen --remove
"""
WHY_NOT = {
    "short": f"The password is too short: take {accounts.SHORTEST_PASSWORD} characters or more, such as four words.",
    "common": "The password is among those that are tried first: take another.",
    "name": "The password holds the login's name: take another.",
}


@click.command(epilog=MANUAL, short_help="Set the password of a device that signs in.")
@click.argument("name", required=False)
@click.option("--remove", is_flag=True, help="Take the password away: nobody can sign in with it.")
def login(name: str | None, *, remove: bool) -> None:
    """Set the password with which a device signs in as NAME, its `login:` in family.yaml.

    Asks twice in a terminal, else reads one line from standard input. It counts
    within a second, and ends what was typed before. Without NAME: what there is.
    """
    settings = find_settings()
    if name is None:
        if remove:
            raise click.UsageError("Which login? Say its name.")
        click.echo("\n".join(_lines(find_policy(settings), _known(settings))))
        return
    known = login_of(name)
    if known is None:
        raise click.UsageError(f"{name!r} cannot be a user name: letters a to z, digits, - and _.")
    if remove:
        _remove(settings, known)
    else:
        _set(settings, known)


def _set(settings: Settings, name: str) -> None:
    if sys.stdin.isatty():
        password: str = click.prompt(
            f"New password of {name}", hide_input=True, confirmation_prompt="Once more", err=True
        )
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    prepare(settings)
    engine = open_database(settings.database_url)
    try:
        migrate(engine)
        logins.set_password(engine, name, password)
    except ValueError as error:
        raise click.ClickException(WHY_NOT[str(error)]) from error
    finally:
        engine.dispose()
    click.echo(f"The password of {name} is set.")
    policy = find_policy(settings)
    if policy is None or name not in _devices(policy):
        click.echo(f"No device in the rule file has it yet: login: {name}", err=True)


def _remove(settings: Settings, name: str) -> None:
    with existing_database(settings) as engine:
        if engine is None or not logins.remove(engine, name):
            raise click.ClickException(f"{name} has no password.")
    click.echo(f"The password of {name} is taken away; nobody can sign in with it.")


def _known(settings: Settings) -> Mapping[str, str]:
    with existing_database(settings) as engine:
        return {} if engine is None else logins.read(engine)


def _devices(policy: Policy) -> dict[str, str]:
    """The devices that sign in, by login."""
    return {one.login: key for key, one in policy.devices.items() if one.login is not None}


def _lines(policy: Policy | None, known: Mapping[str, str]) -> list[str]:
    devices = {} if policy is None else _devices(policy)
    names = sorted({*devices, *known})
    if not names:
        return ["No device signs in: write login: under a device in the rule file."]
    return [
        f"{name}: {devices.get(name, 'no device has it')}"
        + ("" if name in known else ", its password is not set")
        for name in names
    ]
