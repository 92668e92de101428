"""The first evening: a parent's account, an edit, a block and an answer, while a child's pages go on loading."""

from pathlib import Path
from threading import Event, Thread
from typing import Self

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.whole import (
    Running,
    Sites,
    childs_page,
    ended,
    start,
    wait_for,
)

pytestmark = pytest.mark.e2e


class Traffic:
    """A child's page that goes on loading while the parents change things."""

    def __init__(self, porchlight: Running, url: str) -> None:
        self.statuses: list[int] = []
        self._stop = Event()
        self._thread = Thread(target=self._run, args=(porchlight.ready["proxy"], url))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)

    def _run(self, proxy: str, url: str) -> None:
        with httpx.Client(proxy=proxy) as client:
            while not self._stop.wait(0.02):
                try:
                    self.statuses.append(client.get(url).status_code)
                except httpx.HTTPError:
                    self.statuses.append(0)


@pytest.mark.browser
def test_from_set_up_to_the_first_block_and_a_parents_answer(
    tmp_path: Path, sites: Sites, browser: Browser
) -> None:
    porchlight = start(tmp_path / "home", sites)
    with porchlight.process, ended(porchlight.process):
        parent, child = browser.new_page(), childs_page(browser, porchlight)
        url = f"https://later.example:{sites.https}/"
        with Traffic(porchlight, f"http://open.example:{sites.http}/") as traffic:
            sign_up(parent, porchlight)
            child.goto(url)
            assert child.inner_text("h1") == "The real site"

            parent.get_by_role("link", name="Rules", exact=True).click()
            box = parent.get_by_label("family.yaml")
            box.fill(box.input_value().replace("- blocked.example", "- later.example"))
            parent.get_by_role("button", name="Save").click()
            expect(parent.get_by_role("heading", level=1)).to_have_text("Saved")
            wait_for(lambda: blocked(child, url), 2)

            code = child.inner_text("main .number")
            row = parent.get_by_role("row").filter(has_text="later.example")
            search = f"{porchlight.ready['admin']}/activity?search={code}"
            wait_for(lambda: parent.goto(search) and row.count(), 5)  # the log is written behind
            expect(row).to_contain_text("family.yaml:9")
            row.locator("summary").click()
            row.get_by_role("button", name="Allow for Kid for 30 minutes").click()
            expect(parent.get_by_role("status")).to_contain_text("Allowed later.example for Kid")
            wait_for(lambda: not blocked(child, url), 2)

        assert len(traffic.statuses) > 20
        assert set(traffic.statuses) == {200}


def sign_up(parent: Page, porchlight: Running) -> None:
    parent.goto(f"{porchlight.ready['admin']}/setup?code={porchlight.ready['setup_code']}")
    parent.get_by_label("Your name").fill("Lan")
    parent.get_by_label("Password").fill("four quiet herons wade")
    parent.get_by_role("button", name="Make my account").click()
    expect(parent.get_by_role("heading", level=1)).to_have_text("Your account is ready")


def blocked(child: Page, url: str) -> bool:
    answer = child.goto(url)
    assert answer is not None
    return answer.status == 403
