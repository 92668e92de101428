"""A decision -> what the client gets. Only blocked requests are touched; what passes is left as it is."""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from mitmproxy import ctx
from mitmproxy.connection import Client as ClientConnection
from mitmproxy.connection import Connection
from mitmproxy.http import HTTPFlow, Request, Response
from mitmproxy.proxy.server import ConnectionIO

from proxy import error_page
from proxy.block_page import CONTENT_POLICY, render
from proxy.fitting import Form, form_of
from rules.compile import Ruleset
from rules.decision import BUILT_IN, Decision, Reason
from rules.policy import UNKNOWN, Action
from rules.request import Stage

ANSWERED = "porchlight"
"""Key in a flow's metadata: the answer is ours."""
BLOCKED, UNREADABLE, UNREACHED = 403, 400, 502
HTTP2 = b"h2"
"""Its name in ALPN, RFC 9113 section 3.2."""
OTHER_WAYS = ("Alt-Svc", "Alternate-Protocol")
LARGEST_BODY_READ = 1 << 20
"""Bytes of a blocked request's body that are taken in before it is answered."""

DOT = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00"
    b"!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
"""One transparent pixel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A blocked request, with all that its answer says."""

    decision: Decision
    ruleset: Ruleset
    host: str
    moment: datetime


def local(decision: Decision) -> Decision:
    """The same request, refused because its address is inside the house."""
    return replace(
        decision,
        action=Action.BLOCK,
        reason=Reason.LOCAL,
        entry=None,
        file=BUILT_IN,
        line=None,
        until=None,
        category=None,
        listed=None,
        note="",
        grant=None,
    )


def unasked(
    ident: str, action: Action, reason: Reason, *, revision: str, profile: str = UNKNOWN
) -> Decision:
    """The answer where the rules could not be asked: the request is unreadable, or Porchlight broke."""
    return Decision(
        id=ident,
        action=action,
        reason=reason,
        profile=profile,
        device=None,
        entry=None,
        file=BUILT_IN,
        line=None,
        until=None,
        look=Stage.NAME,
        revision=revision,
    )


def block(flow: HTTPFlow, blocked: Blocked) -> None:
    """Answer in the site's place, before anything is sent there."""
    give(flow, answer(flow.request, blocked))


def replace_answer(flow: HTTPFlow, blocked: Blocked) -> None:
    """Answer in the place of what the site has begun to send; body.py lets nothing more of it through."""
    flow.response = answer(flow.request, blocked)
    flow.metadata[ANSWERED] = BLOCKED


def give(flow: HTTPFlow, response: Response) -> None:
    """Answer with this in the site's place."""
    flow.request.stream = False  # mitmproxy cannot answer a request that it streams
    if _has_large_body(flow.request):
        flow.kill()  # an answer would have to wait for the whole of it, in memory
    else:
        flow.response = response
    flow.metadata[ANSWERED] = response.status_code  # last: the guard trusts it


def answer(request: Request, blocked: Blocked) -> Response:
    """403 in the form that fits where the browser wanted to put it."""
    form = form_of(request)
    content_type, body = _body(form, blocked)
    headers = {
        "Cache-Control": "no-store",
        "X-Porchlight": mark(blocked.decision),
        "X-Content-Type-Options": "nosniff",
    }
    if content_type:
        headers["Content-Type"] = content_type
    if form in {Form.PAGE, Form.FRAME}:
        headers["Content-Security-Policy"] = CONTENT_POLICY
    if request.method in {"HEAD", "OPTIONS"}:
        body = b""
    return Response.make(BLOCKED, body, headers)


def refuse_unreadable(flow: HTTPFlow, decision: Decision, ruleset: Ruleset, detail: str) -> None:
    """Answer a request that no browser would send."""
    _own_answer(
        flow,
        UNREADABLE,
        error_page.render(UNREADABLE, detail, ruleset.policy.language),
        {"X-Porchlight": mark(decision)},
    )


def unreached(flow: HTTPFlow, ruleset: Ruleset, detail: str) -> None:
    """Say that the site's name is not known: not a block."""
    _own_answer(flow, UNREACHED, error_page.render(UNREACHED, detail, ruleset.policy.language))


def onward(flow: HTTPFlow) -> bool | Callable[[bytes], bytes]:
    """How the body of a request that passes goes on: as it comes.

    HTTP/2 lets a body come without its length. To a site that speaks HTTP/1.1 mitmproxy sends such a body
    without a frame, and the site reads a second request in it that nobody has judged: it is not sent.
    """
    if not flow.request.is_http2 or "content-length" in flow.request.headers:
        return True

    def pass_on(chunk: bytes) -> bytes:
        if not chunk or flow.server_conn.alpn == HTTP2:
            return chunk
        close(flow.client_conn)
        return b""

    return pass_on


def ask_in_one_piece(flow: HTTPFlow) -> None:
    """Have the site answer whole, or one piece: of several pieces (multipart/byteranges) no header says what they are."""
    if "," in flow.request.headers.get("range", ""):
        del flow.request.headers["range"]


def forget_other_ways(flow: HTTPFlow) -> None:
    """Take out of an answer where else the site can be had: over QUIC nobody would see it (RFC 7838)."""
    for name in OTHER_WAYS:
        if flow.response and name in flow.response.headers:
            del flow.response.headers[name]


def mark(decision: Decision) -> str:
    """What the X-Porchlight header says."""
    rule = BUILT_IN if decision.line is None else f"{decision.file}:{decision.line}"
    readable = "".join(mark if mark.isascii() and mark.isprintable() else "?" for mark in rule)
    return f"block; reason={decision.reason.value}; rule={readable}; id={decision.id}"


def close(client: ClientConnection) -> None:
    """End a client's connection with everything in it."""
    transport = _transport(client, client)
    if transport and transport.handler:
        # Killing a flow leaves a WebSocket or a raw tunnel open; ending the client's task closes all.
        transport.handler.cancel("closed by Porchlight")


def let_go(client: ClientConnection, connection: Connection) -> None:
    """Close the socket of a connection that is over.

    mitmproxy 12.3 forgets it where it closes a connection in the moment that more data comes: the other
    side then waits until the garbage collector passes by.
    """
    transport = _transport(client, connection)
    if transport and isinstance(transport.writer, asyncio.StreamWriter):
        transport.writer.close()


def _transport(client: ClientConnection, connection: Connection) -> ConnectionIO | None:
    server = ctx.master.addons.get("proxyserver")
    handler = server.connections.get(client.id) if server else None
    return handler.transports.get(connection) if handler else None


def _own_answer(
    flow: HTTPFlow, status: int, body: bytes, more: Mapping[str, str] = MappingProxyType({})
) -> None:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": error_page.CONTENT_POLICY,
        **more,
    }
    give(flow, Response.make(status, b"" if flow.request.method == "HEAD" else body, headers))


def _has_large_body(request: Request) -> bool:
    length = request.headers.get("content-length")
    if length is not None:
        return not length.isdecimal() or int(length) > LARGEST_BODY_READ
    return "transfer-encoding" in request.headers or (
        request.is_http2 and request.method in {"POST", "PUT", "PATCH"}
    )


def _body(form: Form, blocked: Blocked) -> tuple[str, bytes]:
    match form:
        case Form.PAGE | Form.FRAME:
            page = render(
                blocked.decision,
                blocked.ruleset,
                host=blocked.host,
                moment=blocked.moment,
                is_small=form is Form.FRAME,
            )
            return "text/html; charset=utf-8", page.encode("utf-8")
        case Form.IMAGE:
            return "image/gif", DOT
        case Form.SCRIPT:
            return "text/javascript; charset=utf-8", b""
        case Form.STYLE:
            return "text/css; charset=utf-8", b""
        case Form.JSON:
            return "application/json", json.dumps(_facts(blocked.decision)).encode("utf-8")
        case Form.NOTHING:
            return "", b""


def _facts(decision: Decision) -> dict[str, object]:
    rule = BUILT_IN if decision.line is None else f"{decision.file}:{decision.line}"
    return {
        "blocked": True,
        "by": "porchlight",
        "reason": decision.reason.value,
        "rule": rule,
        "id": decision.id,
    }
