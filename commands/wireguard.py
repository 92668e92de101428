"""`porchlight wireguard`: a device's profile for the WireGuard app, as text and as a QR code."""

import io
import json
import sys
from ipaddress import ip_address

import click
import segno

from commands.home import find_policy, find_settings
from rules.policy import Policy
from store import wireguard as keys
from store.own_address import own_address
from store.settings import Settings, prepare
from store.wireguard import Key

MANUAL = """\
\b
Exit status: 0 shown, 1 no device of the rule file has that key, 2 wrong use.

\b
Examples:
  porchlight wireguard                    every key, and whose it is
  porchlight wireguard phone              a QR code for the app to scan
  porchlight wireguard phone > phone.conf a file for the app to open
  porchlight wireguard --forget phone     the phone is lost: a new key, the old one is worth nothing
"""


@click.command(epilog=MANUAL, short_help="Show a device's WireGuard profile and QR code.")
@click.argument("name", required=False)
@click.option("--forget", is_flag=True, help="Throw the key away; it is made anew when wanted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def wireguard(name: str | None, *, forget: bool, as_json: bool) -> None:
    """Show the profile with which a device comes through WireGuard, wherever it is.

    NAME is a device with `wireguard:` in the rule file, or the name behind it. Whoever
    has the profile is taken for that device: show it to nobody else. Without NAME,
    list all keys.
    """
    settings = find_settings()
    prepare(settings)
    policy = find_policy(settings)
    if name is None:
        if forget:
            raise click.UsageError("Whose key? porchlight wireguard --forget NAME.")
        _list(settings, policy, as_json=as_json)
        return
    name = _key_name(settings, policy, name)
    if forget:
        _forget(settings, name)
        return
    try:
        key = keys.find_key(settings, name)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{error}.") from error
    _warn(settings)
    click.echo(json.dumps(_row(settings, policy, key)) if as_json else _shown(settings, key))


def _key_name(settings: Settings, policy: Policy | None, name: str) -> str:
    devices = {} if policy is None else policy.devices
    if name in devices and (found := devices[name].wireguard) is not None:
        return found
    known = [one.wireguard for one in devices.values()]
    if name in known or any(key.name == name for key in keys.all_keys(settings)):
        return name
    raise click.ClickException(
        f"No device of {settings.rules_path.name} comes through a key named {name!r}: "
        f"write `wireguard: {name}` at the device first."
    )


def _forget(settings: Settings, name: str) -> None:
    if not keys.forget(settings, name):
        raise click.ClickException(f"There is no key named {name!r}.")
    click.echo(f"The key {name} is gone; whoever still has its profile gets nowhere.")


def _list(settings: Settings, policy: Policy | None, *, as_json: bool) -> None:
    rows = [_row(settings, policy, key) for key in keys.all_keys(settings)]
    if as_json:
        click.echo(json.dumps([_without_secret(row) for row in rows]))
        return
    for row in rows:
        owner = row["device"] or "no device of the rule file; --forget throws it away"
        click.echo(f"{row['name']}  UDP {row['port']}  {owner}")
    if not rows:
        click.echo("No key yet: write `wireguard: NAME` at a device of the rule file.")


def _row(settings: Settings, policy: Policy | None, key: Key) -> dict[str, object]:
    devices = {} if policy is None else policy.devices
    return {
        "name": key.name,
        "device": next((one for one, it in devices.items() if it.wireguard == key.name), None),
        "port": key.port,
        "addresses": [str(one) for one in key.addresses],
        "profile": keys.profile_text(settings, key),
    }


def _without_secret(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "profile"}


def _shown(settings: Settings, key: Key) -> str:
    profile = keys.profile_text(settings, key)
    if not sys.stdout.isatty():
        return profile.rstrip("\n")
    return f"{profile}\n{qr_code(profile)}\nScan it with the WireGuard app: + > Scan from QR code."


def qr_code(text: str) -> str:
    """A text as a QR code in block letters, for a terminal of any colours."""
    drawn = io.StringIO()
    segno.make(text, error="l").terminal(out=drawn, compact=True)
    # The blocks are its light parts: said outright, for terminals that write dark on light.
    lines = drawn.getvalue().rstrip("\n").split("\n")
    return "".join(click.style(line, fg="bright_white", bg="black") + "\n" for line in lines)


def _warn(settings: Settings) -> None:
    bound, shown = ip_address(settings.bind), own_address(settings)
    if bound.is_loopback:
        click.echo(
            f"Only this computer can use it: Porchlight listens on {bound}. "
            f'Set bind = "0.0.0.0" in {settings.settings_path}.',
            err=True,
        )
    elif not settings.address:
        click.echo(
            f"The profile names this computer {shown}, which counts at home alone. For use elsewhere "
            f"set `address` in {settings.settings_path} to the house's name in the world.",
            err=True,
        )
