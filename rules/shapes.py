"""What a request is beside a web page's: DNS carried in HTTPS, DNS over TLS, a tunnel of neither TLS nor HTTP.

Source: RFC 8484 (DNS over HTTPS), RFC 9230 (oblivious), RFC 7858 (DNS over TLS, port 853), RFC 1035 section 4.1.
"""

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable

from rules.address import parameters_of
from rules.listings import Listing
from rules.request import Request, Shape, Stage

DNS_BYPASS = "dns-bypass"
"""The category of ways to look names up where the house cannot see it."""
RAW_TUNNELS = "raw-tunnels"
"""The category of tunnels that carry neither TLS nor HTTP."""
SHAPED = frozenset({DNS_BYPASS, RAW_TUNNELS})
"""Categories in which a request can be by what it is, whatever its host."""
ITS_SHAPE = "=shape"
"""The `source` of what a request's own form says. No list can be called so."""
DNS_OVER_TLS = 853
LONGEST_QUERY = 2_000
"""Characters in base64; a question of DNS takes some 60."""

_TYPE = re.compile(
    r"(?<![\w.+-])application/(?:oblivious-)?dns(?:-message|-json|\+json)(?![\w.+-])", re.IGNORECASE
)
_DNS_PARAMETER = re.compile(r"(?:^|&)(?:d|%64|%44)(?:n|%6e|%4e)(?:s|%73|%53)=", re.IGNORECASE)
_HEADER_BYTES = 12
_POINTER = 0xC0
_ANSWER = 0x80
"""The bit QR in the header's third byte."""


def is_dns_type(values: Iterable[str]) -> bool:
    """Whether a Content-Type or Accept speaks of DNS."""
    return any(_TYPE.search(value) for value in values)


def is_dns_question(text: str) -> bool:
    """Whether a text is a question of DNS in base64, as `?dns=` has it."""
    plain = text.replace("+", "-").replace("/", "_").replace(" ", "-").rstrip("=")
    if not plain or len(plain) > LONGEST_QUERY:
        return False
    try:
        message = urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return False
    return _is_question(message)


def listings(request: Request) -> tuple[Listing, ...]:
    """The categories that a request is in by what it is."""
    shape, url = request.shape, request.url
    if shape is None and url.port != DNS_OVER_TLS and not _is_seen(request):
        return ()
    topic = RAW_TUNNELS if shape is Shape.RAW else DNS_BYPASS
    return (Listing(topic, url.host, ITS_SHAPE),)


def _is_seen(request: Request) -> bool:
    """Whether address or answer show DNS."""
    query, reply = request.url.query, request.reply
    if reply is not None and reply.mime is not None and is_dns_type((reply.mime,)):
        return True
    if not query or request.stage is Stage.NAME or not _DNS_PARAMETER.search(query):
        return False
    return any(
        name.lower() == "dns" and is_dns_question(value) for name, value in parameters_of(query)
    )


def _is_question(message: bytes) -> bool:
    if len(message) < _HEADER_BYTES or message[2] & _ANSWER:
        return False
    questions = int.from_bytes(message[4:6])
    at = _HEADER_BYTES
    while at < len(message) and message[at]:
        if message[at] & _POINTER:
            return False  # the first name has nothing before it to point at
        at += message[at] + 1
    return questions == 1 and at + 5 <= len(message)
