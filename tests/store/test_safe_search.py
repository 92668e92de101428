"""What the list of search engines that can be made safe must never get wrong."""

import re
from typing import Any

import pytest
import yaml

from rules.catalog import SafeWay
from rules.hosts import is_public_suffix, normal_host
from store import safe_search
from store.lists import load_catalog

ENGINES = load_catalog().safe_search
FILE: dict[str, Any] = yaml.safe_load(safe_search._FILE.read_text(encoding="utf-8"))
RESTRICT = "YouTube-Restrict"


def way(host: str, mode: str = "strict") -> SafeWay:
    return ENGINES[host].ways[mode]


@pytest.mark.parametrize(
    "host", ["www.google.com", "www.google.com.vn", "www.google.no", "www.google.co.za"]
)
def test_google_is_one_search_in_every_country(host: str) -> None:
    assert way(host).name == "forcesafesearch.google.com"
    assert way(host).parameters == (("safe", "active"), ("ssui", "on"))


@pytest.mark.parametrize(
    "host",
    [
        *("google.example.com", "www.google.example.com", "www.google.github.io", "www.google"),
        *("mail.google.com", "docs.google.com", "www.google.com.example", "wwwgoogle.com"),
        *("forcesafesearch.google.com", "restrict.youtube.com", "googlevideo.com", "i.ytimg.com"),
        *("bing.com.example", "explicit.bing.net", "yandex.example", "api.startpage.com"),
    ],
)
def test_what_is_no_search_of_theirs_is_left_alone(host: str) -> None:
    assert host not in ENGINES


def test_every_ending_of_a_country_is_one() -> None:
    for written in FILE.values():
        endings = map(str, written.get("endings", ()))
        assert [one for one in endings if not is_public_suffix(one) and one != "com.ru"] == []


def test_every_host_is_written_in_its_normal_form() -> None:
    hosts = [host for one in FILE.values() for host in one["hosts"] if "*" not in host]
    assert [host for host in hosts if normal_host(host) != host] == []


def test_the_strict_youtube_is_not_the_moderate_one() -> None:
    for host in ("www.youtube.com", "m.youtube.com", "youtubei.googleapis.com"):
        strict, moderate = way(host), way(host, "moderate")
        assert (strict.name, dict(strict.headers)[RESTRICT]) == ("restrict.youtube.com", "Strict")
        assert moderate.name == "restrictmoderate.youtube.com"
        assert dict(moderate.headers)[RESTRICT] == "Moderate"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.bing.com", "strict.bing.com"),
        ("edgeservices.bing.com", "strict.bing.com"),
        ("duckduckgo.com", "safe.duckduckgo.com"),
        ("start.duckduckgo.com", "safe.duckduckgo.com"),
        ("ya.ru", "familysearch.yandex.ru"),
        ("www.yandex.com", "familysearch.yandex.ru"),
        ("www.ecosia.org", "strict-safe-search.ecosia.org"),
        ("pixabay.com", "safesearch.pixabay.com"),
        ("www.startpage.com", "safe.startpage.com"),
        ("api.qwant.com", "safeapi.qwant.com"),
    ],
)
def test_an_engine_has_its_makers_safe_name(host: str, name: str) -> None:
    assert way(host).name == name


def test_only_what_is_confirmed_is_used() -> None:
    assert {one["grade"] for one in FILE.values()} <= {"A", "B"}
    assert "search.brave.com" not in ENGINES
    assert "search.yahoo.com" not in ENGINES


def test_a_safe_name_is_led_nowhere_itself() -> None:
    ways = [one for engine in ENGINES.values() for one in engine.ways.values()]
    names = {one.name for one in ways if one.name is not None}
    assert not names & ENGINES.keys()
    assert {name for name in names if normal_host(name) != name} == set()


def test_what_is_set_can_stand_in_an_address_and_a_header() -> None:
    ways = [one for engine in ENGINES.values() for one in engine.ways.values()]
    plain = re.compile(r"[A-Za-z0-9-]+")
    for name, value in (pair for one in ways for pair in (*one.parameters, *one.headers)):
        assert plain.fullmatch(name)
        assert plain.fullmatch(value)


def test_an_engine_that_is_opened_has_something_to_change() -> None:
    for engine in ENGINES.values():
        for one in engine.ways.values():
            assert one.name or one.parameters or one.headers
            assert not one.parameters or engine.paths
        assert all(path == path.casefold() for path in engine.paths)
        assert set(engine.ways) == ({"strict", "moderate"} if engine.is_youtube else {"strict"})


def test_a_host_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"hosts": ["find.example"], "ways": {"strict": {"name": "safe.find.example"}}}
    monkeypatch.setattr(safe_search, "_engines", lambda: {"a": one, "b": one})
    with pytest.raises(ValueError, match="stands twice"):
        safe_search.load_safe_search()
