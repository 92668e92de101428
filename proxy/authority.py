"""The home's own certificate authority: one key for each installation, readable by its owner alone."""

import logging
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from store.files import locked, replace_bytes, replace_text
from store.settings import SettingsError

NAME = "Porchlight – home filter"
"""What a device shows in its list of authorities, before a number of its own: two homes, or an old one and its heir, are told apart."""
KEY_FILE = "porchlight-ca.pem"
"""Key and certificate, 0600."""
CERTIFICATE_FILE = "porchlight-ca-cert.pem"
"""The certificate alone, for the devices."""
ROOTS_FILE = "upstream-roots.pem"
VALID = timedelta(days=3650)
BACKDATED = timedelta(days=1)
"""So that a device whose clock is behind takes it."""

logger = logging.getLogger(__name__)


def make_authority(ca_dir: Path) -> Path:
    """The file with the authority's key, made if there is none. Two processes at once make one.

    Raises:
        SettingsError: the file is damaged.
    """
    ca_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = ca_dir / KEY_FILE
    with locked(path):
        if not path.exists():
            replace_text(path, _new_authority())
        _write_certificate(path)
    if path.stat().st_mode & 0o077:
        logger.warning(
            "the key of the home's authority was readable by others; closed it: %s", path
        )
        path.chmod(0o600)
    return path


def rotate_authority(ca_dir: Path) -> Path:
    """Put a new authority in the place of the old; the file in which the old one lies now, 0600, with the day of its end in its name.

    Whoever follows the key file (proxy/live.py) sees the old one or the new one, never half of it.

    Raises:
        SettingsError: the file is damaged.
        OSError: the disk refused; the old authority is in its place.
    """
    path = make_authority(ca_dir)
    with locked(path):
        old = path.read_bytes()
        certificate = x509.load_pem_x509_certificate(old)
        ends = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        mark = f"{certificate.serial_number:x}"[:8]
        kept = path.with_name(f"porchlight-ca-until-{ends}-{mark}.pem.old")
        replace_bytes(kept, old)
        replace_text(path, _new_authority())
        _write_certificate(path)
    return kept


def trusted_roots(ca_dir: Path, extra: Path | None) -> str | None:
    """The file of authorities to trust in sites: the well-known ones and `extra`. None: the well-known ones.

    Raises:
        ValueError: `extra` holds no certificate.
        OSError: a file cannot be read or written.
    """
    if extra is None:
        return None
    path = ca_dir / ROOTS_FILE
    further = extra.read_text(encoding="utf-8", errors="replace")
    try:
        x509.load_pem_x509_certificates(further.encode())
    except ValueError as error:
        raise ValueError(f"upstream_ca: {extra} holds no certificate in PEM form") from error
    roots = (Path(certifi.where()).read_text(encoding="ascii"), further)
    with locked(path):
        replace_text(path, "\n".join(roots))
    return str(path)


def _new_authority() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return (secret + _certificate(key).public_bytes(serialization.Encoding.PEM)).decode("ascii")


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now = datetime.now(UTC)
    # Two authorities must not share a subject: a device that knows both mixes them up.
    number = secrets.token_hex(4)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"{NAME} {number}"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, number),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    subject_key = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(subject_key, critical=False)
        .sign(key, hashes.SHA256())
    )


def _write_certificate(key_file: Path) -> None:
    try:
        certificate = x509.load_pem_x509_certificate(key_file.read_bytes())
    except ValueError as error:
        raise SettingsError(
            f"{key_file} is damaged: put it back from a copy, or move it away to get a new "
            "certificate, which every device must then be made to trust"
        ) from error
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
    path = key_file.with_name(CERTIFICATE_FILE)
    if not path.exists() or path.read_text(encoding="ascii") != pem:
        replace_text(path, pem)
