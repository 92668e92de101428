"""mitmproxy's hooks: what each request is asked, and when. Enforcement first, recording after.

For visitors it works in stock mitmproxy too: `mitmdump -s proxy/addon.py`. There an edit of this file
takes the filter away while it is read again; `python -m proxy` has no such moment.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:  # stock mitmproxy puts this file's own folder there, and only that
    sys.path.insert(0, ROOT)

from mitmproxy import ctx  # noqa: E402 - the path above comes first
from mitmproxy.addonmanager import Loader  # noqa: E402
from mitmproxy.connection import Client as ClientConnection  # noqa: E402
from mitmproxy.dns import DNSFlow  # noqa: E402
from mitmproxy.http import HTTPFlow  # noqa: E402
from mitmproxy.proxy import layer  # noqa: E402
from mitmproxy.proxy.context import Context  # noqa: E402
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode  # noqa: E402
from mitmproxy.proxy.server_hooks import ServerConnectionHookData  # noqa: E402
from mitmproxy.tcp import TCPFlow  # noqa: E402
from mitmproxy.tls import ClientHelloData, TlsData  # noqa: E402

from proxy import (  # noqa: E402
    body,
    datagrams,
    destination,
    enforce,
    error_page,
    guard,
    hello,
    measured_hello,
    names,
    own_host,
    safe_search,
    translate,
    tunnel,
)
from proxy.clients import client_of  # noqa: E402
from proxy.dns_door import DnsDoor  # noqa: E402
from proxy.door import Door, open_door  # noqa: E402
from proxy.enforce import ANSWERED, Blocked  # noqa: E402
from proxy.handshakes import device_of  # noqa: E402
from proxy.hello import Fate, Trusts  # noqa: E402
from proxy.live import State  # noqa: E402
from proxy.open_connections import Open, OpenConnections  # noqa: E402
from proxy.own_host import OwnHost  # noqa: E402
from proxy.resolver import Refused  # noqa: E402
from proxy.strictest import Asked, ask_all, blocked_of, is_certain, strictest  # noqa: E402
from proxy.tunnel import Speech  # noqa: E402
from rules.decision import Decision, DecisionRecord, Reason  # noqa: E402
from rules.engine import decide  # noqa: E402
from rules.hosts import parents  # noqa: E402
from rules.identity import identify  # noqa: E402
from rules.policy import UNKNOWN, Action  # noqa: E402
from rules.request import Client, Reply, Request  # noqa: E402

SWITCHING_PROTOCOLS = 101
HTTPS_PORT = 443


AWAITED = "porchlight-awaited"
"""Key in a flow's metadata: an Awaited."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A request that passed so far, where a rule wants to know what comes back; and what judges it then."""

    asked: Asked
    requests: tuple[Request, ...]
    state: State
    moment: datetime


class Porchlight(guard.Guarded):
    """Asks the rules about every request and does what they say."""

    name = "porchlight"

    def __init__(self, door: Door | None = None) -> None:
        """Without a door it opens its own when mitmproxy loads it."""
        self._door = door
        self._own_host = OwnHost()
        self._dns_door = DnsDoor(lambda: self._home, self._record)
        self.trusts: Trusts = self._trusts
        self._still_open = OpenConnections(lambda: self._home.live.state, self._write)

    def load(self, loader: Loader) -> None:
        """Open the door, in stock mitmproxy."""
        del loader
        if self._door is None:
            self._door = open_door()

    def running(self) -> None:
        """Take over the look-up of names, and what stock mitmproxy would do otherwise."""
        # Lazy: a blocked site is never contacted. Not raw: what is neither HTTP nor TLS is closed.
        ctx.options.update(connection_strategy="lazy", rawtcp=False)
        self._home.resolver.attach(asyncio.get_running_loop())
        self._still_open.start()
        error_page.install(lambda: self._home.live.language)
        body.install()
        measured_hello.install()

    def done(self) -> None:
        """Write what is waiting."""
        self._still_open.stop()
        if self._door is not None:
            self._door.close()

    async def http_connect(self, flow: HTTPFlow) -> None:
        """Refuse a tunnel into the house. Any other is let in, so that a child sees the page over HTTPS."""
        moment, state = datetime.now(UTC), self._home.live.state
        await self._home.sign_in.admit(flow, state, moment)
        host, port = flow.request.host, flow.request.port
        if flow.response or flow.error or names.is_own(host):
            return
        try:
            request = translate.named_request(flow.client_conn, host, port)
        except ValueError as error:
            self._refuse_unreadable(flow, state, moment, error)
            return
        decision = decide(state.ruleset, request, state.facts, moment)
        # A blocked name is not asked of DNS; its page comes inside the tunnel.
        may_open = decision.action is Action.ALLOW or request.url.is_address
        if may_open and await destination.is_inside(host, port, self._home.resolver):
            decision = enforce.local(decision)
        if decision.reason is Reason.LOCAL:
            self._block(flow, state, Asked(decision, request), moment)

    async def tls_clienthello(self, data: ClientHelloData) -> None:
        """Carry on untouched what the name allows, where nothing in it need be seen (hello.py)."""
        if own_host.is_own_tunnel(data):
            return
        moment, state, client = datetime.now(UTC), self._home.live.state, data.context.client
        verdict = await hello.judge(data, state, moment, self._home.resolver, self.trusts)
        asked = verdict.asked
        if asked is None or verdict.fate is Fate.BUMP:
            return
        self._write(state, asked, moment)
        if verdict.fate is Fate.CLOSE:
            enforce.close(client)
            return
        data.ignore_connection = True
        port = asked.request.url.port or HTTPS_PORT
        one = Open(
            client=client,
            requests=verdict.requests,
            due=moment,
            tunnel_port=port,
            led_to=safe_search.led_to(asked.decision),
        )
        self._still_open.add(client.id, one)

    def tls_established_client(self, data: TlsData) -> None:
        """Remember to whom our certificate was shown."""
        self._home.handshakes.established(data, self._home.live.state, datetime.now(UTC))

    def tls_failed_client(self, data: TlsData) -> None:
        """Learn who refuses our certificate."""
        self._home.handshakes.failed(data, self._home.live.state, datetime.now(UTC))

    async def requestheaders(self, flow: HTTPFlow) -> None:
        """Ask the rules, before a byte goes to the site."""
        self._home.handshakes.used(flow.client_conn, datetime.now(UTC))
        is_over = flow.response or flow.error or not flow.live
        if is_over or own_host.lets_pass(flow, self._home):
            return
        moment, state = datetime.now(UTC), self._home.live.state
        names.aim_http(flow)
        await self._home.sign_in.admit(flow, state, moment)
        if flow.response or flow.error or self._own_host.answers(flow, self._home):
            return
        try:
            requests = translate.requests_of(flow)
        except ValueError as error:
            self._refuse_unreadable(flow, state, moment, error)
            return
        answers = ask_all(requests, state, moment)
        asked, is_sure = strictest(answers), is_certain(answers)
        if asked.decision.action is Action.ALLOW:
            asked = await destination.follow(flow, state, asked, self._home.resolver)
        if asked.decision.action is Action.BLOCK:
            self._block(flow, state, asked, moment)
            return
        safe_search.apply(flow, answers, state)
        if flow.response is None:
            flow.request.stream = enforce.onward(flow)
            one = Open(client=flow.client_conn, requests=requests, due=moment)
            self._still_open.add(flow.id, one)
            if not is_sure:
                enforce.ask_in_one_piece(flow)
                flow.metadata[AWAITED] = Awaited(asked, requests, state, moment)
                return
        self._write(state, asked, moment)

    def responseheaders(self, flow: HTTPFlow) -> None:
        """Ask again where a rule wants to know what comes back, and let the body go on as it comes."""
        awaited: Awaited | None = flow.metadata.pop(AWAITED, None)
        if awaited is not None and flow.response:
            self._judge_reply(flow, awaited, translate.reply_of(flow.response))
        elif flow.response and ANSWERED not in flow.metadata and translate.is_dns(flow.response):
            self._judge_dns(flow, translate.reply_of(flow.response))
        enforce.forget_other_ways(flow)
        is_ours = ANSWERED in flow.metadata
        if flow.response and not is_ours and flow.response.status_code != SWITCHING_PROTOCOLS:
            flow.response.stream = True

    def response(self, flow: HTTPFlow) -> None:
        """Watch no longer what has come whole."""
        if flow.websocket is None:
            self._still_open.forget(flow.client_conn, flow.id)

    def websocket_end(self, flow: HTTPFlow) -> None:
        """Watch no longer what is over."""
        self._still_open.forget(flow.client_conn, flow.id)

    def error(self, flow: HTTPFlow) -> None:
        """Write down what passed, and never had an answer to be judged by."""
        self._still_open.forget(flow.client_conn, flow.id)
        awaited: Awaited | None = flow.metadata.pop(AWAITED, None)
        if awaited is not None:
            self._write(awaited.state, awaited.asked, awaited.moment)

    def websocket_message(self, flow: HTTPFlow) -> None:
        """Forget what has passed: mitmproxy would keep every message of a long talk."""
        if flow.websocket:
            del flow.websocket.messages[:-1]

    async def dns_request(self, flow: DNSFlow) -> None:
        """Answer who asks for a name."""
        await self._dns_door.answer(flow)

    async def dns_unanswered(self, flow: DNSFlow) -> None:
        """Answer who asked for a name when the rules broke."""
        await self._dns_door.pass_on(flow)

    async def server_connect(self, data: ServerConnectionHookData) -> None:
        """The last look at where a connection goes, whatever asked for it."""
        if data.server.address is None:
            return
        host, port, *_ = data.server.address
        name = safe_search.aim(self._home.live.state, data.client, host)
        self._home.resolver.lead(host, name)
        try:
            await self._home.resolver.addresses(name, port)
        except Refused:
            data.server.error = "this address is inside the house"
        except (OSError, ValueError):
            return  # the connection will say the same

    def client_disconnected(self, client: ClientConnection) -> None:
        """Leave no socket open, and nothing to watch."""
        self._home.handshakes.left(client, datetime.now(UTC))
        self._still_open.forget(client)
        enforce.let_go(client, client)

    def server_disconnected(self, data: ServerConnectionHookData) -> None:
        """Leave no socket open."""
        enforce.let_go(data.client, data.server)

    def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """Read all but TLS in a tunnel as HTTP; carry what is neither where the rules open it, and close it elsewhere."""
        context, spoken = nextlayer.context, tunnel.heard(nextlayer)
        nextlayer.layer = datagrams.next_layer(context, nextlayer.data_client())
        if nextlayer.layer is not None or spoken in {None, Speech.TLS}:
            return
        if spoken in tunnel.CARRIED and self._may_be_raw(context):
            nextlayer.layer = tunnel.carrying(spoken, context)
            return
        if spoken is Speech.ODD:
            self._note_unreadable(context)
        if spoken is not Speech.HTTP:
            enforce.close(context.client)
        nextlayer.layer = HttpLayer(context, HTTPMode.transparent)

    def tcp_start(self, flow: TCPFlow) -> None:
        """Close what is neither HTTP nor TLS, where stock mitmproxy was told to carry it."""
        enforce.close(flow.client_conn)

    def _trusts(self, client: Client) -> bool | None:
        """Whether a client's device takes our certificates."""
        asker = identify(self._home.live.state.ruleset.roll, client)
        device = device_of(asker.device, client)
        return self._home.handshakes.trusts(device, datetime.now(UTC))

    def _may_be_raw(self, context: Context) -> bool:
        """Whether a tunnel may carry what is neither TLS nor HTTP. Written down either way."""
        moment, state, client = datetime.now(UTC), self._home.live.state, context.client
        try:
            requests = translate.raw_requests(context)
        except ValueError:
            return False
        asked = strictest(ask_all(requests, state, moment))
        self._write(state, asked, moment)
        if asked.decision.action is Action.BLOCK:
            return False
        self._still_open.add(client.id, Open(client=client, requests=requests, due=moment))
        return True

    def _judge_reply(self, flow: HTTPFlow, awaited: Awaited, reply: Reply) -> None:
        state, moment = awaited.state, awaited.moment
        requests = tuple(one.answered(reply) for one in awaited.requests)
        asked = strictest(ask_all(requests, state, moment))
        if asked.decision.action is Action.BLOCK:
            enforce.replace_answer(flow, blocked_of(asked, state, moment))
        self._write(state, asked, moment)

    def _judge_dns(self, flow: HTTPFlow, reply: Reply) -> None:
        """What turns out to be DNS over HTTPS by its answer alone; nothing of that answer has gone on."""
        moment, state = datetime.now(UTC), self._home.live.state
        requests = [one.answered(reply) for one in translate.requests_of(flow)]
        asked = strictest(ask_all(requests, state, moment))
        if asked.decision.action is Action.BLOCK:
            enforce.replace_answer(flow, blocked_of(asked, state, moment))
            self._write(state, asked, moment)

    def _block(self, flow: HTTPFlow, state: State, asked: Asked, moment: datetime) -> None:
        enforce.block(flow, blocked_of(asked, state, moment))
        self._write(state, asked, moment)

    def _refuse_unreadable(
        self, flow: HTTPFlow, state: State, moment: datetime, error: ValueError
    ) -> None:
        decision = self._unasked(flow.client_conn, state, Action.BLOCK, Reason.UNREADABLE)
        enforce.refuse_unreadable(flow, decision, state.ruleset, str(error))
        self._record(state, translate.line_of_fault(decision, flow.client_conn, flow, moment))

    def _note_unreadable(self, context: Context) -> None:
        moment, state, client = datetime.now(UTC), self._home.live.state, context.client
        decision = self._unasked(client, state, Action.BLOCK, Reason.UNREADABLE)
        self._record(state, translate.line_of_fault(decision, client, context.server, moment))

    def _on_fault(self, hook: str, subject: object) -> None:
        moment, state = datetime.now(UTC), self._home.live.state
        client = guard.client_of(subject)
        action = state.ruleset.policy.when_filter_fails
        decision = self._unasked(client, state, action, Reason.FAILED)
        if decision.action is Action.BLOCK:
            if guard.is_answerable(subject, hook):
                blocked = Blocked(decision=decision, ruleset=state.ruleset, host="", moment=moment)
                enforce.block(subject, blocked)
            else:
                guard.shut(hook, subject)
        if client is not None:
            self._record(state, translate.line_of_fault(decision, client, subject, moment))

    def _unasked(
        self, client: ClientConnection | None, state: State, action: Action, reason: Reason
    ) -> Decision:
        profile = UNKNOWN
        if client is not None:
            with suppress(ValueError):  # a client without an IP address
                profile = identify(state.ruleset.roll, client_of(client)).profile.key
        return enforce.unasked(
            translate.new_id(), action, reason, revision=state.ruleset.revision, profile=profile
        )

    def _write(self, state: State, asked: Asked, moment: datetime) -> None:
        client, decision = asked.request.client, asked.decision
        self._home.sightings.note(client, decision, state.ruleset.roll, moment)
        self._record(state, translate.line(decision, asked.request, moment))

    def _record(self, state: State, line: DecisionRecord) -> None:
        help_sites = state.ruleset.catalog.help_sites
        seen = (*parents(line.host), *parents(line.decision.inside or line.host))
        if not help_sites.isdisjoint(seen):
            return  # whatever refused it or broke: who looks for help leaves no trace
        profile = state.ruleset.policy.profiles[line.decision.profile]
        self._home.recorder.put(line, profile.log)

    @property
    def _home(self) -> Door:
        if self._door is None:
            raise RuntimeError("Porchlight could not start")
        return self._door


addons = [Porchlight()]
"""For `mitmdump -s`."""
