"""Addresses that are carried inside another one: a translator's, an archive's, an image proxy's.

Law: only what anybody can read out of the address is found; what a site keeps behind a number is not.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from rules.address import parameters_of, percent_decoded
from rules.catalog import Carrier
from rules.hosts import Url, is_address, is_public_suffix, parents, parse_url
from rules.request import Request, Stage

MOST_SKIPPED = 3
"""Parts of a path before the address: a date, a size, the letter of a format."""
MOST_ENCODED = 2
"""Times that an address may be percent-encoded; some carriers take it so."""
MOST_FOUND = 3
"""Addresses in one that are judged; a site takes one of them, and nobody knows which."""
WHOLE_QUERY = "?"
"""In place of a parameter's name: all that follows the `?` is the address."""

MOST_NESTED = 3
"""Carriers one in another that are looked into; nobody needs a translation of an archive's copy of a translation."""
PROXIES = "proxies"
"""The category in which an address is that carries on deeper than that."""

_SCHEME = re.compile(r"(https?|wss?)(?::|%3A)?/+(.*)", re.IGNORECASE | re.DOTALL)
_CACHE = re.compile(r"cache:(?:[\w-]{12}:)?", re.IGNORECASE)
"""What a search engine's own copy is asked by, and its number."""
_OWN_PARAMETERS = ("_x_tr_", "amp_", "usqp=")
"""Beginnings of parameters that a carrier adds to those of the address."""


type Carriers = Mapping[str, tuple[Carrier, ...]]
"""By host, which means everything below it too."""


def carriers_at(hosts: tuple[str, ...], carriers: Carriers) -> Iterator[tuple[str, Carrier]]:
    """The carriers among a host and the domains above it, each with the name under which it is known."""
    for name in hosts:
        for carrier in carriers.get(name, ()):
            yield name, carrier


def is_endless(request: Request, carriers: Carriers) -> bool:
    """Whether more addresses stand in one than anybody looks at, or deeper. Costs one comparison of sets elsewhere."""
    layer: tuple[Url, ...] = (request.url,)
    for _ in range(MOST_NESTED + 1):
        found = [inside(request, url, carriers) for url in layer]
        if any(len(one) > MOST_FOUND for one in found):
            return True
        layer = tuple(dict.fromkeys(inner for one in found for inner in one))
        if not layer:
            return False
    return True


def inside(request: Request, url: Url, carriers: Carriers) -> tuple[Url, ...]:
    """The addresses inside one of a request's, as far as the request can be seen."""
    if carriers.keys().isdisjoint(parents(url.host)):
        return ()
    return carried(url, carriers, by_name_alone=request.stage < Stage.REQUEST)


def carried(url: Url, carriers: Carriers, *, by_name_alone: bool = False) -> tuple[Url, ...]:
    """The addresses that stand inside this one; where there are more than MOST_FOUND, one more than that.

    Args:
        url: Where the request goes.
        carriers: Who carries.
        by_name_alone: The path is not known: only what the host's own name says.
    """
    found: dict[str, Url] = {}
    for name, carrier in carriers_at(parents(url.host), carriers):
        for text in _texts(url, name, carrier, by_name_alone=by_name_alone):
            with suppress(ValueError):
                inner = parse_url(text)
                found.setdefault(inner.text, inner)
    return tuple(found.values())[: MOST_FOUND + 1]


def _texts(url: Url, name: str, carrier: Carrier, *, by_name_alone: bool) -> Iterator[str]:
    if carrier.is_label:
        yield from _of_label(url, name)
    if by_name_alone:
        return
    for place in carrier.paths:
        if url.path.startswith(place):
            yield from _of_path(url, url.path[len(place) :])
    if carrier.parameters:
        yield from _of_query(url.query, carrier.parameters)


def _of_label(url: Url, name: str) -> Iterator[str]:
    """`vi-m-wikipedia-org.translate.goog`: dots are hyphens there, and hyphens two."""
    label = url.host.removesuffix(name).removesuffix(".").rpartition(".")[2]
    host = label.replace("--", "\0").replace("-", ".").replace("\0", "-")
    if _is_host(host):
        scheme = "http" if "_x_tr_sch=http&" in f"{url.query}&" else "https"
        yield f"{scheme}://{host}{url.path}{_with_query(url.query)}"


def _of_path(url: Url, rest: str) -> Iterator[str]:
    rest = rest.lstrip("/")
    for _ in range(MOST_SKIPPED + 1):
        text = _address(rest)
        if text is not None:
            yield text if "?" in text else text + _with_query(url.query)
            return
        _, slash, rest = rest.partition("/")
        if not slash:
            return


def _of_query(query: str, names: frozenset[str]) -> Iterator[str]:
    if WHOLE_QUERY in names and query:
        text = _address(query)
        if text is not None:
            yield text
    for name, value in parameters_of(query):
        if name.casefold() in names:
            text = _address(_CACHE.sub("", value.strip(), count=1).partition(" ")[0])
            if text is not None:
                yield text


def _address(text: str) -> str | None:
    """The text as an address, if it begins like one: with a scheme, or with a host."""
    for _ in range(MOST_ENCODED + 1):
        scheme = _SCHEME.match(text)
        if scheme:
            return f"{scheme[1]}://{scheme[2]}"
        host = re.split(r"[/?#:]", text, maxsplit=1)[0]
        if _is_host(host.rpartition("@")[2]):
            return f"https://{text}"
        if "%" not in text:
            return None
        text = percent_decoded(text)
    return None


def _is_host(text: str) -> bool:
    """Whether a text is a host that somebody can have: `index.html` is none."""
    if "." not in text or len(text) > 253:  # noqa: PLR2004  # rules/hosts.py
        return False
    with suppress(ValueError):
        host = parse_url(f"https://{text}/").host
        return is_address(host) or is_public_suffix(host.rpartition(".")[2])
    return False


def _with_query(query: str) -> str:
    left = [part for part in query.split("&") if part and not part.startswith(_OWN_PARAMETERS)]
    return f"?{'&'.join(left)}" if left else ""
