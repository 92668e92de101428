"""A device is set up as a family does it: the parent's code, the certificate, the proxy, and the lights that need no script."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserType, Error, Page, expect

from store.own_address import NAME as NAME_OF_PROXY
from store.own_address import NUMBER
from tests.e2e.pages import NAME, PASSWORD, PHONE, open_pages, press
from tests.e2e.whole import CHROMIUM, QUIET, Running, Sites, ended, start

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

RULES = """\
porchlight: 1
timezone: UTC
language: en
profiles:
  kid:
    name: Bé Na
    default: block
  unknown:
    default: block
    log: full
"""
"""Nothing is open: whatever works here, works before the rules."""


@pytest.fixture(autouse=True, scope="module")
def _has_certutil() -> None:
    if not shutil.which("certutil") and "CI" not in os.environ:
        pytest.skip(reason="certutil is not installed: apt-get install libnss3-tools")


@pytest.fixture(scope="module")
def porchlight(sites: Sites, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("setup") / "home", sites, rules=RULES)
    with running.process, ended(running.process):
        yield running


@contextmanager
def open_device(chromium: BrowserType, folder: Path, *arguments: str) -> Iterator[Page]:
    """A browser on a device of its own: its home folder holds the store of certificates that it trusts."""
    browser = chromium.launch(
        executable_path=CHROMIUM,
        args=[*QUIET, *arguments],
        env={**os.environ, "HOME": str(folder)},
    )
    yield browser.new_page(viewport=PHONE)
    browser.close()


def trust(folder: Path, certificate: str) -> None:
    """Do as the page tells people with Chromium on Linux to do."""
    store = folder / ".pki" / "nssdb"
    store.mkdir(parents=True)
    for task in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "home", "-i", certificate]):
        subprocess.run(["certutil", "-d", f"sql:{store}", *task], check=True)  # noqa: S607


def parents_page(page: Page, porchlight: Running) -> str:
    """Sign in, make a code for a new device, and stay before its lights; the device's address."""
    page.goto(f"{porchlight.ready['admin']}/setup?code={porchlight.ready['setup_code']}")
    page.locator("#name").fill(NAME)
    page.locator("#password").fill(PASSWORD)
    press(page.locator("button.main"))
    page.get_by_role("link", name="Set up a device").click()
    page.get_by_label("The new device's name").fill("tablet")
    page.get_by_label("Whose it is").select_option("kid")
    press(page.get_by_role("button", name="Make its address"))
    expect(page.locator("svg.qr")).to_be_visible()
    return page.locator("section a code").inner_text()


def test_a_device_is_set_up_without_a_script(
    porchlight: Running, browser: Browser, tmp_path: Path
) -> None:
    parents = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    address = parents_page(parents, porchlight)
    lights = f"{address}/check"
    with open_device(browser.browser_type, tmp_path) as page:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Set up this device")
        page.goto(lights, wait_until="commit")
        expect(page.locator(".lamps .off")).to_have_count(3)
    with open_device(
        browser.browser_type, tmp_path, f"--proxy-pac-url={porchlight.ready['family']}/proxy.pac"
    ) as page:
        page.goto(lights, wait_until="commit")
        expect(page.locator(".lamps .on")).to_have_count(2, timeout=20_000)
        expect(page.locator(".lamps .off")).to_contain_text("Certificate trusted")
    trust(tmp_path, porchlight.ready["ca"])
    with open_device(
        browser.browser_type, tmp_path, f"--proxy-server={porchlight.ready['proxy']}"
    ) as page:
        page.goto(lights, wait_until="commit")
        expect(page.locator(".lamps .on")).to_have_count(3, timeout=20_000)
        expect(page.locator("main")).to_contain_text("takes this device for: an unknown device")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", level=1)).to_have_text("This page is closed for now")

        expect(parents.locator(".lamps .on")).to_have_count(3, timeout=20_000)
        press(parents.get_by_role("button", name="Recognise it by 127.0.0.1"))
        expect(parents.locator("main")).to_contain_text("takes this device for: Bé Na (tablet)")
        expect(page.locator("main")).to_contain_text("All done", timeout=20_000)
    rules = (porchlight.home / "family.yaml").read_text(encoding="utf-8")
    assert "devices: [tablet]" in rules
    assert "127.0.0.1" in rules
    logged = {line["host"] for line in porchlight.log()}
    assert not logged & {NUMBER, "127.0.0.1"}, "what is done to set a device up is not in the log"


def test_the_family_s_pages_pass_before_the_rules_and_the_parents_never(
    porchlight: Running,
) -> None:
    ready = porchlight.ready
    with httpx.Client(proxy=ready["proxy"]) as client:
        page = client.get(f"{ready['family']}/")
        assert page.status_code == 200
        assert "family's filter" in page.text
        assert client.get(f"{ready['admin']}/sign-in").status_code == 403
        port = ready["proxy"].rpartition(":")[2]
        assert client.get(f"http://127.0.0.1:{port}/").status_code == 403
        own = client.get(f"http://{NAME_OF_PROXY}/d/ABCDE12345")
        assert own.headers["location"] == f"{ready['family']}/d/ABCDE12345"
    logged = [line["host"] for line in porchlight.log()]
    assert logged.count("127.0.0.1") == 2
    assert NAME_OF_PROXY not in logged


def test_a_proxy_that_is_gone_opens_nothing(browser: Browser, sites: Sites, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]  # nobody answers there once it is closed
    with open_pages(tmp_path, proxy_port=port) as site:
        pac = f"--proxy-pac-url={site.family}/proxy.pac"
        known = f"--host-resolver-rules=MAP open.example:80 127.0.0.1:{sites.http}"
        for arguments, reached in (((known,), True), ((known, pac), False)):
            with open_device(browser.browser_type, tmp_path, *arguments) as page:
                if reached:
                    page.goto("http://open.example/")
                    expect(page.locator("h1")).to_have_text("The real site")
                else:
                    with pytest.raises(Error, match="ERR_PROXY_CONNECTION_FAILED"):
                        page.goto("http://open.example/")
