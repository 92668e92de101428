"""What an address in the rule file means: `example.com`, `*.zip`, `192.168.1.0/24`, `/expression/`."""

import re
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network

import re2

from rules.hosts import Url, is_public_suffix, parse_url
from rules.policy import Network, Pattern, Scope, Site, Target, Word
from rules.problems import Sentence

LONGEST_ADDRESS = 2_000
"""Characters; browsers and servers stop not far above."""
IPV4_MAPPED = 96
"""Bits in front of the IPv4 address in an IPv4-mapped IPv6 address, RFC 4291 section 2.5.5.2."""

_WORD = re.compile(r"[^\W_][\w-]*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/+")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
_IPV4 = re.compile(r"[0-9.]+(/[0-9.]*)?")
_COLONS = r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"
_IPV6 = re.compile(rf"({_COLONS}|\[{_COLONS}\])(/[0-9]*)?")
_IN_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_HOST = re.compile(r"[a-z0-9_.-]+")
_PREFIXES = {"*.": Scope.BELOW, "=": Scope.ALONE}


class AddressError(ValueError):
    """An address that means nothing."""

    def __init__(self, message: Sentence, hint: Sentence) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_address(text: str) -> Target:
    """What the address means. A word without a dot is a Word, be it a topic or a group.

    Raises:
        AddressError: it means nothing; the hint says what would.
    """
    if not text:
        raise AddressError(
            Sentence("the address is empty"), Sentence("write a site such as example.com")
        )
    if len(text) > LONGEST_ADDRESS:
        raise AddressError(
            Sentence("the address is longer than {most} characters", most=LONGEST_ADDRESS),
            Sentence("name the site alone, or a shorter path"),
        )
    if text.startswith("/"):
        return _pattern(text)
    _refuse_odd_marks(text)
    if is_word(text):
        return Word(name=text)
    return _network(text) or _site(text)


def is_word(text: str) -> bool:
    """Whether the text can be a name: a group, a kind of day, a device."""
    return _WORD.fullmatch(text) is not None


def _pattern(text: str) -> Pattern:
    if not text.endswith("/") or len(text) == 1:
        raise AddressError(
            Sentence("{address} has no host", address=text),
            Sentence("write example.com/path for a path, or close a regular expression with / too"),
        )
    expression = text[1:-1]
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(expression, options)
    except re2.error as error:
        reason = error.args[0]
        said = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
        raise AddressError(
            Sentence("this regular expression cannot be read: {reason}", reason=said),
            Sentence("the form is RE2's: no look-ahead, no back-references; \\. is a plain dot"),
        ) from error
    if compiled.search("") is not None:
        raise AddressError(
            Sentence("{address} matches every address", address=text),
            Sentence("say what must be there, or use the profile's default"),
        )
    return Pattern(expression=expression)


def _refuse_odd_marks(text: str) -> None:
    scheme = _SCHEME.match(text)
    if scheme:
        rest = text[scheme.end() :].strip() or "example.com/path"
        raise AddressError(
            Sentence("an address has no {scheme} in front", scheme=scheme[0]),
            Sentence("write it without {scheme}: {address}", scheme=scheme[0], address=rest),
        )
    if _BLANK.search(text):
        raise AddressError(
            Sentence("an address has no spaces: {address}", address=repr(text)),
            Sentence("one entry is one address; begin a new line"),
        )
    if "\\" in text or "#" in text:
        raise AddressError(
            Sentence("an address has no \\ and no #: {address}", address=text),
            Sentence("write / for a path; what follows # never leaves the browser"),
        )
    if text.startswith("."):
        raise AddressError(
            Sentence("{address} begins with a dot", address=text),
            Sentence("write *{address} for everything below it", address=text),
        )
    if "*" in text.removeprefix("*."):
        raise AddressError(
            Sentence("a star may stand only in front, followed by a dot: {address}", address=text),
            Sentence(
                "*.example.com is everything below; a path means everything below it without a star"
            ),
        )


def _network(text: str) -> Network | None:
    """The network, if the address is written with digits; None for a site."""
    bare = text.removeprefix("=")
    if not (_IPV4.fullmatch(bare) or _IPV6.fullmatch(bare)):
        return None
    host, slash, prefix = bare.partition("/")
    if slash and not prefix:
        host, slash = bare[:-1], ""
    try:
        network = ip_network(host.strip("[]") + slash + prefix, strict=False)
    except ValueError:
        return _short_address(text, host, slash)
    if slash and str(network.network_address) != _plain(host):
        raise AddressError(
            Sentence("{address} begins in the middle of its network", address=bare),
            Sentence("write {example}", example=_unmapped(network)),
        )
    return Network(network=_unmapped(network))


def _short_address(text: str, host: str, slash: str) -> Network:
    """`127.1` and its like, as browsers read them."""
    if not slash and ":" not in host:
        with suppress(ValueError):
            return Network(network=ip_network(parse_url(f"http://{host}/").host))
    raise AddressError(
        Sentence("this is no IP address: {address}", address=text),
        Sentence("write 192.168.1.40, a network such as 192.168.1.0/24, or [2001:db8::1]"),
    )


def _plain(host: str) -> str:
    return str(ip_network(host.strip("[]")).network_address)


def _unmapped(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """IPv4 for an IPv4-mapped network, since that is the form that addresses have here."""
    if isinstance(network, IPv6Network) and network.prefixlen >= IPV4_MAPPED:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return IPv4Network((mapped, network.prefixlen - IPV4_MAPPED))
    return network


def _site(text: str) -> Site:
    scope, bare = Scope.TREE, text
    for prefix, means in _PREFIXES.items():
        if text.startswith(prefix):
            scope, bare = means, text.removeprefix(prefix)
    host, mark, query = bare.partition("?")
    host, _, _ = host.partition("/")
    _refuse_odd_host(host, bare)
    try:
        url = parse_url(f"http://{bare}")
    except ValueError as error:
        raise AddressError(
            Sentence("no browser would open {address}", address=text),
            Sentence("write a site such as example.com"),
        ) from error
    if not url.is_address and not _HOST.fullmatch(url.host):
        raise AddressError(
            Sentence("a site's name is letters, digits, dots and hyphens: {address}", address=text),
            Sentence("one entry is one address; begin a new line"),
        )
    if mark and not query:
        raise AddressError(
            Sentence("nothing follows the ? in {address}", address=text),
            Sentence("leave the ? out"),
        )
    _refuse_wide_host(url, scope)
    parameters = tuple(sorted(set(parameters_of(url.query))))
    path = url.path.rstrip("/")
    return Site(
        host=url.host,
        scope=scope,
        path=path if path or parameters else None,
        parameters=parameters,
    )


def _refuse_odd_host(host: str, bare: str) -> None:
    if not host or host.startswith(("=", "*", ".")):
        raise AddressError(
            Sentence("there is no host in {address}", address=bare),
            Sentence("an address begins with a site such as example.com"),
        )
    if "@" in host:
        raise AddressError(
            Sentence("an address has no user name: {address}", address=bare),
            Sentence("write {example}", example=bare.partition("@")[2] or "example.com"),
        )
    if "[" in host and not _IN_BRACKETS.match(host):
        raise AddressError(
            Sentence("a bracket is missing in {address}", address=bare),
            Sentence("write {example}", example="[2001:db8::1]"),
        )
    name, colon, _ = host.rpartition(":")
    if colon and not host.endswith("]"):
        raise AddressError(
            Sentence("an address has no port: {address}", address=bare),
            Sentence("leave the port out: {address}", address=name + bare[len(host) :]),
        )


def _refuse_wide_host(url: Url, scope: Scope) -> None:
    """A public suffix alone is a slip: nobody means all of `com.vn` by it."""
    host = url.host
    if url.is_address:
        if scope is Scope.BELOW:
            raise AddressError(
                Sentence("nothing is below the IP address {address}", address=host),
                Sentence("write {example}", example=host),
            )
        return
    if scope is Scope.TREE and is_public_suffix(host):
        raise AddressError(
            Sentence("{host} is an ending under which anybody can have a site", host=host),
            Sentence("write *.{host} for a whole ending", host=host),
        )


def parameters_of(query: str) -> tuple[tuple[str, str], ...]:
    """The names and values after a URL's `?`, decoded; never raises.

    Source: WHATWG URL, application/x-www-form-urlencoded parsing.
    """
    pairs = (part.partition("=") for part in query.split("&") if part)
    return tuple((_form_decoded(name), _form_decoded(value)) for name, _, value in pairs)


def percent_decoded(text: str) -> str:
    """The text with every `%20` decoded as UTF-8; never raises."""
    if "%" not in text:
        return text
    raw = re.sub(
        rb"%([0-9A-Fa-f]{2})",
        lambda found: bytes([int(found[1], 16)]),
        text.encode("utf-8", "surrogatepass"),
    )
    return raw.decode("utf-8", "replace")


def _form_decoded(text: str) -> str:
    return percent_decoded(text.replace("+", " "))
