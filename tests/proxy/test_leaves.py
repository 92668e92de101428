from pathlib import Path

import pytest
from cryptography import x509

from proxy.authority import CERTIFICATE_FILE, make_authority
from proxy.leaves import Leaves, load_authority


def leaf(leaves: Leaves, name: str) -> x509.Certificate:
    return leaves.get_cert(name, [x509.DNSName(name)]).cert.to_cryptography()


def test_a_leaf_is_made_for_a_site_and_remembered(tmp_path: Path) -> None:
    leaves = load_authority(tmp_path)
    authority = x509.load_pem_x509_certificate((tmp_path / CERTIFICATE_FILE).read_bytes())
    made = leaf(leaves, "a.example")
    made.verify_directly_issued_by(authority)
    assert leaf(leaves, "a.example") == made


def test_the_oldest_leaf_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leaves, "STORE_CAP", 3)
    leaves = load_authority(tmp_path)
    first = leaf(leaves, "0.example")
    for number in range(1, 5):
        leaf(leaves, f"{number}.example")
    assert len(leaves.certs) == 3
    assert leaf(leaves, "0.example") != first


def test_a_damaged_key_file_is_said_and_not_replaced(tmp_path: Path) -> None:
    path = make_authority(tmp_path)
    path.write_text("damaged")
    with pytest.raises(ValueError, match=r".+"):
        load_authority(tmp_path)
    assert path.read_text() == "damaged"
