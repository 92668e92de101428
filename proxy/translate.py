"""mitmproxy's types -> rules.Request: every name that a request carries, in normal form.

Law: no single name is trusted. The address line, `Host`, `:authority`, SNI and CONNECT may all differ.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from functools import lru_cache

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.connection import Server
from mitmproxy.http import HTTPFlow, Response
from mitmproxy.http import Request as HttpRequest
from mitmproxy.proxy.context import Context

from proxy.clients import client_of
from rules.decision import Decision, DecisionRecord
from rules.hosts import LONGEST_HOST, normal_host, parse_url
from rules.request import ID_LENGTH, Reply, Request, Shape, Stage, request_id
from rules.shapes import is_dns_type

REMEMBERED_HOSTS = 20_000
"""Spellings whose normal form is kept; about 4 MB, 40 where somebody makes them long on purpose."""
LONGEST_PATH_KEPT = 2_000
"""Characters of an address in the log."""
LONGEST_METHOD_KEPT = 20
MOST_HOSTS = 8
"""Host headers; a browser sends one. Each is judged, and 100,000 of them stopped everybody for 3 s."""
LONGEST_SPELLING = 1_000
"""Characters of a host as it was sent: soft hyphens and zeros make one name endless, and spellings are kept."""
LONGEST_DISPOSITION_READ = 8_000
"""Characters of a Content-Disposition header in which a name in several parts is looked for."""
MOST_FILENAMES = 10
"""From the header's beginning, and as many from its end."""
_FILENAME = re.compile(
    r'(?<![\w-])filename\*?\d*\*?\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*+)|(?P<plain>[^;]*))',
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\(.)")
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:]*)(?::\d*)?")
_UNSAFE_IN_PATH = re.compile(rb"[\x80-\xff]")
_HTTP2_PREFACE = b"PRI"
"""The method with which HTTP/2 begins where nobody has agreed on it, RFC 9113 section 3.4."""
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 section 5.6.2."""
_TARGET = re.compile(rb"\*|/[^\x00-\x20\x7f#]*")
"""Origin form, and `*` of OPTIONS. Some sites cut off what follows a `#`, and others do not: nobody sends one."""
_LINE_END = re.compile(rb"[\r\n\0]")


@lru_cache(maxsize=REMEMBERED_HOSTS)
def normal_name(text: str) -> str:
    """`normal_host`, remembered.

    Raises:
        ValueError: this is no host.
    """
    if len(text) > LONGEST_SPELLING:
        raise ValueError(f"not a host: {text[:80]!r}")
    return normal_host(text)


def new_id() -> str:
    """A name for a new request."""
    return request_id(secrets.token_bytes(ID_LENGTH))


def requests_of(flow: HTTPFlow) -> tuple[Request, ...]:
    """What the flow asks for, once for each distinct name in it; the name that the browser shows first.

    Raises:
        ValueError: a name or the address is one that no browser would send.
    """
    request = flow.request
    _refuse_two_readings(request)
    names = dict.fromkeys(_names(flow))
    path = _path(request.data.path)
    client = client_of(flow.client_conn)
    ident, shape = new_id(), _shape(request)
    return tuple(
        Request(
            id=ident,
            url=parse_url(f"{request.scheme}://{_shown(name)}:{request.port}{path}"),
            client=client,
            method=request.method,
            shape=shape,
        )
        for name in names
    )


def authorities(request: HttpRequest) -> Iterator[str]:
    """The names of `:authority` and `Host`, in normal form; the one that counts first.

    Raises:
        ValueError: one is no host, or there are more than a browser would send.
    """
    headers = request.headers.get_all("host")
    if len(headers) > MOST_HOSTS:
        raise ValueError(f"{len(headers)} Host headers")
    for authority in (_text(request.data.authority), *headers):
        if authority:
            yield _without_port(authority)


def named_request(
    connection: ClientConnection, host: str, port: int, shape: Shape | None = None
) -> Request:
    """A request of which only the name is known: a CONNECT, a ClientHello, a raw tunnel. Each has an id of its own.

    Raises:
        ValueError: this is no host.
    """
    return Request(
        id=new_id(),
        url=parse_url(f"https://{_shown(normal_name(host))}:{port}/"),
        client=client_of(connection),
        method="CONNECT",
        stage=Stage.NAME,
        shape=shape,
    )


def raw_requests(context: Context) -> tuple[Request, ...]:
    """A tunnel of neither TLS nor HTTP, once for each name that it has.

    Raises:
        ValueError: a name is no host.
    """
    client, address = context.client, context.server.address
    host, port, *_ = address or ("", 0)
    names = dict.fromkeys((host, client.sni or host))
    return tuple(named_request(client, name, port, Shape.RAW) for name in names)


def reply_of(response: Response) -> Reply:
    """What an answer says of itself. Of several types browsers take the last that is one, of several names one or another."""
    types = response.headers.get_all("content-type")
    dispositions = response.headers.get_all("content-disposition")
    return Reply(
        mime=", ".join(types) if types else None,
        filenames=_filenames("; ".join(dispositions)),
    )


def is_dns(response: Response) -> bool:
    """Whether an answer says that it is DNS."""
    return is_dns_type(response.headers.get_all("content-type"))


def line(decision: Decision, request: Request, moment: datetime) -> DecisionRecord:
    """The line in the log of a request that was decided."""
    url = request.url
    path = f"{url.path}?{url.query}" if url.query else url.path
    if request.stage is Stage.NAME:
        path = ""
    return DecisionRecord(
        at=moment,
        decision=decision,
        client=request.client.address or "",
        method=_printable(request.method, LONGEST_METHOD_KEPT),
        scheme="tcp" if request.shape is Shape.RAW else url.scheme,
        host=url.host,
        path=path[:LONGEST_PATH_KEPT],
    )


def line_of_fault(
    decision: Decision, client: ClientConnection, subject: object, moment: datetime
) -> DecisionRecord:
    """The line in the log of what could not be read or decided; the subject is what a hook is about."""
    request = subject.request if isinstance(subject, HTTPFlow) else None
    host = request.host if request else ""
    if isinstance(subject, Server) and subject.address:
        host = subject.address[0]
    with suppress(ValueError):
        host = normal_name(host)
    return DecisionRecord(
        at=moment,
        decision=decision,
        client=client.peername[0],
        method=_printable(request.method if request else "", LONGEST_METHOD_KEPT),
        scheme=_printable(request.scheme if request else "", LONGEST_METHOD_KEPT),
        host=_printable(host, LONGEST_HOST),
        path="",
    )


def _filenames(disposition: str) -> tuple[str, ...]:
    readable = disposition.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    names = [
        *_continued_names(readable),
        *(
            _ESCAPED.sub(r"\1", one["quoted"] or one["plain"] or "")
            for one in _FILENAME.finditer(readable)
        ),
    ]
    few = (*names[:MOST_FILENAMES], *names[-MOST_FILENAMES:])
    return tuple(filter(None, dict.fromkeys(one for name in few for one in (name, _word(name)))))


def _continued_names(readable: str) -> Iterator[str]:
    message = Message()
    message["Content-Disposition"] = readable[:LONGEST_DISPOSITION_READ]
    parameters = message.get_params([], "content-disposition")
    return (
        collapse_rfc2231_value(value) for name, value in parameters if name.lower() == "filename"
    )


def _word(name: str) -> str:
    """Browsers read what mail calls encoded words in names, too (RFC 2047)."""
    if "=?" in name:
        with suppress(ValueError, LookupError, HeaderParseError):
            return str(make_header(decode_header(name[:LONGEST_DISPOSITION_READ])))
    return ""


def _printable(text: str, longest: int) -> str:
    # What a client sent may be bytes that no database takes, or that tell a terminal what to do.
    return text[:longest].encode("unicode_escape").decode("ascii")[:longest]


def _refuse_two_readings(request: HttpRequest) -> None:
    # mitmproxy sends these on as they came, and HTTP/2 lets them come. What is one request here is
    # another one, or two, for a site that splits lines elsewhere or reads `https://host/path` as a path.
    data = request.data
    if data.method == _HTTP2_PREFACE:
        raise ValueError("HTTP/2 without TLS")
    if not _METHOD.fullmatch(data.method) or not _TARGET.fullmatch(data.path):
        raise ValueError(f"not a request line: {data.method[:80]!r} {data.path[:80]!r}")
    for name, value in data.headers.fields:
        if _LINE_END.search(value):
            raise ValueError(f"a line ends within a header: {name[:80]!r}")


def _names(flow: HTTPFlow) -> Iterator[str]:
    yield from authorities(flow.request)
    yield normal_name(flow.request.host)
    if flow.client_conn.sni:
        yield normal_name(flow.client_conn.sni)


@lru_cache(maxsize=REMEMBERED_HOSTS)
def _without_port(authority: str) -> str:
    found = _AUTHORITY.fullmatch(authority.strip())
    if found is None or len(authority) > LONGEST_SPELLING:
        raise ValueError(f"not a host: {authority[:80]!r}")
    return normal_host(found[1])


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _path(raw: bytes) -> str:
    path = _UNSAFE_IN_PATH.sub(lambda found: b"%%%02X" % found[0][0], raw).decode("ascii")
    return "/" if path == "*" else path


def _shape(request: HttpRequest) -> Shape | None:
    said = [*request.headers.get_all("content-type"), *request.headers.get_all("accept")]
    return Shape.DNS if is_dns_type(said) else None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
