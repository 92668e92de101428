"""`porchlight ca`: the certificate that this home's devices must trust, and how to make them."""

import json
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from commands.home import find_settings
from proxy.authority import NAME, make_authority
from store.settings import prepare

MANUAL = """\
\b
Examples:
  porchlight ca
  curl --cacert "$(porchlight ca --json | jq -r .path)" -x http://127.0.0.1:8080 https://example.com/
"""
HOW = """\
To see addresses inside HTTPS, and to show its page there, Porchlight opens the connection
on this computer; help sites are never looked into. For that a device must trust this certificate.
It was made here, for this home alone, and its key never leaves the folder. Copy the file to
the device, then:

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


@click.command(epilog=MANUAL, short_help="Show the home's certificate and how to trust it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def ca(*, as_json: bool) -> None:
    """Show where this home's certificate is, its fingerprint, and how to install it.

    Makes the certificate if there is none yet. Compare the fingerprint with the one
    that the device shows before you trust it.
    """
    settings = find_settings()
    prepare(settings)
    make_authority(settings.ca_dir)
    row = certificate_row(settings.ca_certificate)
    if as_json:
        click.echo(json.dumps(row))
        return
    click.echo(f"Certificate  {row['path']}")
    click.echo(f"SHA-256      {row['sha256']}")
    click.echo(f"Good until   {row['expires'][:10]}\n\n{HOW.format(name=NAME)}", nl=False)


def certificate_row(path: Path) -> dict[str, str]:
    """Where the certificate is, its fingerprint as devices show it, and when it ends."""
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return {
        "path": str(path),
        "sha256": certificate.fingerprint(SHA256()).hex(":").upper(),
        "expires": certificate.not_valid_after_utc.isoformat(),
    }
