"""One safe download of a published list, or one reading of the family's own, into a file that may become the copy.

Law: nothing that a server says leads into the house, past the limits, or to anything that is no text.
"""

import codecs
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import h11
from ada_url import URL, join_url

from rules.hosts import Url, parse_url
from store.list_body import intake
from store.list_faults import Fault, ListRefused
from store.list_wire import READ_BYTES, Answer, Deadline, Limits, Outside, ask

MOST_REDIRECTS = 5
LONGEST_VALIDATOR = 1024
"""Characters. A longer one is not kept, and the list is fetched whole each time."""

_OK, _NOT_MODIFIED = 200, 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_PACKINGS = frozenset({"", "identity", "gzip", "x-gzip"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]*)", re.IGNORECASE)
_LIKE_ASCII = re.compile(
    r"utf-8(-sig)?|ascii|iso8859-\d+|cp125\d|koi8-[rtu]|gb\w+|big5\w*|euc_\w+|shift_jis"
)
"""Python's names of the charsets in which a host's name is written with the bytes of ASCII."""

type Progress = Callable[[int, int | None], object]
"""Told how many bytes have come, and of how many; None if the server does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """By what a list's server knows which version we have (RFC 9110 section 8.8)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A list has come whole, and is text. Whether it is a list is not known yet."""

    path: Path
    """As it came, plain or gzip."""
    sha256: str
    """Of the file."""
    validators: Validators


@dataclass(frozen=True, slots=True)
class NotModified:
    """What we have is what there is."""


def fetch(
    url: str,
    into: Path,
    *,
    known: Validators,
    outside: Outside,
    limits: Limits,
    progress: Progress = lambda _bytes, _total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Fetched | NotModified:
    """The list at an address, written to the file `into`; there is no such file if it is refused.

    Whether it is cancelled is asked at each piece, so that this may go on for the time of a silence.

    Raises:
        ListRefused: why it is not taken.
    """
    deadline, written = Deadline(limits.whole), _https(url).host
    for _ in range(MOST_REDIRECTS + 1):
        if is_cancelled():
            raise ListRefused(Fault.CANCELLED)
        place = _https(url)
        if place.host != written:
            # the parent's word opened the house to the list's own host, not to where that one leads
            outside = replace(outside, reach=())
        with ask(place, _request(url, known), outside, limits, deadline) as answer:
            if answer.status in _REDIRECTS and "location" in answer.headers:
                url = _joined(url, answer.headers["location"])
                continue
            if answer.status == _NOT_MODIFIED and known != Validators():
                return NotModified()
            _look_at(answer)
            return _keep(answer, into, limits, progress, is_cancelled)
    raise ListRefused(Fault.REDIRECTS, url[:LONGEST_VALIDATOR])


def read_own(path: Path, into: Path, *, known: Validators, limits: Limits) -> Fetched | NotModified:
    """The family's own list file, by the same laws, written to the file `into`.

    Raises:
        ListRefused: why it is not taken.
    """
    try:
        if not path.is_file():
            raise ListRefused(Fault.NO_FILE)
        found = path.stat()
        validators = Validators(etag=f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}")
        if validators == known:
            return NotModified()
        with (
            path.open("rb") as file,
            intake(
                into, wire_bytes=limits.wire_bytes, unpacked_bytes=limits.unpacked_bytes
            ) as taken,
        ):
            while piece := file.read(READ_BYTES):
                taken.feed(piece)
    except OSError as error:
        raise ListRefused(Fault.NO_FILE, error.strerror or str(error)) from error
    return Fetched(path=into, sha256=taken.sha256, validators=validators)


def _https(url: str) -> Url:
    try:
        place = parse_url(url)
    except ValueError as error:
        raise ListRefused(Fault.NOT_HTTPS, url[:LONGEST_VALIDATOR]) from error
    if place.scheme != "https":
        raise ListRefused(Fault.NOT_HTTPS, url[:LONGEST_VALIDATOR])
    return place


def _joined(url: str, location: str) -> str:
    try:
        return join_url(url, location)
    except ValueError as error:
        raise ListRefused(Fault.NOT_HTTPS, location[:LONGEST_VALIDATOR]) from error


def _request(url: str, known: Validators) -> h11.Request:
    written = URL(url)
    headers = {
        "Host": written.host,
        "User-Agent": "Porchlight",
        "Accept": "text/plain, */*;q=0.5",
        "Accept-Encoding": "gzip",
        "Connection": "close",
        "If-None-Match": known.etag,
        "If-Modified-Since": known.last_modified,
    }
    pairs = [(name.encode(), said.encode("latin-1")) for name, said in headers.items() if said]
    # the path as it was written: the normal form is for comparing
    return h11.Request(method="GET", target=written.pathname + written.search, headers=pairs)


def _look_at(answer: Answer) -> None:
    if answer.status != _OK:
        raise ListRefused(Fault.STATUS, str(answer.status))
    kind = answer.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() in _PAGES:
        raise ListRefused(Fault.WEB_PAGE)
    charset = _CHARSET.search(kind)
    if charset and not _is_read(charset[1]):
        raise ListRefused(Fault.NOT_TEXT, charset[1])
    packing = answer.headers.get("content-encoding", "").strip().lower()
    if packing not in _PACKINGS:
        raise ListRefused(Fault.PACKING, packing)


def _is_read(charset: str) -> bool:
    try:
        return _LIKE_ASCII.fullmatch(codecs.lookup(charset).name) is not None
    except (LookupError, ValueError):
        return False


def _keep(
    answer: Answer,
    into: Path,
    limits: Limits,
    progress: Progress,
    is_cancelled: Callable[[], bool],
) -> Fetched:
    length = answer.headers.get("content-length")
    total = None if length is None else int(length)
    if total is not None and total > limits.wire_bytes:
        raise ListRefused(Fault.TOO_LARGE, str(limits.wire_bytes))
    with (
        closing(answer.pieces()) as pieces,
        intake(into, wire_bytes=limits.wire_bytes, unpacked_bytes=limits.unpacked_bytes) as taken,
    ):
        for piece in pieces:
            if is_cancelled():
                raise ListRefused(Fault.CANCELLED)
            taken.feed(piece)
            progress(taken.size, total)
    return Fetched(path=into, sha256=taken.sha256, validators=_validators(answer.headers))


def _validators(headers: Mapping[str, str]) -> Validators:
    def kept(name: str) -> str:
        value = headers.get(name, "")
        return value if len(value) <= LONGEST_VALIDATOR else ""

    return Validators(etag=kept("etag"), last_modified=kept("last-modified"))
