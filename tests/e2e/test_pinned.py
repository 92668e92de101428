"""Acceptance: an app that refuses our certificate works after a parent's one click and not before, on one device."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from admin import create_app
from rules.facts import Passage
from rules.handshakes import RUN
from store import accounts, passages
from store.database import open_database
from store.settings import Settings
from tests.admin.family import NAME, PASSWORD, Parent
from tests.e2e.conftest import ROOT, House, Origins, build_house, eventually

pytestmark = pytest.mark.e2e

RULES = """\
porchlight: 1
timezone: UTC
never: [adult]
profiles:
  younger:
    name: Younger child
    devices: [tablet, phone]
    block: [bad.example, good.example/secret/, other.example/secret/]
  unknown:
    block: [bad.example]
devices:
  tablet: {ip: 127.0.0.2}
  phone: {ip: 127.0.0.3}
"""
TABLET, PHONE, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.9"
PAGE = "/devices/refused"
WEEK = timedelta(days=7)


class Family:
    """A house with a running proxy, and a parent before its pages."""

    def __init__(self, house: House, origins: Origins) -> None:
        self.house, self.port = house, origins.https_port
        self.settings = Settings(home=house.home)
        self.engine = open_database(self.settings.database_url)
        self.turned_back = timedelta()

    def parent(self) -> Parent:
        app = create_app(self.settings, engine=self.engine, clock=self.now)
        code = accounts.new_setup_code(self.engine, self.now())
        assert code
        accounts.claim(self.engine, code, NAME, PASSWORD, self.now())
        found = Parent(app.test_client())
        assert found.sign_in().status_code == 302
        return found

    def now(self) -> datetime:
        """The pages' clock."""
        return datetime.now(UTC) - self.turned_back

    def browse(self, device: str, host: str = "other.example") -> int:
        """A browser that takes our certificate."""
        with self.house.client(device) as client:
            return client.get(f"https://{host}:{self.port}/").status_code

    def run_app(self, device: str, host: str = "good.example") -> str:
        """An app that takes its own maker's certificate alone: what it gets, or why it gets nothing."""
        with self.house.client(device, authority=self.house.home / "origins.pem") as client:
            try:
                return client.get(f"https://{host}:{self.port}/").text
            except httpx.TransportError as error:
                return str(error)

    def explain(self, device: str) -> str:
        """What the command line says."""
        command = [sys.executable, "porchlight.py", "explain", "good.example", "--for", device]
        return subprocess.run(
            command, cwd=ROOT, env=self.house.environ, capture_output=True, text=True, check=True
        ).stdout

    def refuse(self, device: str, host: str = "good.example") -> None:
        for _ in range(RUN):
            assert "CERTIFICATE_VERIFY_FAILED" in self.run_app(device, host)


@pytest.fixture
def family(tmp_path: Path, origins: Origins) -> Iterator[Family]:
    house = build_house(tmp_path / "home", origins, rules=RULES)
    house.start()
    found = Family(house, origins)
    yield found
    found.engine.dispose()
    house.stop()


def test_an_app_that_refuses_works_after_one_click_and_not_before(family: Family) -> None:
    for device in (TABLET, PHONE):
        assert family.browse(device) == 200
        family.refuse(device)
    parent = family.parent()
    eventually(lambda: parent.get(PAGE).text, lambda page: "good.example on tablet" in page)
    assert "CERTIFICATE_VERIFY_FAILED" in family.run_app(TABLET), "asking lets nothing through"

    form = {"device": "tablet", "host": "good.example", "reach": "good.example", "answer": "pass"}
    assert "good.example passes unopened on tablet now." in parent.see(PAGE, **form).text

    eventually(lambda: family.run_app(TABLET), lambda said: said == "hello from /", 2)
    assert "CERTIFICATE_VERIFY_FAILED" in family.run_app(PHONE), "another device is as it was"
    assert "CERTIFICATE_VERIFY_FAILED" in family.run_app(TABLET, "other.example")
    passed = eventually(
        lambda: [line for line in family.house.log() if line.decision.seal == "passage"], bool
    )
    assert {(line.host, line.decision.device) for line in passed} == {("good.example", "tablet")}

    assert "Passes unopened: Lan let it through on this device." in family.explain("tablet")
    assert "let it through" not in family.explain("phone")

    parent.see(f"{PAGE}/end", device="tablet", host="good.example")
    eventually(lambda: family.run_app(TABLET), lambda said: "CERTIFICATE" in said, 2)


def test_what_was_let_through_ends_after_seven_days(family: Family) -> None:
    assert family.browse(TABLET) == 200
    family.refuse(TABLET)
    family.turned_back = WEEK - timedelta(seconds=4)
    parent = family.parent()
    eventually(lambda: parent.get(PAGE).text, lambda page: "good.example on tablet" in page)
    form = {"device": "tablet", "host": "good.example", "reach": "good.example", "answer": "pass"}
    parent.see(PAGE, **form)
    eventually(lambda: family.run_app(TABLET), lambda said: said == "hello from /", 2)
    eventually(lambda: family.run_app(TABLET), lambda said: "CERTIFICATE" in said, 6)


def test_it_can_be_let_through_for_ever_by_a_line_of_the_rules(family: Family) -> None:
    assert family.browse(TABLET) == 200
    family.refuse(TABLET)
    parent = family.parent()
    eventually(lambda: parent.get(PAGE).text, lambda page: "good.example on tablet" in page)
    form = {"device": "tablet", "host": "good.example", "reach": "good.example", "answer": "always"}
    assert "It is now a line of the rules." in parent.see(PAGE, **form).text
    eventually(lambda: family.run_app(TABLET), lambda said: said == "hello from /", 3)
    assert "CERTIFICATE_VERIFY_FAILED" in family.run_app(PHONE)


@pytest.mark.parametrize("host", ["pornhub.com", "bad.example"])
def test_what_its_name_closes_never_passes(family: Family, host: str) -> None:
    assert family.browse(TABLET) == 200
    family.refuse(TABLET, host)
    family.refuse(TABLET)  # comes after: once it is listed, the other would be, too
    parent = family.parent()
    page = eventually(lambda: parent.get(PAGE).text, lambda page: "good.example on" in page)
    assert host not in page
    form = {"device": "tablet", "host": host, "reach": host, "answer": "pass"}
    assert "There is nothing to decide" in parent.see(PAGE, **form).text

    # not even if the leave was there before the rules came to close it
    given = Passage(device="tablet", host=host, given=family.now(), ends=family.now() + WEEK, by="")
    leave_of_app = Passage(
        device="tablet", host="good.example", given=given.given, ends=given.ends, by=""
    )
    passages.give(family.engine, [given, leave_of_app])
    eventually(lambda: family.run_app(TABLET), lambda said: said == "hello from /", 2)
    said = family.run_app(TABLET, host)
    assert "hello" not in said
    assert "CERTIFICATE" not in said, "closed: no certificate of ours is shown to such an app"


def test_a_device_that_trusts_us_nowhere_is_shown_no_certificate_for_what_is_closed(
    family: Family,
) -> None:
    family.refuse(STRANGER, "bad.example")
    said = eventually(
        lambda: family.run_app(STRANGER, "bad.example"), lambda said: "CERTIFICATE" not in said, 3
    )
    assert "hello" not in said
    assert "hello" in family.run_app(STRANGER, "good.example"), "what is open passes unopened"
