"""The pages of lists and corrections in a real Chromium: what they look like in every state, and that they come again by themselves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from rules.decision import Reason
from rules.policy_text import parse
from store import decisions, policies
from store.list_compile import compile_copies
from store.list_faults import Fault
from store.list_progress import Step, updating
from store.lists import load_catalog
from tests.admin.listed import keep, refuse
from tests.e2e.pages import (
    DESK,
    PHONE,
    RULES,
    Camera,
    Site,
    claim,
    fill,
    open_camera,
    open_pages,
    press,
    record,
    work,
)

LISTS = """\
lists:
  hagezi-nsfw: on
  hostsvn-adult: on
  hagezi-gambling: on
  ut1-games: on
  phishing-filter: on
  danh-sach-cua-ba: {file: cua-ba.txt, category: gambling}
  cu: {file: cu.txt, is: off}
corrections:
  lessons.example:
    not: [adult]
    note: trang của cô giáo, dạy học sinh về cơ thể mình
  a-very-long-name-that-somebody-made-to-break-the-page.example: {not: [games, social, adult]}
"""
TEXT = """\
! Title: HaGeZi's NSFW DNS Blocklist
! Version: 2026.1124.0712.44
! Number of entries: 12
||filth.example^
||lessons.example^
||www.teach.example^
||sexetc.org^
||www.gaystarnews.com^
||com.vn^
||192.168.1.1^
""" + "".join(f"||ads{n}.example^$third-party,domain=very-long-name.example\n" for n in range(9))

pytestmark = [pytest.mark.browser, pytest.mark.e2e]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_pages(tmp_path) as found:
        yield found


def come(site: Site, key: str, text: str, *, hours_ago: float = 7.0) -> None:
    moment = datetime.now(UTC) - timedelta(hours=hours_ago)
    keep(site.settings, key, text, moment=moment)


def fail(site: Site, key: str, fault: Fault, detail: str = "") -> None:
    moment = datetime.now(UTC) - timedelta(minutes=50)
    refuse(site.settings, key, fault, detail, moment=moment)


def write(site: Site, text: str) -> None:
    site.settings.rules_path.write_text(text, encoding="utf-8")
    found = policies.read(site.settings.rules_path)
    policies.remember(site.engine, found, who="porchlight", why="")


def put_in_force(site: Site) -> None:
    text = site.settings.rules_path.read_text(encoding="utf-8")
    policy = parse(text, file="family.yaml", catalog=load_catalog())
    compile_copies(site.settings.lists_dir, policy.lists, lambda *_: None)


def all_states(site: Site) -> None:
    """One list of each kind: in force, waiting, old, failing with and without a copy, shorter than it was."""
    write(site, RULES + LISTS)
    come(site, "hagezi-nsfw", TEXT)
    come(site, "hostsvn-adult", "filth.example\nlessons.example\nteach.example\n", hours_ago=240)
    come(site, "hagezi-gambling", "bet.example\n", hours_ago=30)
    fail(site, "hagezi-gambling", Fault.WEB_PAGE)
    come(site, "ut1-games", "game.example\n" * 3, hours_ago=30)
    fail(site, "ut1-games", Fault.SHRUNK, "1200 < 33714")
    fail(site, "danh-sach-cua-ba", Fault.NO_FILE)
    put_in_force(site)


@pytest.fixture(params=["en", "vi"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_lists_fits_its_screen(
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
        claim(camera.page, site)
        work(site)
        without_lists(site, camera)
        with_lists(site, camera)
        a_correction(site, camera)


def see(site: Site, camera: Camera, name: str, path: str) -> None:
    camera.page.goto(site.address + path)
    camera.look(name)


def without_lists(site: Site, camera: Camera) -> None:
    page = camera.page
    see(site, camera, "lists-none", "/lists")
    see(site, camera, "lists-offers", "/lists/offers")
    page.locator("summary").first.click()
    page.locator("#name").fill("mạng xã hội")
    page.locator("#url").fill("http://lists.example/list.txt")
    press(page.locator("#own button"))
    page.locator("summary").first.click()
    camera.look("lists-offers-wrong")
    see(site, camera, "list-offer", "/lists/one/hostsvn-adult")
    write(site, RULES + "lists: {hagezi-nsfw: on, urlhaus: on}\n")
    fail(site, "hagezi-nsfw", Fault.UNREACHABLE, "Network is unreachable")
    fail(site, "urlhaus", Fault.UNKNOWN_NAME, "urlhaus.abuse.ch")
    work(site)
    see(site, camera, "lists-offline", "/lists")
    see(site, camera, "today-offline", "/")


def with_lists(site: Site, camera: Camera) -> None:
    all_states(site)
    fill(site.engine)
    work(site)
    with updating(site.settings.lists_dir, lambda _progress: None) as note:
        note("phishing-filter", Step.FETCH, 3_100_000, 9_700_000)
        see(site, camera, "lists", "/lists")
    see(site, camera, "list", "/lists/one/hagezi-nsfw")
    see(site, camera, "list-own", "/lists/one/danh-sach-cua-ba")
    see(site, camera, "list-find-empty", "/lists/find")
    see(site, camera, "list-find", "/lists/find?host=www.lessons.example")
    see(site, camera, "list-find-guarded", "/lists/find?host=sexetc.org")
    see(site, camera, "today-ailing", "/")
    decided = {
        "reason": Reason.NEVER,
        "category": "adult",
        "listed": "filth.example",
        "source": "hagezi-nsfw",
        "entry": "adult",
        "line": 10,
    }
    row = record("www.filth.example", 0.5, id="7Q2MZK4T9BX9", profile="teen", **decided)
    decisions.write(site.engine, [row])
    see(site, camera, "activity-wrong", "/activity")
    see(site, camera, "why-wrong", "/activity/7Q2MZK4T9BX9")


def a_correction(site: Site, camera: Camera) -> None:
    page = camera.page
    see(site, camera, "correct", "/corrections/new?address=blog.teach.example&profile=teen")
    page.locator("#note").fill("blog của cô giáo dạy Sinh")
    press(page.locator("main form button.main"))
    camera.look("correction")
    see(site, camera, "correct-nobody", "/corrections/new?address=nobody.example&profile=teen")


def test_the_page_comes_again_without_scripts_until_the_work_is_done(
    site: Site, browser: Browser
) -> None:
    write(site, RULES + "lists: {phishing-filter: on}\n")
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="en-GB")
    page = context.new_page()
    claim(page, site)
    with updating(site.settings.lists_dir, lambda _progress: None) as note:
        note("phishing-filter", Step.FETCH, 3_100_000, 9_700_000)
        page.goto(f"{site.address}/lists")
        expect(page.locator("main")).to_contain_text("Fetching: 3.1 of 9.7 MB…")
        note("phishing-filter", Step.READ, 0, None)
        expect(page.locator("main")).to_contain_text("Reading it through…")
        come(site, "phishing-filter", "trap.example\n", hours_ago=0)
        put_in_force(site)
    expect(page.locator("main")).to_contain_text("In force")
    expect(page.locator("meta[http-equiv=refresh]")).to_have_count(0)
    context.close()


def test_a_switch_and_its_undo_need_no_script(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="en-GB")
    page = context.new_page()
    claim(page, site)
    page.get_by_role("link", name="Lists", exact=True).click()
    page.get_by_role("link", name="Choose lists").click()
    page.locator("summary").first.click()
    page.get_by_role("button", name="Turn on: HaGeZi: pages for grown-ups").click()
    expect(page.get_by_role("status")).to_contain_text("Turned on: HaGeZi")
    written = site.settings.rules_path.read_text(encoding="utf-8")
    assert written == RULES + "lists:\n  hagezi-nsfw: on\n"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    assert site.settings.rules_path.read_text(encoding="utf-8") == RULES
    context.close()
