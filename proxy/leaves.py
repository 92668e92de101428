"""The certificates for sites, which the home's authority signs as they are asked for."""

import logging
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from mitmproxy import certs

from proxy.authority import make_authority

logger = logging.getLogger(__name__)


class Leaves(certs.CertStore):
    """The certificates that the authority has made for sites."""

    STORE_CAP = 1_000
    """mitmproxy keeps 100; past the cap a certificate costs 2 ms again. About 3 MB."""

    def expire(self, entry: certs.CertStoreEntry) -> None:
        """Forget the oldest. mitmproxy's own compares every entry with every other."""
        del entry
        while len(self.certs) > self.STORE_CAP:
            del self.certs[next(iter(self.certs))]


def load_authority(ca_dir: Path) -> Leaves:
    """The authority, ready to make certificates for sites; made if there is none.

    Raises:
        OSError: the folder cannot be read or written.
        ValueError: the key file is damaged.
    """
    raw = make_authority(ca_dir).read_bytes()
    key = certs.load_pem_private_key(raw, None)
    certificate = x509.load_pem_x509_certificate(raw)
    if certificate.not_valid_after_utc < datetime.now(UTC):
        logger.warning("the home's certificate authority has expired; devices will refuse it")
    # No Diffie-Hellman parameters: every client of the last ten years takes elliptic curves.
    return Leaves(key, certs.Cert(certificate), None, b"", certs.DHParams(b""))
