import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from proxy import authority
from proxy.authority import (
    CERTIFICATE_FILE,
    NAME,
    make_authority,
    rotate_authority,
    trusted_roots,
)
from store.settings import SettingsError


def certificate_in(ca_dir: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((ca_dir / CERTIFICATE_FILE).read_bytes())


def test_the_key_is_the_owners_alone(tmp_path: Path) -> None:
    path = make_authority(tmp_path / "ca")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_key_that_others_could_read_is_closed_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_authority(tmp_path)
    path.chmod(0o644)
    make_authority(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "readable by others" in caplog.text


def test_the_certificate_is_one_of_an_authority_for_ten_years(tmp_path: Path) -> None:
    make_authority(tmp_path)
    certificate = certificate_in(tmp_path)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    (number,) = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    assert [name.value for name in names] == [f"{NAME} {number.value!s}"]
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca) == (True, True)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign
    assert not usage.digital_signature
    left = certificate.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=3640) < left < timedelta(days=3660)


def test_it_is_made_once(tmp_path: Path) -> None:
    first = make_authority(tmp_path).read_bytes()
    assert make_authority(tmp_path).read_bytes() == first


def test_two_homes_have_different_authorities(tmp_path: Path) -> None:
    for home in ("a", "b"):
        make_authority(tmp_path / home)
    one, other = (certificate_in(tmp_path / home) for home in ("a", "b"))
    assert one.subject != other.subject
    assert one.public_key() != other.public_key()


def test_many_at_once_make_one(tmp_path: Path) -> None:
    threads = [threading.Thread(target=make_authority, args=(tmp_path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    key_file = tmp_path / "porchlight-ca.pem"
    assert x509.load_pem_x509_certificate(key_file.read_bytes()) == certificate_in(tmp_path)


def test_a_lost_certificate_is_written_again_from_the_key_file(tmp_path: Path) -> None:
    make_authority(tmp_path)
    before = certificate_in(tmp_path)
    (tmp_path / CERTIFICATE_FILE).unlink()
    make_authority(tmp_path)
    assert certificate_in(tmp_path) == before


def test_a_damaged_key_file_is_said_in_words(tmp_path: Path) -> None:
    path = make_authority(tmp_path)
    path.write_text("damaged")
    with pytest.raises(SettingsError, match=r"porchlight-ca\.pem is damaged: put it back"):
        make_authority(tmp_path)
    assert path.read_text() == "damaged"


def test_a_new_authority_leaves_the_old_one_beside_it(tmp_path: Path) -> None:
    old_key, old = make_authority(tmp_path).read_bytes(), certificate_in(tmp_path)
    first, second = rotate_authority(tmp_path), rotate_authority(tmp_path)
    assert first != second, "two in a row keep both"
    assert first.read_bytes() == old_key
    assert f"{old.not_valid_after_utc:%Y-%m-%d}" in first.name
    assert {one.stat().st_mode & 0o777 for one in tmp_path.glob("*ca*.pem*")} == {0o600}
    new = certificate_in(tmp_path)
    assert new.subject != old.subject
    assert x509.load_pem_x509_certificate((tmp_path / "porchlight-ca.pem").read_bytes()) == new


def test_a_disk_that_refuses_leaves_the_old_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make_authority(tmp_path).read_bytes()

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(authority, "replace_text", fail)
    with pytest.raises(OSError, match=r"^$"):
        rotate_authority(tmp_path)
    assert (tmp_path / "porchlight-ca.pem").read_bytes() == before


def test_extra_roots_are_trusted_beside_the_well_known_ones(tmp_path: Path) -> None:
    extra = tmp_path / "extra.pem"
    trustme.CA().cert_pem.write_to_path(extra)
    roots = trusted_roots(tmp_path, extra)
    assert roots is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(roots)
    owners = {str(one["subject"]) for one in context.get_ca_certs()}
    assert len(owners) > 50
    assert any("trustme" in owner for owner in owners)


def test_without_extra_roots_the_well_known_ones_are_left_to_mitmproxy(tmp_path: Path) -> None:
    assert trusted_roots(tmp_path, None) is None


def test_further_authorities_that_are_none_are_refused_by_name(tmp_path: Path) -> None:
    extra = tmp_path / "notes.txt"
    extra.write_text("no certificate")
    with pytest.raises(ValueError, match=r"upstream_ca: .*notes\.txt holds no certificate"):
        trusted_roots(tmp_path, extra)
