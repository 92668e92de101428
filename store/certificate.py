"""The home's public certificate, as its pages and commands show it and hand it out. The key is never read here."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a device needs to trust this home, and what to compare."""

    name: str
    """As a device's list of authorities shows it."""
    sha256: str
    """The fingerprint as devices show it, `A4:83:...`."""
    begins: datetime
    """Aware, UTC."""
    ends: datetime
    """Aware, UTC."""
    pem: bytes
    der: bytes


def read_certificate(path: Path) -> Certificate | None:
    """The certificate in a file; None if it has not been made yet.

    Raises:
        ValueError: the file is damaged.
    """
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError:
        return None
    names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Certificate(
        name=str(names[0].value) if names else "",
        sha256=found.fingerprint(SHA256()).hex(":").upper(),
        begins=found.not_valid_before_utc,
        ends=found.not_valid_after_utc,
        pem=found.public_bytes(Encoding.PEM),
        der=found.public_bytes(Encoding.DER),
    )
