import pytest

from rules.list_entry import Claim
from rules.list_formats import GRAMMARS, Format, Said, Saying, recognise
from rules.list_names import Skip

OPENS = Claim.TREE | Claim.EXCEPT
STRONG = Claim.TREE | Claim.IMPORTANT


def host(name: str) -> Saying:
    return Saying(name, Claim.HOST)


def tree(name: str) -> Saying:
    return Saying(name, Claim.TREE)


LINES: list[tuple[Format, str, list[Said]]] = [
    (Format.HOSTS, "0.0.0.0 a.com", [host("a.com")]),
    (Format.HOSTS, "127.0.0.1\ta.com # why", [host("a.com")]),
    (Format.HOSTS, ":: a.com b.com", [host("a.com"), host("b.com")]),
    (Format.HOSTS, "::1 localhost", [host("localhost")]),
    (Format.HOSTS, "93.184.216.34 a.com", [Skip.UNSUPPORTED]),
    (Format.HOSTS, "255.255.255.255 broadcasthost", [Skip.UNSUPPORTED]),
    (Format.HOSTS, "fe80::1%lo0 localhost", [Skip.UNSUPPORTED]),
    (Format.HOSTS, "a.com", [Skip.UNREADABLE]),
    (Format.HOSTS, "0.0.0.0", [Skip.UNREADABLE]),
    (Format.DOMAINS, "A.com", [tree("A.com")]),
    (Format.DOMAINS, "a.com # why", [tree("a.com")]),
    (Format.DOMAINS, "*.a.com", [tree("a.com")]),
    (Format.DOMAINS, "two words.com", [Skip.UNREADABLE]),
    (Format.DOMAINS, "a.com/", [host("a.com")]),
    (Format.DOMAINS, "a.com/page", [Saying("a.com", Claim.HOST, "/page")]),
    (Format.WILDCARD, "*.a.com", [tree("a.com")]),
    (Format.URLS, "https://a.com/", [host("a.com")]),
    (Format.URLS, "http://A.com", [host("a.com")]),
    (Format.URLS, "HTTPS://a.com/x?y=1#z", [Saying("a.com", Claim.HOST, "/x?y=1")]),
    (Format.URLS, "https://a.com/?q=1", [Saying("a.com", Claim.HOST, "/?q=1")]),
    (Format.URLS, "https://a.com:8443/", [Saying("a.com", Claim.HOST, ":8443/")]),
    (Format.URLS, "https://google.com@evil.com/", [host("evil.com")]),
    (Format.URLS, "ftp://a.com/x", [Skip.UNREADABLE]),
    (Format.URLS, "https:///", [Skip.UNREADABLE]),
    (Format.ADBLOCK, "||a.com^", [tree("a.com")]),
    (Format.ADBLOCK, "@@||a.com^", [Saying("a.com", OPENS)]),
    (Format.ADBLOCK, "||a.com^$important", [Saying("a.com", STRONG)]),
    (Format.ADBLOCK, "@@||a.com^$important", [Saying("a.com", OPENS | STRONG)]),
    (Format.DNSMASQ, "address=/a.com/0.0.0.0", [tree("a.com")]),
    (Format.DNSMASQ, "address=/a.com/", [tree("a.com")]),
    (Format.DNSMASQ, "address=/a.com/b.com/#", [tree("a.com"), tree("b.com")]),
    (Format.DNSMASQ, "local=/.a.com/", [tree("a.com")]),
    (Format.DNSMASQ, "server=/a.com/", [tree("a.com")]),
    (Format.DNSMASQ, "server=/a.com/9.9.9.9", [Skip.UNSUPPORTED]),
    (Format.DNSMASQ, "address=/a.com/93.184.216.34", [Skip.UNSUPPORTED]),
    (Format.DNSMASQ, "cache-size=1000", [Skip.UNSUPPORTED]),
    (Format.RPZ, "a.com CNAME .", [host("a.com")]),
    (Format.RPZ, "a.com 60 IN CNAME *. ; why", [host("a.com")]),
    (Format.RPZ, "*.a.com\tcname\t.", [Saying("a.com", Claim.BELOW)]),
    (Format.RPZ, "a.com CNAME rpz-passthru.", [Skip.UNSUPPORTED]),
    (Format.RPZ, "a.com CNAME walled.example.", [Skip.UNSUPPORTED]),
    (Format.RPZ, "a.com A 10.0.0.1", [Skip.UNSUPPORTED]),
    (Format.RPZ, "a.com.zone.example. CNAME .", [Skip.UNSUPPORTED]),
    (Format.RPZ, "24.0.2.0.192.rpz-ip CNAME .", [Skip.UNSUPPORTED]),
    (Format.RPZ, "$TTL 300", []),
    (Format.RPZ, "@ IN SOA localhost. root.localhost. (", []),
    (Format.RPZ, "2024 43200 3600 86400 300 )", []),
    (Format.RPZ, "@ 3600 IN NS localhost.", []),
    (Format.RPZ, "NS localhost.", []),
]

MORE_THAN_A_NAME = """
    ||a.com^$third-party
    ||a.com^$important,third-party
    ||a.com^$badfilter
    ||a.com^$denyallow=b.com
    ||a.com^$dnsrewrite=1.2.3.4
    ||a.com
    ||a.com^page
    ||a.com/page^
    ||a.*^
    ||*.a.com^
    |a.com^
    a.com
    a.com##.banner
    a.com#@#.banner
    ##.banner
    /ads[0-9]+/
    @@/ads/
    @@||a.com^$generichide
    -banner-
    0.0.0.0 a.com
""".strip().splitlines()


@pytest.mark.parametrize(("form", "line", "said"), LINES)
def test_a_line_says_what_its_format_means(form: Format, line: str, said: list[Said]) -> None:
    assert list(GRAMMARS[form].reader(line)) == said


@pytest.mark.parametrize("line", [line.strip() for line in MORE_THAN_A_NAME])
def test_an_adblock_rule_that_says_more_than_a_name_is_not_obeyed_in_part(line: str) -> None:
    assert list(GRAMMARS[Format.ADBLOCK].reader(line)) == [Skip.UNSUPPORTED]


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (Format.HOSTS, "0.0.0.0 a.com"),
        (Format.DOMAINS, "a.com"),
        (Format.WILDCARD, "*.a.com"),
        (Format.URLS, "https://a.com/"),
        (Format.ADBLOCK, "||a.com^"),
        (Format.DNSMASQ, "local=/a.com/"),
        (Format.DNSMASQ, "address=/a.com/#"),
        (Format.RPZ, "a.com CNAME ."),
    ],
)
def test_the_usual_line_says_the_same_both_ways(form: Format, line: str) -> None:
    grammar = GRAMMARS[form]
    match = grammar.usual.fullmatch(line)
    assert match
    assert list(grammar.reader(line)) == [Saying(match["name"], grammar.claim)]


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("0.0.0.0 a.com", Format.HOSTS),
        ("::1 localhost", Format.HOSTS),
        ("a.com", Format.DOMAINS),
        ("cốccốc.vn", Format.DOMAINS),
        ("1.1.1.1", Format.DOMAINS),
        ("*.a.com", Format.WILDCARD),
        ("https://a.com/x", Format.URLS),
        ("a.com/x", Format.URLS),
        ("||a.com^", Format.ADBLOCK),
        ("@@||a.com^", Format.ADBLOCK),
        ("a.com##.banner", Format.ADBLOCK),
        ("##.banner", Format.ADBLOCK),
        ("/ads[0-9]+/", Format.ADBLOCK),
        ("[Adblock Plus]", Format.ADBLOCK),
        ("address=/a.com/", Format.DNSMASQ),
        ("$TTL 60", Format.RPZ),
        ("*.a.com CNAME .", Format.RPZ),
        ("# a.com", None),
        ("! a.com", None),
        ("; a.com", None),
        ("<!doctype html>", None),
        ('<a href="https://a.com/">', None),
        ('"rank": 1,', None),
        ("404: Not Found", None),
        ("Not Found: a page", None),
    ],
)
def test_a_line_is_recognised(line: str, form: Format | None) -> None:
    assert recognise(line) is form
