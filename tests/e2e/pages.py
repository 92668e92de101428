"""The parents' pages as a process of their own, with a day of a family's life in them, and a camera before them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize
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

ROOT = Path(__file__).parents[2]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The pages as a process of their own, and the database behind them."""

    address: str
    family: str
    """The address of the pages that children may see."""
    settings: Settings
    engine: Engine


@contextmanager
def open_pages(folder: Path, *, proxy_port: int = 8080) -> Iterator[Site]:
    settings = Settings(home=folder / "home", admin_port=0, family_port=0, proxy_port=proxy_port)
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
        ready = json.loads(process.stdout.readline())
        try:
            yield Site(
                address=f"http://127.0.0.1:{ready['port']}",
                family=f"http://127.0.0.1:{ready['family_port']}",
                settings=settings,
                engine=engine,
            )
        finally:
            process.terminate()
            engine.dispose()


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
    page.locator("#name").fill(NAME)
    page.locator("#password").fill(PASSWORD)
    press(page.locator("button.main"))
    assert page.url.endswith("/next-steps")


EXTENT = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
HIGHEST = 2600
"""Pixels of a page that are in its picture."""
SMALL = """
[...document.querySelectorAll("button, .button, summary, nav a, select, input:not([type=hidden]):not([type=radio]):not([type=checkbox])")]
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


@contextmanager
def open_camera(
    browser: Browser, site: Site, folder: Path, *, language: str, size: ViewportSize, scheme: str
) -> Iterator[Camera]:
    """Before a screen of a size, in a language, light or dark.

    `PORCHLIGHT_PICTURES` names the folder for the pictures; without it they go to pytest's own.
    """
    pictures = Path(os.environ.get("PORCHLIGHT_PICTURES") or folder / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "porchlight_language", "value": language, "url": site.address}])
    width = size["width"]
    tag = f"{language}-{width}-{scheme}"
    yield Camera(page=context.new_page(), folder=pictures, tag=tag, width=width)
    context.close()


def press(button: Locator) -> None:
    with button.page.expect_navigation():
        button.click()
