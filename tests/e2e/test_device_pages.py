"""The page of devices in a real Chromium: a stranger gets a name without scripts, and a picture of every state."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from rules.sighting import Sighting, Way
from store import audit, logins, sightings
from tests.e2e.pages import (
    DESK,
    PHONE,
    RULES,
    Site,
    claim,
    fill,
    open_camera,
    open_pages,
    press,
    work,
)

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

MAC, PRIVATE = "a4:83:e7:12:9f:02", "a6:83:e7:12:9f:03"
MORE = """\
  may-tinh-phong-khach: {login: minh, mac: "a4:83:e7:12:9f:05"}
  dien-thoai-di-xa: {wireguard: dien-thoai-di-xa}
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_pages(tmp_path) as found:
        yield found


def see(site: Site, thing: str, ago: timedelta, *, mac: str | None = None) -> None:
    moment = datetime.now(UTC) - ago
    seen = Sighting(
        thing=thing,
        device=None if thing in {mac, "192.168.1.78"} else thing,
        address="192.168.1.20" if thing == "tablet" else "192.168.1.78",
        mac=mac,
        profile="younger" if thing == "tablet" else "unknown",
        way=Way.EXPLICIT,
        first=moment,
        last=moment,
    )
    sightings.write(site.engine, [seen], UTC)


def test_a_new_device_is_named_without_a_script(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="en-GB")
    page = context.new_page()
    claim(page, site)
    see(site, MAC, timedelta(minutes=3), mac=MAC)
    page.goto(site.address)
    page.get_by_role("link", name="Give it a name").click()
    page.locator("summary").click()
    page.get_by_label("The name of a new one").fill("Minh laptop")
    page.get_by_label("Whose rules it follows").select_option("Minh")
    page.get_by_role("button", name="Write it into the rules").click()
    expect(page.get_by_role("status")).to_contain_text("Named a device: Minh-laptop.")
    text = site.settings.rules_path.read_text(encoding="utf-8")
    assert text == RULES.replace("[phone]", "[phone, Minh-laptop]") + (
        f"  Minh-laptop: {{mac: {MAC}}}\n"
    )
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Saved")
    assert site.settings.rules_path.read_text(encoding="utf-8") == RULES
    context.close()


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_devices_fit_their_screen(
    site: Site,
    browser: Browser,
    tmp_path: Path,
    *,
    language: str,
    size: ViewportSize,
    scheme: str,
) -> None:
    with open_camera(
        browser, site, tmp_path, language=language, size=size, scheme=scheme
    ) as camera:
        page = camera.page
        claim(page, site)
        rules = site.settings.rules_path
        rules.write_text("porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n", encoding="utf-8")
        page.goto(f"{site.address}/devices")
        camera.look("devices-none")
        rules.write_text(RULES + MORE, encoding="utf-8")
        fill(site.engine)
        for days in range(9, 1, -1):
            see(site, "tablet", timedelta(days=days))
        see(site, "dien-thoai-di-xa", timedelta(minutes=5))
        see(site, MAC, timedelta(minutes=3), mac=MAC)
        see(site, PRIVATE, timedelta(minutes=30), mac=PRIVATE)
        see(site, "192.168.1.78", timedelta(hours=30))
        sightings.leave_alone(site.engine, "192.168.1.78", datetime.now(UTC))
        audit.write(site.engine, datetime.now(UTC), "", logins.TRIED_TOO_OFTEN, "minh 192.168.1.78")
        work(site)
        page.goto(site.address)
        camera.look("devices-today")
        page.goto(f"{site.address}/devices")
        camera.look("devices")
        page.locator("summary").first.click()
        page.locator("#name-1").fill("unknown")
        camera.look("devices-form")
        press(page.locator("details[open] button.main"))
        camera.look("devices-wrong")
