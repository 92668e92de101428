"""The catalog's search engines: where their searches show in an address, and what is none."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from rules.hosts import normal_host, parse_url
from rules.search import search_terms
from store.lists import load_catalog

FILE = Path(__file__).parents[2] / "store" / "catalog" / "search_engines.yaml"
WRITTEN = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_search_engines_are_written_in_their_normal_form() -> None:
    for key, engine in WRITTEN.items():
        for host in engine["hosts"]:
            assert normal_host(host.removesuffix(".*")) == host.removesuffix(".*"), key
        for path in engine["paths"]:
            assert path == "/" or (path.startswith("/") and not path.endswith("/")), key
        assert engine["parameters"], key


def test_no_host_belongs_to_two_search_engines() -> None:
    hosts = Counter(host for engine in WRITTEN.values() for host in engine["hosts"])
    assert [host for host, times in hosts.items() if times > 1] == []


@pytest.mark.parametrize(
    "address",
    """
    https://www.google.com/search?q=WORDS https://google.com.vn/search?tbm=isch&q=WORDS
    https://www.google.co.uk/search?udm=7&q=WORDS https://images.google.com/search?q=WORDS
    https://www.youtube.com/results?search_query=WORDS https://m.youtube.com/results?q=WORDS
    https://www.bing.com/search?q=WORDS https://www.bing.com/images/search?q=WORDS
    https://www.bing.com/videos/search?q=WORDS https://duckduckgo.com/?t=h_&q=WORDS
    https://search.yahoo.com/search?p=WORDS https://vn.images.search.yahoo.com/search/images?p=WORDS
    https://search.yahoo.co.jp/search?p=WORDS https://coccoc.com/search?query=WORDS
    https://www.ecosia.org/images?q=WORDS https://search.brave.com/search?q=WORDS
    https://www.startpage.com/sp/search?query=WORDS https://www.qwant.com/?q=WORDS&t=images
    https://yandex.com.tr/search/?text=WORDS https://ya.ru/search/?text=WORDS
    https://www.baidu.com/s?wd=WORDS https://m.baidu.com/from=1/s?word=WORDS
    https://vi.wikipedia.org/w/index.php?search=WORDS https://www.tiktok.com/search/video?q=WORDS
    https://www.pinterest.co.uk/search/pins/?q=WORDS https://zingmp3.vn/tim-kiem/tat-ca?q=WORDS
    https://shopee.vn/search?keyword=WORDS https://www.reddit.com/r/all/search/?q=WORDS
    """.split(),
)
def test_a_search_shows_in_its_address(address: str) -> None:
    url = parse_url(address.replace("WORDS", "c%E1%BB%9D+b%E1%BA%A1c"))
    assert search_terms(url, load_catalog().search_engines) == "cờ bạc"


@pytest.mark.parametrize(
    "address",
    """
    https://www.google.com/url?q=WORDS https://www.youtube.com/redirect?q=WORDS
    https://www.youtube.com/watch?v=1&q=WORDS https://accounts.google.com/signin?q=WORDS
    https://example.com/search?q=WORDS https://github.com/a/b?q=WORDS
    """.split(),
)
def test_what_is_no_search_is_none(address: str) -> None:
    assert search_terms(parse_url(address), load_catalog().search_engines) is None
