"""One web request as the engine sees it."""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum

from rules.hosts import Url

ID_LENGTH = 12
"""Characters of a request's id, and bytes of chance that it is made of."""
_LETTERS = b"0123456789BCDFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 without its vowels: easy to read out, and no words come of it."""
_TO_LETTERS = bytes(_LETTERS[byte % len(_LETTERS)] for byte in range(256))


class Stage(IntEnum):
    """How much of a request can be seen. The log keeps the number."""

    NAME = 1
    """The host's name only: a CONNECT, a TLS ClientHello."""
    REQUEST = 2
    """The address in full, method and headers."""
    REPLY = 3
    """What the answer says of itself too, before its body."""
    PAGE = 4
    """The answer's body too. No question has needed it yet, so it is in no log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks, by whatever the door knows of them. All None is a stranger."""

    address: str | None = None
    """IP address in text, as seen by the proxy."""
    mac: str | None = None
    """As in the rule file, from the neighbour table."""
    login: str | None = None
    """The user name of a password that was right."""
    wireguard: str | None = None
    """The name of the key of the WireGuard tunnel through which it came."""
    port: int | None = None
    """The port of ours to which it came."""
    name: str | None = None
    """A profile's or device's key, where the asker says it (command line, pages)."""


class Shape(Enum):
    """What a request is, beside a web page's, as far as its door can see."""

    DNS = "dns"
    """DNS over HTTPS, RFC 8484, whatever the host."""
    RAW = "raw"
    """A tunnel that carries neither TLS nor HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an answer says of itself before its body."""

    mime: str | None = None
    """Content-Type as it was sent; None if it was not."""
    filenames: tuple[str, ...] = ()
    """Every name that some browser reads in Content-Disposition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One web request."""

    id: str
    """Made by the door with `request_id`, unique in the log; the Decision carries it on."""
    url: Url
    """At Stage.NAME the path is `/` and means nothing."""
    client: Client
    method: str = "GET"
    stage: Stage = Stage.REQUEST
    reply: Reply | None = None
    """None before Stage.REPLY."""
    shape: Shape | None = None
    """None: nothing but the web, as far as it can be seen."""

    def answered(self, reply: Reply) -> "Request":
        """The same request, once its answer begins."""
        return replace(self, reply=reply, stage=Stage.REPLY)


def request_id(chance: bytes) -> str:
    """A name for a request that a child can read out: one letter or digit for each random byte."""
    return chance.translate(_TO_LETTERS).decode("ascii")
