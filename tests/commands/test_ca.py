import hashlib
import json
import re
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from click.testing import Result

from store import device_setup
from store.database import open_database
from store.device_setup import Check
from store.tables import Light
from store.upgrade import migrate

type Run = Callable[..., Result]


def test_the_certificate_is_made_and_described(run: Run, home: Path) -> None:
    row = json.loads(run("ca", "--json").stdout)
    path = home / "ca" / "porchlight-ca-cert.pem"
    assert row.keys() == {"path", "sha256", "begins", "expires"}
    assert row["path"] == str(path)
    raw = ssl.PEM_cert_to_DER_cert(path.read_text())
    assert row["sha256"].replace(":", "").lower() == hashlib.sha256(raw).hexdigest()
    begins, expires = (datetime.fromisoformat(row[key]) for key in ("begins", "expires"))
    assert begins < datetime.now(UTC) < expires


def test_the_certificate_stays_the_same(run: Run) -> None:
    assert run("ca", "--json").stdout == run("ca", "--json").stdout


def test_people_are_told_how_to_trust_it_and_how_to_stop(run: Run) -> None:
    said = run("ca").stdout
    row = json.loads(run("ca", "--json").stdout)
    assert row["sha256"] in said
    for system in ("iPhone", "Android", "Windows", "macOS", "Debian", "Firefox"):
        assert system in said
    assert re.search("delete “Porchlight – home filter [0-9a-f]{8}” in the same place", said)


def test_a_new_authority_is_made_only_if_somebody_says_so(run: Run, home: Path) -> None:
    before = run("ca", "--json").stdout
    asked = run("ca", "rotate")  # and nobody is there to ask
    assert asked.exit_code == 1
    assert "On every device HTTPS pages will warn" in asked.stdout
    assert run("ca", "--json").stdout == before
    assert list((home / "ca").glob("*.old")) == []


def test_a_new_authority_takes_the_place_of_the_old_one_which_is_kept(run: Run, home: Path) -> None:
    old = json.loads(run("ca", "--json").stdout)
    key = (home / "ca" / "porchlight-ca.pem").read_bytes()
    said = run("ca", "rotate", "--yes").stdout
    new = json.loads(run("ca", "--json").stdout)
    assert new["sha256"] != old["sha256"]
    assert new["sha256"] in said
    (kept,) = (home / "ca").glob("*.old")
    assert kept.read_bytes() == key
    assert kept.stat().st_mode & 0o777 == 0o600
    assert old["expires"][:10] in kept.name
    for word in (str(kept), "compare the fingerprint", "delete the old one", ":8001/"):
        assert word in said


def test_scripts_get_one_object_of_a_renewal(run: Run) -> None:
    row = json.loads(run("ca", "rotate", "--yes", "--json").stdout)
    assert Path(row["old"]).is_file()
    assert row["sha256"] == json.loads(run("ca", "--json").stdout)["sha256"]


def test_a_renewal_puts_the_lights_of_trust_out(run: Run, home: Path) -> None:
    run("ca")
    engine = open_database(f"sqlite:///{home}/porchlight.db")
    migrate(engine)
    now = datetime.now(UTC)
    code = device_setup.new_code(engine, now, device="tablet", profile="kid", by="Lan")
    for light in Light:
        check = Check(light=light, at=now, client="::1", mac=None, device=None, profile="unknown")
        device_setup.record(engine, code, check)
    run("ca", "rotate", "--yes")
    (live,) = device_setup.live_codes(engine, now)
    assert device_setup.checks(engine, live.code).keys() == {Light.TRAFFIC, Light.BLOCK}
    engine.dispose()
