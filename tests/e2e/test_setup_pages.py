"""The pages for setting a device up, on a phone and on a desk, in both languages, light and dark."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from proxy.authority import make_authority
from store import device_setup
from store.device_setup import Check
from store.tables import Light
from tests.e2e.pages import DESK, PHONE, Site, claim, open_camera, open_pages, press

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

SYSTEMS = ("iphone", "android", "windows", "mac", "linux")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_pages(tmp_path) as found:
        make_authority(found.settings.ca_dir)
        yield found


def see(site: Site, code: str, *lights: Light) -> None:
    for light in lights:
        check = Check(
            light=light,
            at=datetime.now(UTC),
            client="192.168.1.77",
            mac="a4:83:e7:12:9f:01",
            device=None,
            profile="unknown",
        )
        device_setup.record(site.engine, code, check)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("vi", "dark")])
def test_every_page_fits_its_screen(
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
        camera.look("device-steps")
        page.goto(f"{site.address}/devices/setup")
        page.locator("#name").fill("laptop-of-the-one-with-a-long-name")
        page.locator("#profile").select_option("teen")
        press(page.locator("button.main"))
        camera.look("device-code")
        code = page.url.rpartition("/")[2]
        for system in SYSTEMS:
            page.goto(f"{site.family}/d/{code}?system={system}&language={language}")
            camera.look(f"device-{system}")
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            camera.look(f"device-{system}-open")
        page.goto(f"{site.family}/")
        camera.look("family")
        page.goto(f"{site.family}/d/NOTHING")
        camera.look("family-missing")
        page.goto(f"{site.family}/d/{code}/check", wait_until="commit")
        camera.look("check-dark")
        see(site, code, Light.TRAFFIC, Light.BLOCK)
        page.goto(f"{site.family}/d/{code}/check", wait_until="commit")
        camera.look("check-some")
        page.goto(f"{site.address}/devices/setup/{code}")
        camera.look("device-seen")
        page.goto(f"{site.address}/devices/setup/{code}")
        page.locator("summary").first.click()
        press(page.locator(f"form[action$='{code}/tunnel'] button"))
        camera.look("device-tunnel")
        page.goto(f"{site.family}/d/{code}?system=android&language={language}")
        camera.look("device-tunnel-android")
        page.goto(f"{site.address}/devices/setup")
        camera.look("device-codes")
