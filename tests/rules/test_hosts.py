"""The normal form of hosts and URLs."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.hosts import (
    is_address,
    is_public_suffix,
    normal_host,
    parents,
    parse_url,
    registrable_domain,
    suffix_rules,
    typed_url,
)

PSL_TESTS = Path(__file__).parents[2] / ".." / "shared" / "vectors" / "psl" / "test_psl.txt"
LABELS = st.from_regex(r"\A[a-z]([a-z0-9]{0,8}[a-z])?\Z")


@pytest.mark.parametrize(
    ("spelled", "normal"),
    [
        ("http://EXAMPLE.com", "http://example.com/"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("https://user:pw@example.com./a/./b/../c", "https://example.com/a/c"),
        ("https://example.com//a///b", "https://example.com/a/b"),
        ("https://example.com/%7euser/%e1%bb%81%2f", "https://example.com/~user/%E1%BB%81%2F"),
        ("https://example.com/x#part", "https://example.com/x"),
        ("https://example.com/x?", "https://example.com/x"),
        ("https://example.com?b=2&a=1", "https://example.com/?b=2&a=1"),
        ("http://[::FFFF:10.0.0.1]:81/", "http://10.0.0.1:81/"),
        ("http://[2001:DB8:0::1]/", "http://[2001:db8::1]/"),
        ("https://vở-ghi.example/", "https://xn--v-ghi-5c2b.example/"),
    ],
)
def test_every_spelling_has_one_normal_form(spelled: str, normal: str) -> None:
    url = parse_url(spelled)

    assert url.text == normal
    assert parse_url(url.text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "//example.com",
        "ftp://example.com/",
        "javascript:alert(1)",
        "http://",
        "http://a..b/",
        "http://example.com../",
        "http://256.1.1.1/",
        "http://exa mple.com/",
        "http://[::1/",
        "http://example.com:99999/",
        "http://" + "a" * 64 + ".com/",
        "http://" + "a." * 130 + "com/",
        "http://a|b.com/",
    ],
)
def test_what_no_browser_opens_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)not a|invalid"):
        parse_url(text)


def test_typed_addresses_may_leave_the_scheme_out() -> None:
    assert typed_url(" Example.com/a ").text == "https://example.com/a"
    assert typed_url("http://example.com").scheme == "http"
    assert typed_url("example.com:8080/x").port == 8080
    assert typed_url("localhost:8080").host == "localhost"


@pytest.mark.parametrize("text", ["", "   ", "http://", "a b", "https://a..b"])
def test_a_typed_address_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"no address was given|no browser would open"):
        typed_url(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("EXAMPLE.com.", "example.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("0x7f.1", "127.0.0.1"),
        ("::1", "::1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
    ],
)
def test_hosts_have_one_normal_form(text: str, host: str) -> None:
    assert normal_host(text) == host


@pytest.mark.parametrize("text", ["", "a/b", "a:80", "1.2.3.4:80", "[::1]:80", "a b", "u@a", "a?b"])
def test_what_is_more_than_a_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host"):
        normal_host(text)


def test_parents_go_up_label_by_label_and_stop_at_addresses() -> None:
    assert parents("a.b.example.com") == ("a.b.example.com", "b.example.com", "example.com", "com")
    assert parents("127.0.0.1") == ("127.0.0.1",)
    assert parents("::1") == ("::1",)


def test_a_name_that_ends_in_a_digit_is_no_address() -> None:
    assert not is_address("nas1")
    assert not is_address("xn--90a3ac.xn--4")
    assert is_address("1.2.3.4")


@given(st.lists(LABELS, min_size=1, max_size=6))
def test_a_plain_host_stays_as_it_is(labels: list[str]) -> None:
    host = ".".join(labels)

    assert normal_host(host) == host
    assert normal_host(host.upper() + ".") == host


@given(st.text(max_size=40))
def test_any_text_has_a_stable_normal_form_or_none(text: str) -> None:
    try:
        url = parse_url(f"http://{text}")
    except ValueError:
        return

    assert parse_url(url.text) == url
    assert not re.search(r"[A-Z\s/@]", url.host)


def test_who_holds_a_name() -> None:
    assert registrable_domain("a.b.com.vn") == "b.com.vn"
    assert registrable_domain("com.vn") is None
    assert registrable_domain("a.me.github.io") == "me.github.io"
    assert registrable_domain("tv.nas.home") == "nas.home"
    assert registrable_domain("localhost") is None
    assert registrable_domain("8.8.8.8") is None


def test_only_registries_make_public_suffixes() -> None:
    assert is_public_suffix("com")
    assert is_public_suffix("com.vn")
    assert not is_public_suffix("github.io")
    assert not is_public_suffix("example.com")
    assert not is_public_suffix("nas.home")


def _psl_cases() -> list[tuple[str, str | None]]:
    if not PSL_TESTS.exists():
        return []
    found = re.findall(
        r"^checkPublicSuffix\('([^']+)', (?:'([^']+)'|null)\);", PSL_TESTS.read_text(), re.MULTILINE
    )
    return [(name, domain or None) for name, domain in found]


def test_registrable_domains_agree_with_the_public_suffix_list() -> None:
    cases = _psl_cases()
    if not cases:
        pytest.skip(reason="the Public Suffix List's test vectors are not beside the checkout")
    wrong = []
    for name, domain in cases:
        try:
            host = normal_host(name)
        except ValueError:
            continue  # a name that no browser opens, such as one with a leading dot
        expected = normal_host(domain) if domain else None
        if registrable_domain(host) != expected:
            wrong.append((name, registrable_domain(host), expected))

    assert len(cases) > 70
    assert wrong == []


def test_the_rules_of_registries_are_those_of_the_suffix_list() -> None:
    rules = suffix_rules()
    assert {"com", "com.vn", "*.bd", "!www.ck"} <= rules
    assert "github.io" not in rules  # a hosting firm's
