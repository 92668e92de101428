"""Downloads from a server that means no harm: what is asked, what is kept, where a connection goes. Hostile ones: test_list_hostile.py."""

import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import trustme

from store.list_faults import Fault, ListRefused
from store.list_fetch import Fetched, NotModified, Progress, Validators, fetch, read_own
from store.list_wire import Outside, trusted
from tests.store.list_server import (
    HOST,
    LIST,
    PATIENT,
    ListServer,
    answer,
    cut,
    endless,
    leading,
    serving,
)

ETAG, DATE = '"v\xe91"', "Mon, 23 Nov 2026 10:00:00 GMT"
PACKED = gzip.compress(LIST.encode())
UNTOLD = b"HTTP/1.1 200 OK\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[ListServer]:
    with serving(ListServer(trustme.CA())) as running:
        yield running


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "bets.new"


def get(
    url: str,
    into: Path,
    outside: Outside,
    *,
    known: Validators | None = None,
    progress: Progress = lambda _bytes, _total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Fetched | NotModified:
    return fetch(
        url,
        into,
        known=known or Validators(),
        outside=outside,
        limits=PATIENT,
        progress=progress,
        is_cancelled=is_cancelled,
    )


def test_a_list_is_kept_with_what_its_server_says_of_its_version(
    server: ListServer, into: Path
) -> None:
    url = server.url("/list", answer(etag=ETAG, last_modified=DATE))
    got = get(url, into, server.outside)

    assert into.read_text() == LIST
    assert got == Fetched(
        path=into,
        sha256=sha256(LIST.encode()).hexdigest(),
        validators=Validators(etag=ETAG, last_modified=DATE),
    )


@pytest.mark.parametrize(
    ("known", "header"),
    [
        (Validators(etag=ETAG), f"If-None-Match: {ETAG}\r\n"),
        (Validators(last_modified=DATE), f"If-Modified-Since: {DATE}\r\n"),
    ],
)
def test_a_list_that_we_have_does_not_come_again(
    server: ListServer, into: Path, known: Validators, header: str
) -> None:
    url = server.url("/same", b"HTTP/1.1 304 Not Modified\r\n\r\n")

    assert get(url, into, server.outside, known=known) == NotModified()
    assert header in server.requests[-1]
    assert not into.exists()


def test_the_server_is_told_nothing_but_what_the_family_wrote(
    server: ListServer, into: Path
) -> None:
    server.deeds["/a%7Eb//c?x=%20&y=1"] = answer()
    get(server.url("/a%7Eb//c?x=%20&y=1#part"), into, server.outside)

    assert server.requests[-1] == (
        f"GET /a%7Eb//c?x=%20&y=1 HTTP/1.1\r\nHost: {HOST}:{server.port}\r\n"
        "User-Agent: Porchlight\r\nAccept: text/plain, */*;q=0.5\r\n"
        "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    )
    assert server.names[-1] == HOST


@pytest.mark.parametrize(
    "said",
    [
        answer(PACKED, content_encoding="gzip"),
        answer(PACKED, content_type="application/gzip"),
        answer(PACKED, content_type="application/gzip", content_encoding="x-gzip"),
        answer(content_type="TEXT/plain; Charset='UTF-8'"),
        answer(content_type="text/plain; charset=iso-8859-1"),
        answer(content_type="text/plain; charset=Windows-1258"),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer(),
        CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(LIST), LIST.encode()),
        UNTOLD + LIST.encode(),
    ],
)
def test_a_list_may_come_in_many_ways(server: ListServer, into: Path, said: bytes) -> None:
    got = get(server.url("/way", said), into, server.outside)

    assert isinstance(got, Fetched)
    assert into.read_bytes() in {LIST.encode(), PACKED}


def test_a_redirect_is_followed_over_https(server: ListServer, into: Path) -> None:
    server.url("/lists/to", answer())
    server.url("/half", leading("lists/to", "307 Temporary Redirect"))
    get(server.url("/from", leading(server.url("/half"))), into, server.outside)

    assert into.read_text() == LIST


def test_each_host_on_the_way_is_looked_up_once_and_that_address_is_used(
    server: ListServer, into: Path
) -> None:
    rebinding = {HOST: ["127.0.0.1", "10.0.0.1"]}
    outside = replace(server.outside, names={}, resolve=lambda host: [rebinding[host].pop(0)])
    get(server.url("/list", answer()), into, outside)

    assert rebinding == {HOST: ["10.0.0.1"]}
    with pytest.raises(ListRefused) as refused:
        get(server.url("/from", leading("/list")), into, outside)
    assert refused.value.detail == f"{HOST} 10.0.0.1"


def test_no_other_host_leads_to_the_machines_of_the_house(server: ListServer, into: Path) -> None:
    outside = replace(server.outside, names={HOST: "127.0.0.1", "nas.example": "127.0.0.1"})
    inside = server.url("/list", answer()).replace(HOST, "nas.example")
    with pytest.raises(ListRefused) as refused:
        get(server.url("/from", leading(inside)), into, outside)

    assert refused.value.fault is Fault.INSIDE
    assert refused.value.detail == "nas.example 127.0.0.1"


def test_an_address_that_does_not_answer_is_passed_over(server: ListServer, into: Path) -> None:
    addresses = ["127.0.0.2", "127.0.0.1"]
    reach = {f"{address}:{server.port}" for address in addresses}
    outside = replace(server.outside, names={}, reach=reach, resolve=lambda _host: addresses)
    get(server.url("/list", answer()), into, outside)

    assert into.read_text() == LIST


def test_proxies_of_the_environment_are_not_asked(
    server: ListServer, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    get(server.url("/list", answer()), into, server.outside)

    assert into.read_text() == LIST


def test_progress_is_told_piece_by_piece(server: ListServer, into: Path) -> None:
    told: list[tuple[int, int | None]] = []
    get(
        server.url("/list", answer()),
        into,
        server.outside,
        progress=lambda *now: told.append(now),
    )
    last = told.pop()
    assert last == (len(LIST), len(LIST))

    url = server.url("/untold", UNTOLD + LIST.encode())
    get(url, into, server.outside, progress=lambda *now: told.append(now))
    assert told[-1] == (len(LIST), None)


def test_the_houses_own_authority_is_trusted_beside_the_well_known(into: Path) -> None:
    authority = trustme.CA()
    into.write_bytes(authority.cert_pem.bytes())
    with serving(ListServer(authority)) as running:
        outside = replace(running.outside, trust=trusted(into))
        assert isinstance(get(running.url("/list", answer()), into, outside), Fetched)
        with pytest.raises(ListRefused):
            get(running.url("/list"), into, replace(outside, trust=None))
    assert len(trusted(None).get_ca_certs()) > 50


def test_a_file_without_authorities_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no certificate")
    for name in ("notes.txt", "missing.pem"):
        with pytest.raises(OSError, match=r"NO_CERTIFICATE|No such file"):
            trusted(tmp_path / name)


def test_a_download_ends_when_it_is_cancelled(server: ListServer, into: Path) -> None:
    begun: list[int] = []
    url = server.url("/endless", endless(UNTOLD, b"a.example\n" * 100))
    with pytest.raises(ListRefused) as refused:
        get(
            url,
            into,
            server.outside,
            progress=lambda size, _total: begun.append(size),
            is_cancelled=lambda: bool(begun),
        )

    assert refused.value.fault is Fault.CANCELLED
    assert len(begun) == 1
    assert not into.exists()


def test_an_answer_that_ends_only_with_the_connection_must_end_cleanly(
    server: ListServer, into: Path
) -> None:
    with pytest.raises(ListRefused) as refused:
        get(server.url("/cut", cut(UNTOLD + LIST.encode())), into, server.outside)

    assert refused.value.fault is Fault.CUT


def test_a_version_that_is_too_long_is_not_kept(server: ListServer, into: Path) -> None:
    got = get(server.url("/list", answer(etag="e" * 2000)), into, server.outside)

    assert isinstance(got, Fetched)
    assert got.validators == Validators()


def test_the_familys_own_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    own, into = tmp_path / "our-own.txt", tmp_path / "our-own.new"
    own.write_text(LIST)
    first = read_own(own, into, known=Validators(), limits=PATIENT)
    assert isinstance(first, Fetched)
    assert into.read_text() == LIST

    assert read_own(own, into, known=first.validators, limits=PATIENT) == NotModified()
    own.write_text(LIST.replace("bet1.", "bat1."))
    again = read_own(own, into, known=first.validators, limits=PATIENT)
    assert isinstance(again, Fetched)
    assert again.sha256 != first.sha256


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_not_read(tmp_path: Path, kind: str) -> None:
    own = tmp_path / "our-own.txt"
    if kind == "folder":
        own.mkdir()
    elif kind == "pipe":
        os.mkfifo(own)
    with pytest.raises(ListRefused) as refused:
        read_own(own, tmp_path / "our-own.new", known=Validators(), limits=PATIENT)

    assert refused.value.fault is Fault.NO_FILE
    assert not (tmp_path / "our-own.new").exists()
