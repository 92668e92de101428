import hashlib
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from store.certificate import read_certificate


def test_a_certificate_is_read_in_all_its_forms(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    trustme.CA(organization_name="Home").cert_pem.write_to_path(path)
    found = read_certificate(path)
    assert found is not None
    assert ssl.PEM_cert_to_DER_cert(found.pem.decode()) == found.der
    assert found.sha256.replace(":", "").lower() == hashlib.sha256(found.der).hexdigest()
    assert found.begins < datetime.now(UTC) < found.ends


def test_what_is_not_made_yet_is_none(tmp_path: Path) -> None:
    assert read_certificate(tmp_path / "ca.pem") is None


def test_what_is_damaged_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("damaged")
    with pytest.raises(ValueError, match="PEM"):
        read_certificate(path)
