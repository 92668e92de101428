"""The parents' pages in a real Chromium: the first journey without scripts, and a picture of every page.

`PORCHLIGHT_PICTURES` names the folder for the pictures; without it they go to pytest's own.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from rules.policy_text import revision_of
from store import accounts, facts, policies
from tests.e2e.pages import (
    DESK,
    NAME,
    PASSWORD,
    PHONE,
    RULES,
    Camera,
    Site,
    claim,
    fill,
    open_camera,
    open_pages,
    press,
    work,
)

pytestmark = [pytest.mark.browser, pytest.mark.e2e]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_pages(tmp_path) as found:
        yield found


def test_the_first_journey_needs_no_script(site: Site, browser: Browser) -> None:
    fill(site.engine)
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="en-GB")
    page = context.new_page()
    claim(page, site)

    page.get_by_role("link", name="Nguyễn").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    page.get_by_role("link", name="Rules", exact=True).click()
    box = page.get_by_label("family.yaml")
    text = box.input_value()
    assert text == RULES
    box.fill(text.replace("default: block", "default: maybe"))
    page.get_by_role("button", name="Check").click()
    page.get_by_role("link", name="line 17").click()
    assert page.url.endswith("#line-17")
    # The numbers stay beside their lines: the page alone has moved.
    assert page.locator(".editor ol").evaluate("list => list.scrollTop") == 0
    page.get_by_label("family.yaml").fill(text.replace("name: Bé Na", "name: Na"))
    page.get_by_role("button", name="What changes").click()
    expect(page.locator(".diff .added")).to_contain_text("name: Na")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    assert "name: Na\n" in site.settings.rules_path.read_text(encoding="utf-8")
    work(site)
    page.reload()
    expect(page.get_by_role("heading", level=2)).to_contain_text("In force since")

    page.get_by_role("link", name="Activity", exact=True).click()
    row = page.get_by_role("row").filter(has_text="scratch.mit.edu")
    row.locator("summary").click()
    row.get_by_label("Only scratch.mit.edu").check()
    row.get_by_role("button", name="Allow for Na for 30 minutes").click()
    expect(page.get_by_role("status")).to_contain_text("Allowed scratch.mit.edu for Na.")
    given = [one.site for one in facts.live_grants(site.engine, datetime.now(UTC))]
    assert given == ["roblox.com", "example.com", "scratch.mit.edu"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Done.")
    context.close()


PAGES = {
    "today": "/",
    "activity": "/activity",
    "why": "/activity/7Q2MZK4T9BXD",
    "explain": "/explain?address=tiktok.com&profile=teen",
    "rules": "/rules",
    "words": "/rules/words",
    "history": "/rules/history",
    "account": "/account",
    "opened": "/rules/opened?address=youtube.com&profile=younger",
    "steps": "/next-steps",
    "missing": "/nothing",
}


@pytest.fixture(params=["en", "vi"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
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
        first_minutes(site, camera)
        fill(site.engine)
        for name, path in PAGES.items():
            work(site)
            camera.page.goto(site.address + path)
            camera.look(name)
        an_edit(site, camera)


def first_minutes(site: Site, camera: Camera) -> None:
    page = camera.page
    page.goto(
        f"{site.address}/setup?code={accounts.new_setup_code(site.engine, datetime.now(UTC))}"
    )
    camera.look("setup")
    page.locator("#name").fill(NAME)
    page.locator("#password").fill("short")
    press(page.locator("button.main"))
    camera.look("setup-wrong")
    page.locator("#password").fill(PASSWORD)
    press(page.locator("button.main"))
    page.goto(site.address)
    camera.look("today-fresh")


def an_edit(site: Site, camera: Camera) -> None:
    page = camera.page
    page.goto(f"{site.address}/activity")
    page.locator("summary").first.click()
    camera.look("activity-open")
    press(page.locator(".sentence button").first)
    camera.look("activity-answered")
    page.goto(f"{site.address}/rules")
    box = page.locator("#text")
    box.fill(RULES.replace("default: block", "default: maybe").replace("name: Minh", "nmae: Minh"))
    press(page.locator("button[value=check]"))
    camera.look("rules-wrong")
    box.fill(RULES.replace("name: Minh", "name: Bình"))
    press(page.locator("button[value=compare]"))
    camera.look("rules-compare")
    press(page.locator("button[value=save]"))
    work(site)
    page.goto(f"{site.address}/rules/saved/{policies.read(site.settings.rules_path).revision}")
    camera.look("rules-saved")
    page.goto(f"{site.address}/rules/history/{revision_of(RULES)}")
    camera.look("revision")
    page.goto(f"{site.address}/account")
    press(page.locator("main form button").last)
    camera.look("sign-in")
