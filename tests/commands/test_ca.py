import hashlib
import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from click.testing import Result

type Run = Callable[..., Result]


def test_the_certificate_is_made_and_described(run: Run, home: Path) -> None:
    row = json.loads(run("ca", "--json").stdout)
    path = home / "ca" / "porchlight-ca-cert.pem"
    assert row.keys() == {"path", "sha256", "expires"}
    assert row["path"] == str(path)
    raw = ssl.PEM_cert_to_DER_cert(path.read_text())
    assert row["sha256"].replace(":", "").lower() == hashlib.sha256(raw).hexdigest()
    assert datetime.fromisoformat(row["expires"]) > datetime.now(UTC)


def test_the_certificate_stays_the_same(run: Run) -> None:
    assert run("ca", "--json").stdout == run("ca", "--json").stdout


def test_people_are_told_how_to_trust_it_and_how_to_stop(run: Run) -> None:
    said = run("ca").stdout
    row = json.loads(run("ca", "--json").stdout)
    assert row["sha256"] in said
    for system in ("iPhone", "Android", "Windows", "macOS", "Debian", "Firefox"):
        assert system in said
    assert "To end the trust, delete “Porchlight – home filter” in the same place." in said
