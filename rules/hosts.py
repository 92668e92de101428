"""The one normal form of an address on the web, as browsers read it (WHATWG URL, UTS 46).

Law: whatever two spellings a browser would take to the same place have one form here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from ada_url import URL
from tldextract import TLDExtract

WEB_SCHEMES = frozenset({"http", "https", "ws", "wss"})
LONGEST_HOST = 253
"""Characters, RFC 1035 section 2.3.4 without the trailing dot."""
LONGEST_LABEL = 63
"""Characters, RFC 1035 section 2.3.4."""
REMEMBERED_HOSTS = 20_000
"""Hosts whose parents are kept; about 5 MB at most."""

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
"""RFC 3986 section 2.3: these bytes mean the same written out or percent-encoded."""
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_SLASHES = re.compile(r"/{2,}")
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//|\\\\)")

_suffixes = TLDExtract(suffix_list_urls=(), cache_dir=None)
"""The list that came with tldextract: no network, no disk."""


@dataclass(frozen=True, slots=True)
class Url:
    """A web address in normal form."""

    text: str
    """The whole, without credentials and fragment."""
    scheme: str
    """`http`, `https`, `ws` or `wss`."""
    host: str
    """Lower-case A-labels without a trailing dot, or an IP address without brackets."""
    port: int | None
    """None: the scheme's own."""
    path: str
    """Begins with `/`. Unreserved characters decoded, runs of slashes made one."""
    query: str
    """Without the `?`, as it was sent."""
    is_address: bool
    """The host is an IP address."""


def parse_url(text: str) -> Url:
    """The normal form of a URL with its scheme written out.

    Raises:
        ValueError: no browser would open this, or it is not of the web.
    """
    scheme, _, rest = URL(text).href.partition("://")
    if scheme not in WEB_SCHEMES:
        raise ValueError(f"not a web address: {text[:80]!r}")
    # In the normal form of these schemes a slash always ends the host, and stands in no earlier part.
    authority, _, rest = rest.partition("/")
    path, _, query = rest.partition("#")[0].partition("?")
    host, port = _host_and_port(authority.rpartition("@")[2])
    is_number = is_address(host)
    host = _plain_address(host) if is_number else _plain_name(host)
    path = _plain_path(f"/{path}")
    shown = f"[{host}]" if ":" in host else host
    whole = f"{scheme}://{shown}{f':{port}' if port else ''}{path}{f'?{query}' if query else ''}"
    return Url(whole, scheme, host, port, path, query, is_number)


def typed_url(text: str) -> Url:
    """The normal form of what a person typed: without a scheme it is `https`.

    Raises:
        ValueError: no browser would open this.
    """
    text = text.strip()
    if not text:
        raise ValueError("no address was given")
    try:
        return parse_url(text if _HAS_SCHEME.match(text) else f"https://{text}")
    except ValueError as error:
        raise ValueError(f"no browser would open {text[:80]!r}") from error


def normal_host(text: str) -> str:
    """The normal form of a host's name or IP address, brackets optional.

    Raises:
        ValueError: this is no host.
    """
    if any(mark in text for mark in "/\\?#@ \t\r\n") or not text:
        raise ValueError(f"not a host: {text[:80]!r}")
    bare_ipv6 = text.count(":") > 1 and not text.startswith("[")
    url = parse_url(f"http://[{text}]/" if bare_ipv6 else f"http://{text}/")
    if ":" in text and not bare_ipv6 and not text.endswith("]"):
        raise ValueError(f"a host has no port: {text[:80]!r}")
    return url.host


@lru_cache(maxsize=REMEMBERED_HOSTS)
def parents(host: str) -> tuple[str, ...]:
    """The host in normal form, then each domain above it: `a.b.c`, `b.c`, `c`. An IP address has none above."""
    if is_address(host):
        return (host,)
    labels = host.split(".")
    return tuple(".".join(labels[start:]) for start in range(len(labels)))


@lru_cache(maxsize=REMEMBERED_HOSTS)
def registrable_domain(host: str) -> str | None:
    """The domain that one owner holds: `example.co.uk` for `a.example.co.uk`, `me.github.io` as it is.

    None for a public suffix and for an IP address. Source: the Public Suffix List with its private
    part, as shipped in tldextract; a name under no listed suffix follows the list's rule `*`.
    """
    if is_address(host):
        return None
    found = _suffixes.extract_str(host, include_psl_private_domains=True)
    if found.suffix:
        return found.top_domain_under_public_suffix or None
    above = parents(host)
    return above[-2] if len(above) > 1 else None


def is_public_suffix(host: str) -> bool:
    """Whether a registry sells names right below this one: `com`, `com.vn`. Hosting firms' are none."""
    return _suffixes.extract_str(host, include_psl_private_domains=False).suffix == host


def suffix_rules() -> frozenset[str]:
    """The Public Suffix List's rules for registries, as it writes them: `com.vn`, `*.bd`, `!www.ck`."""
    return frozenset(_suffixes.tlds)


def is_address(host: str) -> bool:
    """Whether a host in normal form is an IP address."""
    # WHATWG: a name whose last label is a number is read as IPv4, so no other name ends so.
    return ":" in host or host.rpartition(".")[2].isdigit()


def _host_and_port(authority: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        host, _, port = authority[1:].partition("]")
        return host, int(port[1:]) if port else None
    host, _, port = authority.partition(":")
    return host, int(port) if port else None


def _plain_name(host: str) -> str:
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > LONGEST_HOST or any(not 0 < len(label) <= LONGEST_LABEL for label in labels):
        raise ValueError(f"not a host: {host[:80]!r}")
    return host


def _plain_address(host: str) -> str:
    address: IPv4Address | IPv6Address = ip_address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def _plain_path(path: str) -> str:
    if "%" in path:
        path = _PERCENT.sub(_plain_byte, path)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    return path


def _plain_byte(match: re.Match[str]) -> str:
    byte = int(match[1], 16)
    return chr(byte) if byte in _UNRESERVED else match[0].upper()
