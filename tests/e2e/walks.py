"""How a vector is walked: bytes on a socket, TLS, HTTP/2, a WebSocket, as a client that means no good would."""

import re
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from socket import create_connection, socket
from typing import Any

import h2.config
import h2.connection
import h2.events
from h2.exceptions import ProtocolError
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.e2e.conftest import is_whole

SECONDS = 8.0
"""Longer than a site that speaks first is waited for."""
LOCAL_CA = "Porchlight"

type Does = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a client saw."""

    status: int | None
    """Of the answer. None: there was none."""
    headers: Mapping[str, str]
    """In small letters."""
    text: str
    """Of the answer, or all that came out of the tunnel."""
    opened: bool | None
    """Whether the certificate was the home's. None: no TLS."""


NOTHING = Outcome(status=None, headers={}, text="", opened=None)


def walk(port: int, device: str, does: Does, ports: Mapping[str, int]) -> Outcome:
    """Walk one vector through the proxy."""
    does = filled(does, {**ports, "id": does["id"]})
    way = WAYS[does.get("via", "plain")]
    with create_connection(("127.0.0.1", port), SECONDS, (device, 0)) as line:
        line.settimeout(does.get("seconds", SECONDS))
        try:
            refused = connected(line, does) if "connect" in does else None
            if refused is not None:
                return refused
            if way.alpn is None:
                return way.walked(line, does)
            with handshake(line, does, way.alpn) as secure:
                opened = is_ours(secure)
                return replace(way.walked(secure, does), opened=opened)
        except (OSError, ProtocolError):
            return NOTHING


def filled(does: Any, parts: Mapping[str, object]) -> Any:
    """The same with `{http}` and its like filled in, wherever it stands."""
    if isinstance(does, str):
        for name, value in parts.items():
            does = does.replace("{" + name + "}", str(value))
        return does
    if isinstance(does, dict):
        return {key: filled(value, parts) for key, value in does.items()}
    return [filled(one, parts) for one in does] if isinstance(does, list) else does


def asked(line: socket, does: Does) -> Outcome:
    """Requests in HTTP/1.1, to the proxy itself in absolute form or in a tunnel; the last one counts."""
    for before in does.get("before", ()):
        answered(line, text_of({"target": "/", "connect": does.get("connect", ""), **before}))
    came = outcome(answered(line, text_of({"target": "/", **does})))
    if does.get("follow") and "location" in came.headers:
        return asked(line, {**does, "target": came.headers["location"]})
    return came


def said(line: socket, does: Does) -> Outcome:
    """Bytes as written, and all that comes back."""
    heard = b""
    with suppress(OSError):
        time.sleep(does.get("wait", 0))
        if "after" in does:
            heard += until(line, does["after"].encode())
        line.sendall(bytes_of(does.get("send", "")))
        heard += until(line, does.get("until", "\0\0never").encode("latin-1"))
    return outcome(heard) if heard.startswith(b"HTTP/1.") else replace(NOTHING, text=text(heard))


def talked(line: socket, does: Does) -> Outcome:
    """What comes back for one message in a WebSocket."""
    name = does.get("host", does["connect"])
    try:
        with connect(
            f"ws://{name}/", sock=line, proxy=None, additional_headers={"X-Vector": does["id"]}
        ) as talk:
            talk.send(does["send"])
            return replace(NOTHING, text=str(talk.recv(SECONDS)))
    except InvalidStatus as error:
        headers = {name.lower(): value for name, value in error.response.headers.raw_items()}
        return replace(NOTHING, status=error.response.status_code, headers=headers)


def http2(line: socket, does: Does) -> Outcome:
    """HTTP/2: the streams before, and the one that counts."""
    talk = h2.connection.H2Connection(
        h2.config.H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False)
    )
    talk.initiate_connection()
    streams = [*does.get("before", ()), does]
    for number, one in enumerate(streams):
        ident = does["id"] if number + 1 == len(streams) else ""
        talk.send_headers(
            2 * number + 1, headers_of(one, does, ident), end_stream="body" not in one
        )
        if "body" in one:
            talk.send_data(2 * number + 1, bytes_of(one["body"]), end_stream=True)
    line.sendall(talk.data_to_send())
    return reply_on(line, talk, 2 * len(streams) - 1)


def headers_of(one: Does, does: Does, ident: str) -> list[tuple[str, str]]:
    """Of a request in HTTP/2, as written."""
    pseudo = {
        ":method": one.get("method", "GET"),
        ":scheme": "https",
        ":authority": one.get("authority", does["connect"]),
        ":path": one.get("target", "/"),
    }
    written = [tuple(pair) for pair in one.get("headers", ())]
    fields = [(name, value) for name, value in pseudo.items() if value != "none"]
    return [*fields, *written, ("x-vector", ident)]


def reply_on(line: socket, talk: h2.connection.H2Connection, stream: int) -> Outcome:
    """The answer on one stream."""
    head: dict[str, str] = {}
    body = b""
    while chunk := line.recv(65536):
        for event in talk.receive_data(chunk):
            if getattr(event, "stream_id", stream) != stream:
                continue
            if isinstance(event, h2.events.ResponseReceived):
                head = {text(name): text(value) for name, value in event.headers or ()}
            if isinstance(event, h2.events.DataReceived):
                body += event.data or b""
            if isinstance(event, h2.events.StreamEnded):
                return replace(NOTHING, status=int(head[":status"]), headers=head, text=text(body))
            if isinstance(event, h2.events.StreamReset | h2.events.ConnectionTerminated):
                return NOTHING
        line.sendall(talk.data_to_send())
    return NOTHING


def connected(line: socket, does: Does) -> Outcome | None:
    """None if the tunnel stands; else what came in its place."""
    connect = does["connect"]
    line.sendall(
        f"CONNECT {connect} HTTP/1.1\r\nHost: {does.get('via_host', connect)}\r\n\r\n".encode()
    )
    head = b""
    while b"\r\n\r\n" not in head and (chunk := line.recv(1)):
        head += chunk
    if head.startswith(b"HTTP/1.1 200 "):
        return None
    with suppress(OSError):
        while not is_whole(head) and (chunk := line.recv(65536)):
            head += chunk
    return outcome(head)


def handshake(line: socket, does: Does, alpn: str) -> ssl.SSLSocket:
    """TLS in the tunnel, with the name that is written, or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # whose certificate it is, is what is looked at
    context.set_alpn_protocols([alpn])
    name = does.get("sni", does["connect"].rpartition(":")[0])
    return context.wrap_socket(line, server_hostname=None if name == "none" else name)


def is_ours(secure: ssl.SSLSocket) -> bool:
    """Whether the certificate is one that the home made."""
    return LOCAL_CA.encode() in (secure.getpeercert(binary_form=True) or b"")


def text_of(does: Does) -> bytes:
    """A request in HTTP/1.1, as written."""
    if "raw" in does:
        return bytes_of(does["raw"])
    target = does["target"]
    absolute = re.match(r"\w+://([^/]*)", target)
    authority = absolute[1] if absolute else does.get("connect", "")
    host = does.get("host", authority)
    body = bytes_of(does.get("body", ""))
    lines = [f"{does.get('method', 'GET')} {target} HTTP/1.1"]
    lines += [] if host == "none" else [f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in does.get("headers", ())]
    lines += [f"X-Vector: {does['id']}"] if does.get("id") else []
    lines += [f"Content-Length: {len(body)}"] if body and "framed" not in does else []
    return "\r\n".join((*lines, "", "")).encode() + body


def bytes_of(written: str) -> bytes:
    """The text as bytes; `hex:` for what is no text."""
    return bytes.fromhex(written[4:]) if written.startswith("hex:") else written.encode()


def answered(line: socket, request: bytes) -> bytes:
    """All that comes back, to the end that the answer tells."""
    line.sendall(request)
    answer = b""
    while not is_whole(answer) and (chunk := line.recv(65536)):
        answer += chunk
    return answer


def until(line: socket, end: bytes) -> bytes:
    """What comes until these bytes or the end."""
    heard = b""
    with suppress(OSError):
        while end not in heard and (chunk := line.recv(65536)):
            heard += chunk
    return heard


def outcome(answer: bytes) -> Outcome:
    """An answer in HTTP/1.1, read."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = text(head).split("\r\n")
    words = first.split(" ")
    status = int(words[1]) if len(words) > 1 and words[1].isdecimal() else None
    fields = (one.partition(":") for one in lines)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    return replace(NOTHING, status=status, headers=headers, text=text(body))


def text(raw: bytes | str) -> str:
    """Bytes as text, one letter each."""
    return raw if isinstance(raw, str) else raw.decode("latin-1")


@dataclass(frozen=True)
class Way:
    """How a client comes, and what it speaks."""

    walked: Callable[[socket, Does], Outcome]
    alpn: str | None = None
    """In TLS, with this protocol. None: as it is."""


WAYS = {
    "plain": Way(asked),
    "web-tunnel": Way(asked),
    "tunnel": Way(said),
    "websocket": Way(talked),
    "tls": Way(asked, "http/1.1"),
    "tls-raw": Way(said, "http/1.1"),
    "websocket-tls": Way(talked, "http/1.1"),
    "h2": Way(http2, "h2"),
}
"""By the name that vectors use. All but `plain` begin with CONNECT."""
