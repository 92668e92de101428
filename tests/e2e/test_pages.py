"""The parents' pages in a real Chromium: the first journey without scripts, and a picture of every page.

`PORCHLIGHT_PICTURES` names the folder for the pictures; without it they go to pytest's own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright
from sqlalchemy import Engine

from rules.decision import Decision, DecisionRecord, Reason
from rules.facts import Grant
from rules.policy import Action
from rules.policy_text import revision_of
from rules.request import Stage
from store import accounts, decisions, facts, policies, workers
from store.database import open_database
from store.settings import Settings
from store.upgrade import migrate
from store.workers import Worker

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
ROOT = Path(__file__).parents[2]
NAME, PASSWORD = "Nguyễn Thị Lan", "con mèo ngủ trên nóc tủ lạnh"

RULES = """\
# Nội quy mạng của nhà mình. Đổi gì cũng nói với các con trước.
porchlight: 1
timezone: Asia/Ho_Chi_Minh
country: VN
language: vi

groups:
  homework: [wikipedia.org, khanacademy.org, "*.edu.vn"]

never: [adult, malware]
anytime: [homework]

profiles:
  younger:
    name: Bé Na
    devices: [tablet]
    default: block
    allow:
      - homework          # bài tập
      - youtube.com       # xem cùng bố mẹ
    block:
      - site: youtube.com/shorts/
        note: mẹ và con đã nói chuyện về việc này
  teen:
    name: Minh
    devices: [phone]
    block: [tiktok.com, gambling]

devices:
  tablet: {ip: 192.168.1.20}
  phone: {ip: 192.168.1.21}
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.e2e,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="Chromium is not installed: apt-get install chromium"
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The pages as a process of their own, and the database behind them."""

    address: str
    settings: Settings
    engine: Engine


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    settings = Settings(home=tmp_path / "home", admin_port=0)
    settings.home.mkdir(mode=0o700)
    settings.rules_path.write_text(RULES, encoding="utf-8")
    engine = open_database(settings.database_url)
    migrate(engine)
    policies.remember(engine, policies.read(settings.rules_path), who="porchlight", why="")
    with subprocess.Popen(
        (sys.executable, "-m", "admin"),
        cwd=ROOT,
        env=os.environ | settings.to_environ(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        yield Site(address=f"http://127.0.0.1:{port}", settings=settings, engine=engine)
        process.terminate()
    engine.dispose()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("PORCHLIGHT_PICTURES") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def record(host: str, minutes_ago: float, **changes: object) -> DecisionRecord:
    decision = Decision(
        id=f"{abs(hash((host, minutes_ago))) % 10**12:012}",
        action=Action.BLOCK,
        reason=Reason.DEFAULT,
        profile="younger",
        device="tablet",
        entry=None,
        file="family.yaml",
        line=17,
        until=None,
        look=Stage.NAME,
        revision=revision_of(RULES),
    )
    path = str(changes.pop("path", ""))
    return DecisionRecord(
        at=datetime.now(UTC) - timedelta(minutes=minutes_ago),
        decision=replace(decision, **changes),  # type: ignore[arg-type]
        client="192.168.1.20",
        method="GET",
        scheme="https",
        host=host,
        path=path,
    )


def fill(engine: Engine) -> None:
    """A day in the life of a family, with some ugly guests."""
    allowed = {"action": Action.ALLOW, "reason": Reason.SITE, "line": 19, "entry": "wikipedia.org"}
    teen = {"profile": "teen", "device": "phone"}
    adult = {"reason": Reason.NEVER, "entry": "adult", "category": "adult", "line": 10}
    long = "a-very-long-name-that-somebody-made-to-break-the-page." * 3 + "example.com"
    decisions.write(
        engine,
        [
            record("scratch.mit.edu", 1, id="7Q2MZK4T9BXD"),
            record("vi.wikipedia.org", 2, **allowed),
            record("www.tiktok.com", 4, reason=Reason.SITE, entry="tiktok.com", line=28, **teen),
            record("pornhub.com", 7, listed="pornhub.com", **teen, **adult),
            record(
                "www.youtube.com",
                9,
                reason=Reason.SITE,
                entry="youtube.com/shorts/",
                line=22,
                path="/shorts/abc?feature=share",
            ),
            record(long, 12),
            record("<script>alert(1)</script>", 15),
            record("khanacademy.org", 20, **allowed | {"entry": "khanacademy.org"}),
            record("192.168.1.1", 25, reason=Reason.LOCAL, file="built-in", line=None),
            record("roblox.com", 1500),
            *(record(f"game{n}.example", 1600 + n) for n in range(60)),
        ],
    )
    now = datetime.now(UTC)
    grant = Grant(
        id="g1",
        action=Action.ALLOW,
        site="roblox.com",
        profile="younger",
        given=now,
        ends=now + timedelta(minutes=25),
        by=NAME,
    )
    facts.add_grant(engine, grant)
    facts.add_grant(
        engine, replace(grant, id="g2", action=Action.BLOCK, site="example.com", profile=None)
    )


def work(site: Site) -> None:
    """The filter says that it has the rules of the file."""
    now = datetime.now(UTC)
    revision = policies.read(site.settings.rules_path).revision
    workers.report(
        site.engine,
        Worker(
            name="proxy-1",
            pid=1,
            started=now,
            seen=now,
            revision=revision,
            in_force_since=now,
            dropped=0,
            problem="",
        ),
    )


def claim(page: Page, site: Site) -> None:
    code = accounts.new_setup_code(site.engine, datetime.now(UTC))
    page.goto(f"{site.address}/setup?code={code}")
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is ready")


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
    "steps": "/next-steps",
    "missing": "/nothing",
}


EXTENT = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
HIGHEST = 2600
"""Pixels of a page that are in its picture."""
SMALL = """
[...document.querySelectorAll("button, .button, summary, nav a, select, input:not([type=hidden]):not([type=radio])")]
.filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)
"""
"""Targets that a thumb would miss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Takes a picture of each page and sees whether it fits."""

    page: Page
    folder: Path
    tag: str
    width: int

    def look(self, name: str) -> None:
        wide, high = self.page.evaluate(EXTENT)
        self.page.screenshot(
            path=self.folder / f"{name}-{self.tag}.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": self.width, "height": min(high, HIGHEST)},
        )
        assert wide <= self.width, f"{name} scrolls sideways"
        assert self.page.evaluate(SMALL) == [], f"{name} has small targets"


@pytest.fixture(params=["en", "vi"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_its_screen(
    site: Site,
    browser: Browser,
    pictures: Path,
    *,
    language: str,
    size: ViewportSize,
    scheme: str,
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "porchlight_language", "value": language, "url": site.address}])
    width = size["width"]
    camera = Camera(
        page=context.new_page(), folder=pictures, tag=f"{language}-{width}-{scheme}", width=width
    )
    first_minutes(site, camera)
    fill(site.engine)
    for name, path in PAGES.items():
        work(site)
        camera.page.goto(site.address + path)
        camera.look(name)
    an_edit(site, camera)
    context.close()


def press(button: Locator) -> None:
    with button.page.expect_navigation():
        button.click()


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
