"""A hostile list server never changes what is in force: every byte stays, the record says why, in bounded time and memory."""

import ssl
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from store.list_copies import Problem, Record, read_record, renew
from store.list_faults import Fault
from store.list_fetch import Fetched, NotModified, Validators, fetch
from store.list_wire import Limits, Outside
from tests.store.list_deeds import HOSTILE, PAGE
from tests.store.list_server import (
    HOST,
    LIST,
    PATIENT,
    QUICK,
    ListServer,
    answer,
    cut,
    leading,
    serving,
)

KEY = "bets"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MOST_SECONDS = 5.0
MOST_BYTES = 6 << 20
"""What a download may take; most of it is TLS and the list being read."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[ListServer]:
    with serving(ListServer(authority)) as running:
        yield running


def one_try(
    folder: Path,
    url: str,
    outside: Outside,
    moment: datetime = LATER,
    limits: Limits = PATIENT,
) -> Record:
    def get(into: Path, known: Validators) -> Fetched | NotModified:
        return fetch(url, into, known=known, outside=outside, limits=limits)

    return renew(folder, KEY, source="https://lists.example/", get=get, moment=moment)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".json"}


@pytest.fixture
def folder(tmp_path: Path, server: ListServer) -> Path:
    """A folder in which a good copy is in force."""
    good = server.url("/list.txt", answer(etag='"1"'))
    assert one_try(tmp_path, good, server.outside, NOW).problem is None
    assert LIST.encode() in files(tmp_path).values()
    return tmp_path


def check_nothing_changes(folder: Path, try_it: Callable[[], Record], fault: Fault) -> Problem:
    before, in_force = files(folder), read_record(folder, KEY).copy
    began = time.monotonic()
    tried = try_it()
    took = time.monotonic() - began

    assert took < MOST_SECONDS
    assert files(folder) == before
    assert tried == read_record(folder, KEY)
    assert tried.copy == in_force
    assert tried.problem is not None
    assert (tried.problem.fault, tried.problem.at) == (fault, LATER)
    assert f'"{fault.value}"' in (folder / f"{KEY}.json").read_text()
    return tried.problem


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_hostile_server_sends_changes_nothing(
    folder: Path, server: ListServer, name: str
) -> None:
    deed, fault = HOSTILE[name]
    url = server.url("/list.txt", deed)
    limits = QUICK if fault is Fault.SLOW else PATIENT

    check_nothing_changes(
        folder, lambda: one_try(folder, url, server.outside, limits=limits), fault
    )


@pytest.mark.parametrize("name", ["endless", "endless chunks", "endless line", "bomb", "half"])
def test_memory_stays_flat(folder: Path, server: ListServer, name: str) -> None:
    url = server.url("/list.txt", HOSTILE[name][0])
    one_try(folder, url, server.outside)  # what is loaded once does not count
    tracemalloc.start()
    one_try(folder, url, server.outside)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < MOST_BYTES


def test_a_loop_ends_after_five_redirects(folder: Path, server: ListServer) -> None:
    url = server.url("/list.txt", leading("/list.txt"))
    asked = len(server.requests)
    one_try(folder, url, server.outside)

    assert len(server.requests) == asked + 6


@pytest.mark.parametrize(
    ("addresses", "fault"),
    [
        (("93.184.216.34", "127.0.0.1"), Fault.INSIDE),
        (("10.0.0.1",), Fault.INSIDE),
        ((), Fault.UNKNOWN_NAME),
    ],
)
def test_a_name_that_leads_inside_changes_nothing(
    folder: Path, server: ListServer, addresses: tuple[str, ...], fault: Fault
) -> None:
    outside = replace(server.outside, names={}, reach=(), resolve=lambda _host: addresses)
    url = server.url("/list.txt", answer())
    asked = len(server.requests)

    check_nothing_changes(folder, lambda: one_try(folder, url, outside), fault)
    assert len(server.requests) == asked


def test_a_wrong_certificate_changes_nothing(folder: Path, authority: trustme.CA) -> None:
    with serving(ListServer(authority, has_expired=True)) as old:
        url, outside = old.url("/list.txt", answer()), old.outside
        problem = check_nothing_changes(
            folder, lambda: one_try(folder, url, outside), Fault.NOT_SECURE
        )
        assert problem.detail == "certificate has expired"
        assert old.requests == []


def test_a_certificate_of_another_name_or_authority_changes_nothing(
    folder: Path, server: ListServer
) -> None:
    url = server.url("/list.txt", answer())
    stranger = replace(server.outside, trust=ssl.create_default_context())
    check_nothing_changes(folder, lambda: one_try(folder, url, stranger), Fault.NOT_SECURE)

    other = replace(server.outside, names={"other.example": "127.0.0.1"})
    url = url.replace(HOST, "other.example")
    check_nothing_changes(folder, lambda: one_try(folder, url, other), Fault.NOT_SECURE)


def test_a_server_that_is_not_there_or_says_nothing_changes_nothing(
    folder: Path, server: ListServer
) -> None:
    with serving(ListServer(trustme.CA())) as gone:
        outside = gone.outside
    nowhere = gone.url("/list.txt")
    check_nothing_changes(folder, lambda: one_try(folder, nowhere, outside), Fault.UNREACHABLE)


def test_a_first_list_that_is_refused_leaves_only_the_reason(
    tmp_path: Path, server: ListServer
) -> None:
    tried = one_try(tmp_path, server.url("/list.txt", answer(PAGE)), server.outside)

    assert tried.copy is None
    assert tried.problem is not None
    assert tried.problem.fault is Fault.WEB_PAGE
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == ["bets.json"]


def test_the_next_good_list_ends_the_problem(folder: Path, server: ListServer) -> None:
    one_try(folder, server.url("/list.txt", cut(b"")), server.outside)
    tried = one_try(folder, server.url("/list.txt", answer(etag='"2"')), server.outside)

    assert tried.problem is None
    assert tried.copy is not None
    assert tried.copy.validators == Validators(etag='"2"')
