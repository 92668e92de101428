"""The formats in which lists are published: what a line of each says, and what of it is not understood.

Law: a line is read whole or counted as skipped, never half-understood.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from rules.hosts import parse_url
from rules.list_entry import Claim
from rules.list_names import Skip


class Format(Enum):
    """How a list is written."""

    HOSTS = "hosts"
    """`0.0.0.0 example.com`: this name, with or without `www.` or `m.`."""
    DOMAINS = "domains"
    """`example.com`: it and everything below, as squidGuard and the wildcard lists mean it."""
    WILDCARD = "wildcard"
    """`*.example.com`: the same."""
    URLS = "urls"
    """`https://example.com/page`: one page; with nothing after the host, the host and no name below it."""
    ADBLOCK = "adblock"
    """`||example.com^`: it and everything below; `@@` opens, `$important` beats that."""
    DNSMASQ = "dnsmasq"
    """`address=/example.com/0.0.0.0`: it and everything below."""
    RPZ = "rpz"
    """`example.com CNAME .`: this name; `*.example.com CNAME .`: every name below it."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What a line says of one name, in the line's own spelling."""

    name: str
    claim: Claim
    path: str = ""


type Said = Saying | Skip
type Reader = Callable[[str], Iterable[Said]]

# Every expression here takes time in proportion to the line: a list may be made to hurt its reader.
NAME = r"(?P<name>(?:[a-z0-9_-]++\.)++[a-z][a-z0-9-]*+)"
"""A name that is its own normal form, but for `xn--` and length: those go the long way."""
_NULL = r"(?:0\.0\.0\.0|127\.0\.0\.1|::1?)"
_IP = r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-fA-F]{0,4}:){2,8}[0-9a-fA-F.]*(?:%\w*)?"
_HOSTS = re.compile(rf"(?P<address>{_IP})\s+(?P<names>\S.*)")
_ADBLOCK = re.compile(r"(?P<opens>@@)?\|\|(?P<name>[^/^$|*\s]+)\^(?:\$(?P<modifiers>.*))?")
_DNSMASQ = re.compile(r"(?P<kind>address|local|server)=/(?P<names>.+)/(?P<to>[^/]*)")
_RPZ = re.compile(
    r"(?P<below>\*\.)?(?P<name>\S+)(?:\s+\d+)?(?:\s+IN)?\s+CNAME\s+(?P<to>\S+)", re.IGNORECASE
)
_RPZ_PLUMBING = re.compile(
    r"\$(?:TTL|ORIGIN)\s|(?:\S+\s+|\s*)(?:\d+\s+)?(?:IN\s+)?(?:SOA|NS)\s|[\s\d]*\)?$", re.IGNORECASE
)
_RPZ_TRIGGERS = (".rpz-ip", ".rpz-client-ip", ".rpz-nsip", ".rpz-nsdname")
_NULL_TARGETS = frozenset({"", "#", "0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104  # as lists write them
_URL = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<authority>[^/?#\s]*[^/?#\s:])(?P<rest>[/?#].*)?",
    re.IGNORECASE,
)


def read_hosts(line: str) -> Iterable[Said]:
    """One line of the hosts format. An address that is somebody's is a redirection, not a block."""
    match = _HOSTS.fullmatch(line.partition("#")[0].strip())
    if not match:
        return (Skip.UNREADABLE,)
    if match["address"] not in _NULL_TARGETS:
        return (Skip.UNSUPPORTED,)
    return [Saying(name, Claim.HOST) for name in match["names"].split()]


def read_address(line: str) -> Iterable[Said]:
    """One line of plain names, `*.name` or addresses of pages. A page is never taken for its host."""
    text = line.partition(" #")[0].strip()
    match = _URL.fullmatch(text)
    if not match:
        return (Skip.UNREADABLE,)
    rest = match["rest"] or ""
    if match["scheme"] or rest:
        return (_page(text if match["scheme"] else f"http://{text}"),)
    return (Saying(text.removeprefix("*."), Claim.TREE),)


def _page(text: str) -> Said:
    try:
        url = parse_url(text)
    except ValueError:
        return Skip.UNREADABLE
    if url.path == "/" and not url.query and url.port is None:
        return Saying(url.host, Claim.HOST)
    port = "" if url.port is None else f":{url.port}"
    return Saying(url.host, Claim.HOST, f"{port}{url.path}{f'?{url.query}' if url.query else ''}")


def read_adblock(line: str) -> Iterable[Said]:
    """One line of the part of Adblock's language that a DNS filter obeys."""
    match = _ADBLOCK.fullmatch(line.strip())
    if not match or match["modifiers"] not in (None, "important"):
        return (Skip.UNSUPPORTED,)
    claim = Claim.TREE
    if match["opens"]:
        claim |= Claim.EXCEPT
    if match["modifiers"]:
        claim |= Claim.IMPORTANT
    return (Saying(match["name"], claim),)


def read_dnsmasq(line: str) -> Iterable[Said]:
    """One line of dnsmasq's configuration. A server or an address that is somebody's is no block."""
    match = _DNSMASQ.fullmatch(line.partition(" #")[0].strip())
    if not match:
        return (Skip.UNSUPPORTED,)
    is_block = match["to"] in _NULL_TARGETS if match["kind"] == "address" else not match["to"]
    if not is_block:
        return (Skip.UNSUPPORTED,)
    return [Saying(name.removeprefix("."), Claim.TREE) for name in match["names"].split("/")]


def read_rpz(line: str) -> Iterable[Said]:
    """One record of a response policy zone, names relative to the zone."""
    text = line.partition(";")[0].rstrip()
    if _RPZ_PLUMBING.match(text):
        return ()
    match = _RPZ.fullmatch(text)
    # a name that ends in a dot is no longer relative to the zone, and the zone's name is not known
    if not match or match["to"] not in (".", "*.") or match["name"].endswith((".", *_RPZ_TRIGGERS)):
        return (Skip.UNSUPPORTED,)
    return (Saying(match["name"], Claim.BELOW if match["below"] else Claim.HOST),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How the lines of a format are read."""

    usual: re.Pattern[str]
    """The usual line whole, with a `name` that is its own normal form."""
    claim: Claim
    """What the usual line says of the name."""
    reader: Reader
    """Reads any line."""
    comments: tuple[str, ...]
    """A line that begins so says nothing."""


def _grammar(usual: str, claim: Claim, reader: Reader, *comments: str) -> Grammar:
    return Grammar(usual=re.compile(usual), claim=claim, reader=reader, comments=comments)


GRAMMARS = {
    Format.HOSTS: _grammar(rf"{_NULL}[ \t]+{NAME}", Claim.HOST, read_hosts, "#"),
    Format.DOMAINS: _grammar(NAME, Claim.TREE, read_address, "#", "!"),
    Format.WILDCARD: _grammar(rf"\*\.{NAME}", Claim.TREE, read_address, "#", "!"),
    Format.URLS: _grammar(rf"https?://{NAME}/?", Claim.HOST, read_address, "#", "!"),
    Format.ADBLOCK: _grammar(rf"\|\|{NAME}\^", Claim.TREE, read_adblock, "!", "[", "# "),
    Format.DNSMASQ: _grammar(
        rf"(?:address|local)=/{NAME}/(?:#|0\.0\.0\.0)?", Claim.TREE, read_dnsmasq, "#"
    ),
    Format.RPZ: _grammar(rf"{NAME} CNAME \.", Claim.HOST, read_rpz, ";"),
}
_MARKS = (
    (Format.ADBLOCK, re.compile(r"\|\||@@|\[adblock|.*#[@?$]?#|/.*/$", re.IGNORECASE)),
    (Format.DNSMASQ, _DNSMASQ),
    (Format.RPZ, re.compile(r"\$TTL\s|@\s.*SOA\s|\S+\s.*\bCNAME\s", re.IGNORECASE)),
    (Format.HOSTS, _HOSTS),
    (Format.WILDCARD, re.compile(r"\*\.[^\s/]+$")),
    (Format.URLS, re.compile(r"https?://[^\s<>\"]+$|[^\s/<>{}\"]++/\S*$")),
    (Format.DOMAINS, re.compile(r"[^\s/<>{}\[\]\",:;=()]+$")),
)


def recognise(line: str) -> Format | None:
    """The format that a line is most likely of; None for what no list says, and for comments."""
    line = line.strip()
    if line.startswith(("#", "!", ";")) and "##" not in line[:3]:
        return None
    return next((found for found, mark in _MARKS if mark.match(line)), None)
