"""Whatever a hostile server of lists does, an update changes no byte of what is in force, and no decision."""

from collections.abc import Iterator

import pytest
import trustme

from rules.decision import Reason
from rules.policy import Action
from store.list_faults import Fault
from store.list_updates import update
from store.settings import Settings
from tests.store.list_deeds import HOSTILE
from tests.store.list_house import (
    DAY,
    NOW,
    by_key,
    decision,
    published,
    settings_of,
    table_bytes,
)
from tests.store.list_server import PATIENT, QUICK, ListServer, answer, serving

IN_FORCE = ("bet7.example", "www.bet7.example")
OPEN = ("example", "google.com", "a.example", "wikipedia.org", "youtube.com")


@pytest.fixture(scope="module")
def server() -> Iterator[ListServer]:
    with serving(ListServer(trustme.CA())) as running:
        yield running


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, server: ListServer) -> Settings:
    """A house with a good list, which all these servers try to spoil one after the other."""
    settings = settings_of(tmp_path_factory.mktemp("house"), server)
    lists = by_key(published("bets", server.url("/list.txt", answer())))
    assert update(lists, settings, moment=NOW, limits=PATIENT).domains == 1000
    return settings


def answers(settings: Settings) -> dict[str, tuple[Action, Reason, str | None]]:
    lists = by_key(published("bets", "https://lists.example/"))
    found = {host: decision(settings, lists, host) for host in IN_FORCE + OPEN}
    return {host: (one.action, one.reason, one.source) for host, one in found.items()}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_hostile_server_sends_decides_nothing(
    settings: Settings, server: ListServer, name: str
) -> None:
    deed, fault = HOSTILE[name]
    lists = by_key(published("bets", server.url("/list.txt", deed)))
    limits = QUICK if fault is Fault.SLOW else PATIENT
    before, said = table_bytes(settings), answers(settings)
    done = update(lists, settings, moment=NOW + 2 * DAY, only=["bets"], limits=limits)
    problem = done.records["bets"].problem
    assert problem is not None
    assert (problem.fault, *done.renewed, done.domains) == (fault, None)
    assert table_bytes(settings) == before
    assert answers(settings) == said
    assert {host for host, one in said.items() if one[0] is Action.BLOCK} == set(IN_FORCE)


def test_the_house_recovers_with_the_server(settings: Settings, server: ListServer) -> None:
    good = b"".join(b"new%d.example\n" % number for number in range(600))
    lists = by_key(published("bets", server.url("/list.txt", answer(good))))
    done = update(lists, settings, moment=NOW + 3 * DAY, limits=PATIENT)
    assert (*done.renewed, done.domains) == ("bets", 600)
    said = answers(settings)
    assert said["bet7.example"][0] is Action.ALLOW
    assert decision(settings, lists, "new7.example").source == "bets"
