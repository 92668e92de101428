# mypy: allow-untyped-calls
"""What is learnt from a handshake, and what is not."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.test import tflow
from mitmproxy.tls import TlsData
from OpenSSL import SSL
from sqlalchemy import Engine

from proxy import handshakes
from proxy.door import Door
from proxy.handshakes import AT_ONCE, READ_AGAIN, TELL_AGAIN, Handshakes, device_of
from proxy.recorder import Job, Recorder
from rules.handshakes import ANYWHERE, KEPT, RUN
from rules.policy import LogLevel
from rules.request import Client
from store import handshakes as stored
from tests.proxy.conftest import NOON, Notebook, make_door, make_policy

ALERT = "ssl/tls alert bad certificate"
UNKNOWN = "OpenSSL Error([('SSL routines', '', 'ssl/tls alert certificate unknown')])"
SECOND = timedelta(seconds=1)


def shaken(
    sni: str | None = "good.example",
    *,
    to: str = "good.example",
    error: str | None = None,
    address: str = "127.0.0.2",
    was_shown: bool = True,
) -> TlsData:
    """A handshake, failed if there is an error."""
    around = Context(tflow.tclient_conn(), Options())
    around.client.peername = (address, 50000)
    around.client.sni = sni
    around.client.error = error
    around.server.address = (to, 443)
    ssl_conn = SSL.Connection(SSL.Context(SSL.TLS_SERVER_METHOD)) if was_shown else None
    return TlsData(around.client, around, ssl_conn)


class Learning:
    """A door's handshakes and their database, with the recorder's turn at hand."""

    def __init__(self, door: Door, engine: Engine) -> None:
        self.door, self.engine = door, engine
        self.eye: Handshakes = door.handshakes
        self.notebook = cast("Notebook", door.recorder)

    def fail(self, data: TlsData, at: datetime = NOON) -> None:
        self.eye.failed(data, self.door.live.state, at)

    def establish(self, data: TlsData, at: datetime = NOON) -> None:
        self.eye.established(data, self.door.live.state, at)

    def turn(self) -> None:
        for job in self.notebook.jobs:
            job(self.engine)
        self.notebook.jobs.clear()

    def known(self, device: str = "tablet") -> dict[str, tuple[int, int]]:
        """Accepted and refused by host."""
        self.turn()
        rows = stored.read(self.engine, NOON).values()
        return {one.host: (one.accepted, one.refused) for one in rows if one.device == device}


@pytest.fixture
def learning(sqlite_engine: Engine) -> Learning:
    return Learning(make_door(), sqlite_engine)


@pytest.mark.parametrize("error", ["tlsv1 alert unknown ca", ALERT, UNKNOWN, "connection closed"])
def test_a_refusal_is_learnt_by_device_and_host(learning: Learning, error: str) -> None:
    learning.fail(shaken("GOOD.example.", error=error))
    assert learning.known() == {ANYWHERE: (0, 1), "good.example": (0, 1)}


@pytest.mark.parametrize(
    "data",
    [
        shaken(error="ssl/tls alert certificate expired"),
        shaken(error="Cannot parse ClientHello: 00"),
        shaken(error="connection closed", was_shown=False),
        shaken(error="connection closed early", was_shown=False),
        shaken(),
    ],
)
def test_what_fails_for_another_reason_is_no_refusal(learning: Learning, data: TlsData) -> None:
    learning.fail(data)
    assert learning.known() == {}


@pytest.mark.parametrize(
    "data",
    [
        shaken("bad.example", to="bad.example", error=ALERT),
        shaken("adult.example", to="adult.example", error=ALERT),
        shaken("good.example", to="bad.example", error=ALERT),
        shaken("help.example", to="good.example", error=ALERT),
        shaken("help.example", to="help.example", error=ALERT),
        shaken("bank.example", to="bank.example", error=ALERT),
        shaken("porchlight.home.arpa", to="porchlight.home.arpa", error=ALERT),
        shaken(None, error=ALERT),
        shaken("nas.example", to="localhost", error=ALERT),
    ],
    ids=[
        *("blocked", "category", "fronted", "fronted help", "help", "never opened", "our own"),
        *("nameless", "local"),
    ],
)
def test_a_host_that_must_not_pass_is_not_learnt(learning: Learning, data: TlsData) -> None:
    learning.fail(data)
    assert learning.known() == {ANYWHERE: (0, 1)}


def test_an_address_as_the_tunnels_end_does_not_contradict_the_name(learning: Learning) -> None:
    learning.fail(shaken("good.example", to="93.184.216.34", error=ALERT))
    assert set(learning.known()) == {ANYWHERE, "good.example"}


@pytest.mark.parametrize("level", [LogLevel.COUNTS, LogLevel.NOTHING])
def test_whose_log_keeps_no_names_leaves_none_here(sqlite_engine: Engine, level: LogLevel) -> None:
    learning = Learning(make_door(make_policy(log=level)), sqlite_engine)
    learning.fail(shaken(error=ALERT))
    assert learning.known() == {ANYWHERE: (0, 1)}


def test_a_device_without_a_name_is_known_by_its_address(learning: Learning) -> None:
    learning.fail(shaken(error=ALERT, address="::ffff:192.168.1.77"))
    assert set(learning.known("192.168.1.77")) == {ANYWHERE, "good.example"}
    client = Client(address="192.168.1.77")
    assert device_of(None, client) == "192.168.1.77"
    assert device_of("tablet", client) == "tablet"


def test_a_client_that_asks_for_something_has_taken_the_certificate(learning: Learning) -> None:
    data = shaken()
    learning.establish(data)
    assert learning.known() == {}, "not yet: some look at it when the handshake is through"
    learning.eye.used(data.context.client, NOON)
    learning.eye.used(data.context.client, NOON)
    assert learning.known() == {ANYWHERE: (1, 0)}


def test_a_client_that_goes_at_once_without_a_word_has_refused(learning: Learning) -> None:
    quick, slow, asking = shaken(), shaken(), shaken()
    for data in (quick, slow, asking):
        learning.establish(data)
    learning.eye.used(asking.context.client, NOON)
    learning.eye.left(asking.context.client, NOON)
    learning.eye.left(slow.context.client, NOON + AT_ONCE)
    assert learning.known() == {ANYWHERE: (1, 0)}
    learning.eye.left(quick.context.client, NOON + AT_ONCE - SECOND)
    assert learning.known() == {ANYWHERE: (1, 1), "good.example": (0, 1)}


def test_a_trusting_device_is_told_of_once_a_minute(learning: Learning) -> None:
    for at in (NOON, NOON + SECOND, NOON + TELL_AGAIN):
        data = shaken()
        learning.establish(data, at)
        learning.eye.used(data.context.client, at)
    assert learning.known() == {ANYWHERE: (2, 0)}


def test_a_success_where_somebody_refused_is_always_told(learning: Learning) -> None:
    learning.fail(shaken(error=ALERT))
    learning.turn()
    for n in range(2):
        data = shaken()
        learning.establish(data, NOON + n * SECOND)
        learning.eye.used(data.context.client, NOON + n * SECOND)
        learning.turn()
    assert learning.known() == {ANYWHERE: (2, 1), "good.example": (2, 1)}


def test_who_trusts_us_is_known_at_once_and_who_does_not_after_a_run(learning: Learning) -> None:
    assert learning.eye.trusts("tablet", NOON) is None
    data = shaken()
    learning.establish(data)
    learning.eye.used(data.context.client, NOON)
    assert learning.eye.trusts("tablet", NOON) is True, "before it is written"
    for n in range(RUN):
        assert learning.eye.trusts("127.0.0.9", NOON) is None
        learning.fail(shaken(f"{n}.example", to=f"{n}.example", error=ALERT, address="127.0.0.9"))
        learning.turn()
    assert learning.eye.trusts("127.0.0.9", NOON) is False
    assert learning.eye.trusts("tablet", NOON + KEPT - SECOND) is True


def test_what_other_processes_learnt_is_read_now_and_then(learning: Learning) -> None:
    other = Learning(make_door(), learning.engine)
    data = shaken()
    other.establish(data)
    other.eye.used(data.context.client, NOON)
    other.turn()
    assert learning.eye.trusts("tablet", NOON + READ_AGAIN) is None
    learning.turn()
    assert learning.eye.trusts("tablet", NOON + READ_AGAIN) is True


def test_another_authority_is_not_the_one_that_was_trusted(learning: Learning) -> None:
    data = shaken()
    learning.establish(data)
    learning.eye.used(data.context.client, NOON)
    learning.turn()
    later = Learning(make_door(), learning.engine)
    later.eye.open(NOON + SECOND)
    later.turn()
    assert later.eye.trusts("tablet", NOON + SECOND) is None
    assert later.known() == {}


def test_a_new_authority_in_a_running_proxy_begins_anew(learning: Learning) -> None:
    data = shaken()
    learning.establish(data)
    learning.eye.used(data.context.client, NOON)
    learning.turn()
    assert learning.eye.trusts("tablet", NOON) is True
    learning.eye.open(NOON + SECOND)
    learning.turn()
    assert learning.eye.trusts("tablet", NOON + SECOND) is None


def test_what_is_written_before_the_recorder_has_answered_is_not_the_last(
    sqlite_engine: Engine,
) -> None:
    done: list[Job] = []

    class Hasty(Notebook):
        """Its thread is quicker than ours."""

        def later(self, job: Job) -> bool:
            job(sqlite_engine)
            done.append(job)
            return True

    eye = Handshakes(cast("Recorder", Hasty()))
    eye.trusts("tablet", NOON)
    eye.trusts("tablet", datetime.now(UTC) + READ_AGAIN)
    assert len(done) == 2


def test_what_waits_is_bounded_while_the_database_is_gone(
    learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshakes, "MOST_OPEN", 2)
    monkeypatch.setattr(handshakes, "MOST_TOLD", 1)
    for n in range(3):
        data = shaken(address=f"10.0.0.{n}")
        learning.establish(data)
        learning.eye.used(data.context.client, NOON)
    for n in range(handshakes.MOST_WAITING + 10):
        learning.fail(shaken(error=ALERT), NOON + n * SECOND)
    assert len(learning.notebook.jobs) == 1
    learning.turn()
    assert stored.read(learning.engine, NOON)["tablet", "good.example"].refused == (
        handshakes.MOST_WAITING
    )
    for _ in range(3):
        learning.establish(shaken())
    assert len(learning.eye._open) == 2
