import dns.name
import pytest

from proxy.dns_names import Kind, read_name


@pytest.mark.parametrize(
    ("name", "kind", "host"),
    [
        ("www.Example.COM.", Kind.HOST, "www.example.com"),
        ("_dmarc.example.com.", Kind.HOST, "example.com"),
        ("_443._https.www.example.com.", Kind.HOST, "www.example.com"),
        ("xn--bcher-kva.example.", Kind.HOST, "xn--bcher-kva.example"),
        ("xn--fa-hia.de.", Kind.HOST, "xn--fa-hia.de"),
        ("a_b.example.com.", Kind.HOST, "a_b.example.com"),
        ("_dns.resolver.arpa.", Kind.HOST, "resolver.arpa"),
        (".", Kind.HOUSE, ""),
        ("com.", Kind.HOUSE, ""),
        ("printer.", Kind.HOUSE, ""),
        ("nas.local.", Kind.HOUSE, ""),
        ("nas.LAN.", Kind.HOUSE, ""),
        (r"My\032Printer._ipp._tcp.local.", Kind.HOUSE, ""),
        ("router.home.arpa.", Kind.HOUSE, ""),
        ("8.8.8.8.in-addr.arpa.", Kind.HOUSE, ""),
        ("b._dns-sd._udp.0.1.168.192.in-addr.arpa.", Kind.HOUSE, ""),
        ("porchlight.home.arpa.", Kind.OWN, ""),
        ("localhost.", Kind.LOOPBACK, ""),
        ("a.b.localhost.", Kind.LOOPBACK, ""),
        ("1.2.3.4.", Kind.NOTHING, ""),
        ("0x7f.1.", Kind.NOTHING, ""),
        ("7.", Kind.NOTHING, ""),
        (r"a\032b.example.com.", Kind.UNREADABLE, ""),
        (r"a\.b.example.com.", Kind.UNREADABLE, ""),
        (r"\255.example.com.", Kind.UNREADABLE, ""),
        ("%61.example.com.", Kind.UNREADABLE, ""),
        (r"a\@b.example.com.", Kind.UNREADABLE, ""),
        (r"a\/b.example.com.", Kind.UNREADABLE, ""),
        ("*.example.com.", Kind.HOST, "*.example.com"),
    ],
)
def test_a_name_is_read_as_what_it_names(name: str, kind: Kind, host: str) -> None:
    asked = read_name(dns.name.from_text(name))
    assert asked.kind is kind
    if kind is Kind.HOST:
        assert asked.host == host


def test_the_longest_name_is_read() -> None:
    name = dns.name.Name([b"a" * 63, b"b" * 63, b"c" * 63, b"d" * 61, b""])
    assert read_name(name).kind is Kind.HOST


def test_only_leading_underscores_say_what_is_asked_of_the_host() -> None:
    assert read_name(dns.name.from_text("a._b.example.com.")).host == "a._b.example.com"
    assert read_name(dns.name.from_text("_a._b.")).kind is Kind.HOST
