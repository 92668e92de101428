"""`porchlight ca`: the certificate that this home's devices must trust, how to make them, and how to get another one."""

import json
from pathlib import Path

import click

from commands.home import existing_database, find_settings
from proxy.authority import make_authority, rotate_authority
from store import device_setup
from store.certificate import Certificate, read_certificate
from store.own_address import family_address
from store.settings import Settings, SettingsError, prepare
from store.upgrade import migrate

MANUAL = """\
\b
Examples:
  porchlight ca
  porchlight ca rotate
  curl --cacert "$(porchlight ca --json | jq -r .path)" -x http://127.0.0.1:8080 https://example.com/
"""
HOW = """\
To see addresses inside HTTPS, and to show its page there, Porchlight opens the connection
on this computer; help sites are never looked into. For that a device must trust this certificate.
It was made here, for this home alone, and its key never leaves the folder. The parents' pages
(“Set up a device”) lead each device through it. By hand, copy the file to the device, then:

  iPhone, iPad   open it; Settings > General > VPN & Device Management > install; then
                 Settings > General > About > Certificate Trust Settings > switch it on
  Android        Settings > Security > Encryption & credentials > Install > CA certificate
  Windows        certutil -addstore -user Root porchlight-ca-cert.pem
  macOS          security add-trusted-cert -k ~/Library/Keychains/login.keychain-db FILE
  Debian, Ubuntu copy it to /usr/local/share/ca-certificates/porchlight.crt, then
                 sudo update-ca-certificates
  Firefox        Settings > Privacy & Security > View Certificates > Authorities > Import

To end the trust, delete “{name}” in the same place.
"""
BEFORE = """\
This makes a new authority for this home. Do it when somebody may have copied the key,
or when the old one is about to end ({ends}).

On every device HTTPS pages will warn until it trusts the new certificate; nobody should
click such a warning away. You will have to go to each device once.
"""
AFTER = """\
The new authority is in its place. A running Porchlight has taken it up within a second.

Certificate  {path}
SHA-256      {sha256}
Good until   {ends}

Now on every device, one after the other:
  1. open {family}/ (or make an address for it under “Set up a device”),
     install the new certificate, “{name}”, and compare the fingerprint;
  2. delete the old one, “{old_name}”. As long as it is trusted, whoever has the old key
     can pretend to be any site to this device.

The old authority lies here, for a way back: {kept}
Delete the file when all devices have the new one.
"""


@click.group(
    invoke_without_command=True,
    epilog=MANUAL,
    short_help="Show the home's certificate, or renew it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def ca(context: click.Context, *, as_json: bool) -> None:
    """Show where this home's certificate is, its fingerprint, and how to install it.

    Makes the certificate if there is none yet. Compare the fingerprint with the one
    that the device shows before you trust it.
    """
    if context.invoked_subcommand is not None:
        return
    settings, found = _authority()
    row = certificate_row(settings.ca_certificate, found)
    if as_json:
        click.echo(json.dumps(row))
        return
    click.echo(f"Certificate  {row['path']}")
    click.echo(f"Name         {found.name}")
    click.echo(f"SHA-256      {row['sha256']}")
    click.echo(f"Good from    {row['begins'][:10]}")
    click.echo(f"Good until   {row['expires'][:10]}\n\n{HOW.format(name=found.name)}", nl=False)


@ca.command(short_help="Make a new authority; every device must then trust it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; goes with --yes.")
def rotate(*, yes: bool, as_json: bool) -> None:
    """Make a new certificate authority in the place of the old one, which is kept beside it.

    A running Porchlight takes it up without a restart. Afterwards every device must be
    made to trust the new certificate, and to forget the old one.
    """
    settings, old = _authority()
    if not yes:
        click.echo(BEFORE.format(ends=f"{old.ends:%Y-%m-%d}"))
        click.confirm("Make a new authority now?", abort=True)
    try:
        kept = rotate_authority(settings.ca_dir)
    except OSError as error:
        reason = f"{error.filename or settings.ca_dir}: {error.strerror}"
        raise click.ClickException(f"The old authority stays: {reason}.") from error
    _forget_trust(settings)
    _settings, new = _authority()
    if as_json:
        row = certificate_row(settings.ca_certificate, new) | {"old": str(kept)}
        click.echo(json.dumps(row))
        return
    words = AFTER.format(
        path=settings.ca_certificate,
        sha256=new.sha256,
        ends=f"{new.ends:%Y-%m-%d}",
        name=new.name,
        old_name=old.name,
        family=family_address(settings),
        kept=kept,
    )
    click.echo(words, nl=False)


def certificate_row(path: Path, found: Certificate) -> dict[str, str]:
    """Where the certificate is, its fingerprint as devices show it, and from when to when it is good."""
    return {
        "path": str(path),
        "sha256": found.sha256,
        "begins": found.begins.isoformat(),
        "expires": found.ends.isoformat(),
    }


def _authority() -> tuple[Settings, Certificate]:
    settings = find_settings()
    prepare(settings)
    make_authority(settings.ca_dir)
    found = read_certificate(settings.ca_certificate)
    if found is None:  # somebody took it away in this very moment
        raise SettingsError(f"{settings.ca_certificate} is gone")
    return settings, found


def _forget_trust(settings: Settings) -> None:
    with existing_database(settings) as engine:
        if engine is not None:
            migrate(engine)
            device_setup.forget_trust(engine)
