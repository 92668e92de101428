"""Learns from the TLS handshakes in which we show a certificate of ours: who trusts it, and which apps refuse.

Law: it only watches. Nothing here lets anything through; that is a parent's to say.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from mitmproxy.connection import Client as ClientConnection
from mitmproxy.tls import TlsData
from sqlalchemy import Engine

from proxy import translate
from proxy.live import State
from proxy.recorder import Recorder
from rules import handshakes
from rules.engine import decide
from rules.handshakes import ANYWHERE, Answer, Met
from rules.policy import Action, LogLevel
from rules.request import Client
from store import handshakes as stored

MOST_WAITING = 1000
"""What was seen and is not written yet; of more, the oldest is forgotten."""
MOST_OPEN = 20_000
"""Connections that have taken a certificate and asked for nothing yet."""
MOST_TOLD = 1000
"""Devices of which it is kept when they were last told of."""
AT_ONCE = timedelta(seconds=2)
"""A client that goes away so soon after the handshake, without a request, has refused: apps that pin a
certificate look at it when the handshake is through. Browsers keep what they opened in advance for longer."""
TELL_AGAIN = timedelta(minutes=1)
"""A device that trusts us is told of so often, not with every connection."""
READ_AGAIN = timedelta(seconds=5)
"""What other processes have learnt is read so often."""
NAMELESS = frozenset({LogLevel.COUNTS, LogLevel.NOTHING})
"""Of whom no host is kept, whatever it does."""
ALERTS = ("unknown ca", "bad certificate", "certificate unknown")
"""Alerts 48, 42 and 46 of RFC 8446 section 6.2, in OpenSSL's words."""
HTTPS = 443
IN_THE_HOUSE = ".home.arpa"
"""RFC 8375: names of the house itself, such as those of our own pages."""
GONE = "connection closed"
"""mitmproxy's word for a client that went away in the middle of a handshake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A certificate of ours that a client has seen."""

    device: str
    host: str
    """ANYWHERE: a host of which nothing is learnt."""
    profile: str
    at: datetime

    def met(self, answer: Answer, at: datetime) -> Met:
        """What became of it."""
        return Met(device=self.device, host=self.host, profile=self.profile, answer=answer, at=at)


class Handshakes:
    """What this process sees, and what all of them have learnt."""

    def __init__(self, recorder: Recorder) -> None:
        """Knows nothing yet; `open` reads what is remembered."""
        self._recorder = recorder
        self._open: dict[str, Shown] = {}
        self._told: dict[str, datetime] = {}
        self._waiting: deque[Met] = deque(maxlen=MOST_WAITING)
        self._is_asked = False
        self._known: dict[stored.Place, handshakes.Handshakes] = {}
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def open(self, authority_since: datetime | None) -> None:
        """Read what is remembered, without what was said of an earlier authority. From any thread."""
        self._told.clear()
        if authority_since is not None:
            self._recorder.later(lambda engine: stored.forget(engine, authority_since))
        self._ask()

    def established(self, data: TlsData, state: State, moment: datetime) -> None:
        """A handshake is through. Whether the client took our certificate, its next step tells."""
        shown = _shown(data, state, moment)
        if shown is not None and len(self._open) < MOST_OPEN:
            self._open[data.context.client.id] = shown

    def failed(self, data: TlsData, state: State, moment: datetime) -> None:
        """A handshake has failed. It is a refusal if our certificate was seen and the client says so, or goes away."""
        answer = _answer(data)
        shown = None if answer is None else _shown(data, state, moment)
        if answer is not None and shown is not None:
            self._take(shown.met(answer, moment))

    def used(self, client: ClientConnection, moment: datetime) -> None:
        """A request has come: the client took the certificate."""
        shown = self._open.pop(client.id, None)
        if shown is None:
            return
        told = self._told.get(shown.device)
        has_refused = bool(shown.host) and (shown.device, shown.host) in self._known
        if has_refused or told is None or moment - told >= TELL_AGAIN:
            if len(self._told) >= MOST_TOLD:
                self._told.clear()
            self._told[shown.device] = moment
            self._take(shown.met(Answer.ACCEPTED, moment))

    def left(self, client: ClientConnection, moment: datetime) -> None:
        """The client has gone. Without a request, and at once, it has refused."""
        shown = self._open.pop(client.id, None)
        if shown is not None and moment - shown.at < AT_ONCE:
            self._take(shown.met(Answer.LEFT, moment))

    def trusts(self, device: str, moment: datetime) -> bool | None:
        """Whether a device (its key, else its address) trusts our certificate. None: nobody knows."""
        if moment - self._read_at >= READ_AGAIN:
            self._ask()
        told = self._told.get(device)
        if told is not None and moment - told < TELL_AGAIN:
            return True  # it may not be written yet
        return handshakes.trusts(self._known.get((device, ANYWHERE)), moment)

    def _take(self, met: Met) -> None:
        with self._lock:
            self._waiting.append(met)
        self._ask()

    def _ask(self) -> None:
        """Have it written and read, in the recorder's turn."""
        if not self._is_asked:
            self._is_asked = True
            # never set after the job is handed over: it may be done by then, and nobody would ask again
            if not self._recorder.later(self._exchange):
                self._is_asked = False

    def _exchange(self, engine: Engine) -> None:
        self._is_asked = False
        with self._lock:
            batch = list(self._waiting)
            self._waiting.clear()
        stored.note(engine, batch)
        moment = datetime.now(UTC)
        self._known = stored.read(engine, moment)
        self._read_at = moment


def device_of(key: str | None, client: Client) -> str:
    """What handshakes and passages call a device: its key, else its address."""
    return key or client.address or ""


def _answer(data: TlsData) -> Answer | None:
    if data.ssl_conn is None:
        return None  # it never saw a certificate
    error = data.conn.error or ""
    if any(word in error for word in ALERTS):
        return Answer.REFUSED
    return Answer.LEFT if error == GONE else None


def _shown(data: TlsData, state: State, moment: datetime) -> Shown | None:
    """None: it went to no place that has a name."""
    client, address = data.context.client, data.context.server.address
    sni, (host, port) = client.sni or "", (address or ("", HTTPS))[:2]
    try:
        request = translate.named_request(client, sni or host, port)
        does_agree = _agrees(request.url.host, address)
    except ValueError:
        return None
    decision = decide(state.ruleset, request, state.facts, moment)
    profile = state.ruleset.policy.profiles[decision.profile]
    is_told = (
        bool(sni)
        and does_agree
        # what is closed by its name stays so, whether its page was trusted or not
        and decision.action is Action.ALLOW
        # what is never opened needs nobody's leave, and help sites leave no trace
        and decision.seal is None
        and not request.url.host.endswith(IN_THE_HOUSE)
        and profile.log not in NAMELESS
    )
    return Shown(
        device=device_of(decision.device, request.client),
        host=request.url.host if is_told else ANYWHERE,
        profile=profile.key,
        at=moment,
    )


def _agrees(sni: str, address: tuple[str, int] | None) -> bool:
    """Whether the tunnel was asked for by the same name; an address has none."""
    if address is None:
        return True
    try:
        ip_address(address[0])
    except ValueError:
        return translate.normal_name(address[0]) == sni
    return True
