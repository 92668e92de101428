import pytest

from rules.carriers import MOST_FOUND, MOST_NESTED, carried, is_endless
from rules.catalog import Carrier
from rules.hosts import parse_url
from rules.request import Client, Request, Stage
from store.lists import load_catalog

CARRIERS = {
    "label.example": (Carrier(key="label", is_label=True, paths=("/c/",)),),
    "path.example": (Carrier(key="path", paths=("/web/", "/")),),
    "query.example": (Carrier(key="query", parameters=frozenset({"url", "q"})),),
    "whole.example": (Carrier(key="whole", parameters=frozenset({"?"})),),
}


def found(text: str) -> list[str]:
    return [url.text for url in carried(parse_url(text), CARRIERS)]


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        # in the host's name
        ("https://vi-m-wikipedia-org.label.example/wiki?a=1&_x_tr_sl=en", ["https://vi.m.wikipedia.org/wiki?a=1"]),
        ("https://my--site-com.label.example/?_x_tr_sch=http&_x_tr_tl=vi", ["http://my-site.com/"]),
        ("https://a-com.label.example/c/s/b.com/x", ["https://a.com/c/s/b.com/x", "https://b.com/x"]),
        ("https://label.example/", []),
        ("https://nothing.label.example/", []),
        # in the path: with what stands before it, with and without a scheme, encoded once or twice
        ("https://path.example/web/2020/https://a.com/b?c=d", ["https://a.com/b?c=d"]),
        ("https://path.example/web/20200101if_/http:/a.com/", ["http://a.com/"]),
        ("https://path.example/web/*/a.com", ["https://a.com/"]),
        ("https://path.example/a.com/b", ["https://a.com/b"]),
        ("https://path.example/x/y/z/a.com/b", ["https://a.com/b"]),
        ("https://path.example/w/x/y/z/a.com/b", []),
        ("https://path.example/https/a.com/b", ["https://a.com/b"]),
        ("https://path.example/HTTPS%3A%2F%2Fa.com%2Fb", ["https://a.com/b"]),
        ("https://path.example/http%253A%252F%252Fa.com", ["http://a.com/"]),
        ("https://path.example/user@a.com/b", ["https://a.com/b"]),
        ("https://path.example/1.2.3.4/b", ["https://1.2.3.4/b"]),
        ("https://path.example/http://1572395042/", ["http://93.184.216.34/"]),
        ("https://path.example/index.html", []),
        ("https://path.example/about/us.htm", []),
        ("https://path.example/", []),
        ("https://path.example/http://", []),
        ("https://path.example/http://a..b/", []),
        # in a parameter, under any of its names; several are all judged
        ("https://query.example/?url=https%3A%2F%2Fa.com%2F%3Fb%3Dc", ["https://a.com/?b=c"]),
        ("https://query.example/x?URL=a.com", ["https://a.com/"]),
        ("https://query.example/?q=cache:AbCdEfGhIjKl:a.com/b+some+words", ["https://a.com/b"]),
        ("https://query.example/?q=cache:a.com", ["https://a.com/"]),
        ("https://query.example/?url=a.com&url=b.com&q=a.com", ["https://a.com/", "https://b.com/"]),
        ("https://query.example/?q=what+is+a.com", []),
        ("https://query.example/?other=a.com", []),
        ("https://whole.example/?https%3A%2F%2Fa.com%2Fb", ["https://a.com/b"]),
        ("https://whole.example/?a.com/b", ["https://a.com/b"]),
        # who carries nothing
        ("https://plain.example/https://a.com/", []),
    ],
)  # fmt: skip
def test_the_address_inside_is_read_as_its_carrier_would(address: str, inside: list[str]) -> None:
    assert found(address) == inside


def test_who_names_more_than_a_few_hides_one_among_them() -> None:
    def endless(count: int) -> bool:
        query = "&".join(f"url=a{number}.com" for number in range(count))
        url = parse_url(f"https://query.example/?{query}")
        return is_endless(Request(id="1", url=url, client=Client()), CARRIERS)

    assert [endless(count) for count in (1, MOST_FOUND, MOST_FOUND + 1, 100)] == [
        *(False, False),
        *(True, True),
    ]


def test_by_name_alone_only_the_hosts_name_tells() -> None:
    url = parse_url("https://a-com.label.example/c/s/b.com/x")
    assert [one.host for one in carried(url, CARRIERS, by_name_alone=True)] == ["a.com"]
    assert carried(parse_url("https://path.example/a.com"), CARRIERS, by_name_alone=True) == ()


@pytest.mark.parametrize(("depth", "is_too_deep"), [(MOST_NESTED, False), (MOST_NESTED + 1, True)])
def test_what_carries_on_and_on_is_endless(depth: int, *, is_too_deep: bool) -> None:
    url = parse_url("https://path.example/" * depth + "https://a.com/")
    request = Request(id="1", url=url, client=Client())
    assert is_endless(request, CARRIERS) is is_too_deep
    assert not is_endless(Request(id="1", url=url, client=Client(), stage=Stage.NAME), CARRIERS)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://web.archive.org/web/2020*/http://a.com/", "a.com"),
        ("https://vi-wikipedia-org.translate.goog/", "vi.wikipedia.org"),
        ("https://www-nytimes-com.cdn.ampproject.org/c/s/www.nytimes.com/x", "www.nytimes.com"),
        ("https://archive.ph/newest/https://a.com/", "a.com"),
        ("https://r.jina.ai/https://a.com/", "a.com"),
        ("https://wsrv.nl/?url=a.com/b.jpg", "a.com"),
        ("https://translate.google.com/translate?u=https://a.com", "a.com"),
        ("https://www.microsofttranslator.com/bv.aspx?from=&to=vi&a=https://a.com", "a.com"),
        ("https://validator.w3.org/nu/?doc=https%3A%2F%2Fa.com", "a.com"),
        ("https://th.bing.com/th?u=https://a.com/b.jpg", "a.com"),
    ],
)
def test_the_catalogs_carriers_are_read(address: str, host: str) -> None:
    assert host in [one.host for one in carried(parse_url(address), load_catalog().carriers)]
