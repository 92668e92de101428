"""What the first page says of devices."""

from datetime import UTC, timedelta

from sqlalchemy import Engine

from rules.sighting import Sighting, Way
from store import audit, logins, sightings
from store.settings import Settings
from tests.admin.family import NOW, RULES, Parent


def test_a_quiet_house_is_told_nothing(parent: Parent) -> None:
    page = parent.get("/").text
    assert "new device" not in page
    assert "sign in yet" not in page
    assert "several passwords" not in page


def test_a_device_that_cannot_sign_in_is_told(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    settings.rules_path.write_text(RULES + "  desk: {login: mai}\n")
    assert "desk cannot sign in: mai has no password yet" in parent.get("/").text
    logins.set_password(sqlite_engine, "mai", "four old wooden boats")
    assert "cannot sign in" not in parent.get("/").text


def test_guessed_passwords_are_told_for_a_day(parent: Parent, sqlite_engine: Engine) -> None:
    detail = "teen 192.168.1.77"
    for ago in (timedelta(hours=3), timedelta(minutes=4)):
        audit.write(sqlite_engine, NOW - ago, "", logins.TRIED_TOO_OFTEN, detail)
    old = NOW - timedelta(days=2)
    audit.write(sqlite_engine, old, "", logins.TRIED_TOO_OFTEN, "teen 192.168.1.78")
    page = parent.get("/").text
    assert page.count("teen · 192.168.1.77 · today at 15:56") == 1
    assert "192.168.1.78" not in page


def test_a_crowd_is_told_by_its_number(parent: Parent, sqlite_engine: Engine) -> None:
    crowd = [
        Sighting(
            thing=f"192.168.1.{n}",
            device=None,
            address=f"192.168.1.{n}",
            mac=None,
            profile="unknown",
            way=Way.EXPLICIT,
            first=NOW,
            last=NOW - timedelta(minutes=n),
        )
        for n in range(100, 107)
    ]
    sightings.write(sqlite_engine, crowd, UTC)
    page = parent.get("/").text
    assert "7 new devices are on the internet here" in page
    assert [one.address in page for one in crowd] == [True] * 3 + [False] * 4
    assert "To all devices" in page
