"""What an address in the rule file means. Addresses that mean nothing are under broken/."""

import contextlib
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.address import AddressError, parameters_of, parse_address
from rules.policy import Network, Pattern, Scope, Site, Target, Word


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("example.com", Site(host="example.com")),
        ("Example.COM.", Site(host="example.com")),
        ("example.com/", Site(host="example.com")),
        ("=example.com", Site(host="example.com", scope=Scope.ALONE)),
        ("*.example.com", Site(host="example.com", scope=Scope.BELOW)),
        ("*.zip", Site(host="zip", scope=Scope.BELOW)),
        ("*.com.vn", Site(host="com.vn", scope=Scope.BELOW)),
        ("=com.vn", Site(host="com.vn", scope=Scope.ALONE)),
        ("github.io", Site(host="github.io")),
        ("nas.local", Site(host="nas.local")),
        ("router/setup", Site(host="router", path="/setup")),
        ("bücher.de", Site(host="xn--bcher-kva.de")),
        ("example.com/path/", Site(host="example.com", path="/path")),
        ("example.com//a/../b%2Ec", Site(host="example.com", path="/b.c")),
        ("youtube.com/@name", Site(host="youtube.com", path="/@name")),
        ("vi.wikipedia.org/wiki/Tết", Site(host="vi.wikipedia.org", path="/wiki/T%E1%BA%BFt")),
        ("=example.com/a", Site(host="example.com", scope=Scope.ALONE, path="/a")),
        (
            "example.com/watch?v=a%20b&list=1+2",
            Site(host="example.com", path="/watch", parameters=(("list", "1 2"), ("v", "a b"))),
        ),
        ("example.com?q=1", Site(host="example.com", path="", parameters=(("q", "1"),))),
        ("192.168.1.0/24", Network(network=ip_network("192.168.1.0/24"))),
        ("192.168.1.40", Network(network=ip_network("192.168.1.40/32"))),
        ("=192.168.1.40", Network(network=ip_network("192.168.1.40/32"))),
        ("192.168.1.40/", Network(network=ip_network("192.168.1.40/32"))),
        ("127.1", Network(network=ip_network("127.0.0.1/32"))),
        ("[2001:db8::1]", Network(network=ip_network("2001:db8::1/128"))),
        ("2001:DB8::1", Network(network=ip_network("2001:db8::1/128"))),
        ("2001:db8::/32", Network(network=ip_network("2001:db8::/32"))),
        ("[2001:db8::]/32", Network(network=ip_network("2001:db8::/32"))),
        ("::ffff:192.168.1.40", Network(network=ip_network("192.168.1.40/32"))),
        ("::ffff:192.168.1.0/120", Network(network=ip_network("192.168.1.0/24"))),
        ("192.168.1.1/admin", Site(host="192.168.1.1", path="/admin")),
        ("[2001:db8::1]/x", Site(host="2001:db8::1", path="/x")),
        (r"/ads?\.example/", Pattern(expression=r"ads?\.example")),
        ("adult", Word(name="adult")),
        ("dns-bypass", Word(name="dns-bypass")),
        ("bài_tập", Word(name="bài_tập")),
    ],
)
def test_an_address_means(text: str, target: Target) -> None:
    assert parse_address(text) == target


def test_a_refusal_says_what_would_be_right() -> None:
    with pytest.raises(AddressError) as refusal:
        parse_address("https://example.com/path")
    assert refusal.value.message == "an address has no https:// in front"
    assert refusal.value.hint == "write it without https://: example.com/path"


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("", ()),
        ("&&a=1&", (("a", "1"),)),
        ("a&b=&=c", (("a", ""), ("b", ""), ("", "c"))),
        ("a=b=c", (("a", "b=c"),)),
        ("a=%E1%BA%BF+x%2b", (("a", "ế x+"),)),
        ("a=%ff%zz%", (("a", "\ufffd%zz%"),)),
    ],
)
def test_parameters_are_decoded_as_browsers_do(
    query: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    assert parameters_of(query) == pairs


@given(text=st.text())
def test_parameters_of_anything_are_text(text: str) -> None:
    assert all(isinstance(part, str) for pair in parameters_of(text) for part in pair)


@given(
    text=st.one_of(
        st.text(),
        st.text(alphabet="a1.:/[]*=?&%@#\\ é-_", max_size=30),
        st.text(alphabet="0123456789.:/abf[]", max_size=20),
        st.text(alphabet="a(|)*+?[]{}1,\\^$").map("/{}/".format),
    )
)
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with contextlib.suppress(AddressError):
        assert isinstance(parse_address(text), (Site, Network, Pattern, Word))
