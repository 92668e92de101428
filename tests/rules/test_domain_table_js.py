"""The papers are enough to read a table: the JavaScript in docs/domain-table.md answers as Python does, in a real Chromium."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from rules.domain_table import DomainTable, TableBuilder
from rules.hosts import parse_url
from rules.list_entry import Claim, Entry, Source

CHROMIUM = Path("/usr/bin/chromium")
PAPER = (Path(__file__).parents[2] / "docs" / "domain-table.md").read_text(encoding="utf-8")
LONG = f"{'long-label-' * 5}.{'another-one-' * 5}.{'and-a-third-' * 5}.example.com"
A = [
    *(("evil.com", Claim.TREE), ("one.example.com", Claim.HOST), (LONG, Claim.TREE)),
    *(("ok.evil.com", Claim.TREE | Claim.EXCEPT), ("bad.ok.evil.com", Claim(11))),
]
B = [("evil.com", Claim.BELOW), *((f"n{number}.example", Claim.TREE) for number in range(2000))]
HOSTS = [
    *("evil.com", "www.evil.com", "ok.evil.com", "www.ok.evil.com", "bad.ok.evil.com"),
    *(
        "one.example.com",
        "x.one.example.com",
        "www.one.example.com",
        "m.one.example.com",
        "www.www.one.example.com",
        "example.com",
        "com",
        "localhost",
        LONG,
        f"x.{LONG}",
    ),
    *(f"www.n{number}.example" for number in range(0, 4000, 37)),
]

PAGES = [
    f"https://pages.example.com{path}"
    for path in ("/bad", "/bad/?a=b", "/w?v=1", ":81/", "/", "/w?v=2", "/badly", ":82/", "/?v=1")
]


@pytest.mark.browser
@pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Chromium is not installed: apt-get install chromium"
)
def test_the_reader_in_the_papers_answers_as_ours_does() -> None:
    builder = TableBuilder()
    for name, entries in (("a", A), ("b", B)):
        builder.add(Source(name=name), [Entry(1, host, claim) for host, claim in entries])
    listed = [
        Entry(1, "pages.example.com", Claim.HOST, path) for path in ("/bad/", "/w?v=1", ":81/")
    ]
    builder.add(Source(name="c"), listed)
    content = builder.finish()
    table = DomainTable(content)
    expected = [
        [(hit.source.name, hit.domain, int(hit.claim)) for hit in table.find(host)]
        for host in HOSTS
    ]
    pages = [[hit.source.name for hit in table.find_page(parse_url(page))] for page in PAGES]
    said, said_of_pages = in_a_browser([base64.b64encode(content).decode(), HOSTS, PAGES])
    assert [
        [(one["list"], one["domain"], one["claim"]) for one in hits] for hits in said
    ] == expected
    assert sum(map(bool, expected)) > 50
    assert said_of_pages == pages
    assert sum(map(bool, pages)) == 4


def in_a_browser(argument: list[Any]) -> list[Any]:
    (reader,) = re.findall(r"(?s)```js\n(.*?)```", PAPER)
    ask = f"""([text, hosts, pages]) => {{
        {reader}
        const table = openTable(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer);
        return [hosts.map(table.find), pages.map((page) => table.findPage(new URL(page)))];
    }}"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        said: list[Any] = browser.new_page().evaluate(ask, argument)
        browser.close()
    return said
