"""A name server beyond the house, on loopback, that counts what it is asked; and a policy to ask about."""

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

OUTSIDE = "93.184.216.34"
OUTSIDE_6 = "2606:2800:220:1:248:1893:25c8:1946"
ZONE = f"""\
good.example. 300 IN A {OUTSIDE}
good.example. 300 IN AAAA {OUTSIDE_6}
good.example. 300 IN MX 10 mail.good.example.
good.example. 300 IN TXT "hello"
good.example. 300 IN HTTPS 1 . alpn=h3,h2 ipv4hint={OUTSIDE} ech=AAj+DQAEAAAAAA==
www.good.example. 30 IN CNAME good.example.
bad.example. 300 IN A {OUTSIDE}
help.example. 300 IN A {OUTSIDE}
inside.example. 300 IN A 192.168.1.5
inside.example. 300 IN AAAA fd00::5
half.example. 300 IN A 192.168.1.5
half.example. 300 IN A {OUTSIDE}
nas.lan. 300 IN A 192.168.1.5
mask.icloud.com. 300 IN A {OUTSIDE}
_dns.resolver.arpa. 300 IN SVCB 1 dns.example. alpn=h2
safe.search.example. 300 IN A 216.239.38.120
search.example. 300 IN A {OUTSIDE}
plain-search.example. 300 IN A {OUTSIDE}
1.1.168.192.in-addr.arpa. 300 IN PTR router.lan.
"""
BIG = [f'"{number:03}{"x" * 200}"' for number in range(40)]

type Record = dns.rrset.RRset


def records(zone: str = ZONE) -> dict[tuple[str, dns.rdatatype.RdataType], Record]:
    found: dict[tuple[str, dns.rdatatype.RdataType], Record] = {}
    for line in zone.splitlines():
        name, ttl, _, kind, text = line.split(" ", 4)
        one = dns.rrset.from_text(name, int(ttl), "IN", kind, text)
        found.setdefault((name, one.rdtype), one).add(one[0])
    big = dns.rrset.from_text_list("big.example.", 300, "IN", "TXT", BIG)
    found["big.example.", big.rdtype] = big
    return found


@dataclass
class NameServer:
    """Answers from ZONE; what it is asked is kept."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    records: dict[tuple[str, dns.rdatatype.RdataType], Record] = field(default_factory=records)
    delay: float = 0.0
    knows_edns: bool = True
    answers: bool = True
    spoil: Callable[[bytes], bytes] = lambda wire: wire

    def answer(self, wire: bytes, longest: int) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text().lower()
        self.asked.append(f"{name} {dns.rdatatype.to_text(question.rdtype)}")
        if not self.answers:
            return None
        time.sleep(self.delay)
        if query.edns >= 0 and not self.knows_edns:
            refusal = dns.message.make_response(dns.message.make_query(question.name, "A"))
            refusal.id, refusal.question = query.id, query.question
            refusal.set_rcode(dns.rcode.FORMERR)
            return refusal.to_wire()
        response = dns.message.make_response(query, recursion_available=True)
        self._fill(response, name, question.rdtype)
        return self.spoil(response.to_wire(max_size=longest, prefer_truncation=True))

    def _fill(
        self, response: dns.message.Message, name: str, kind: dns.rdatatype.RdataType
    ) -> None:
        alias = self.records.get((name, dns.rdatatype.CNAME))
        if alias is not None:
            response.answer.append(alias)
            name = alias[0].target.to_text()
        if (name, kind) in self.records:
            response.answer.append(self.records[name, kind])
        elif not any(known == name for known, _ in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        response.answer.append(dns.rrset.from_text("sneaked.example.", 300, "IN", "A", "6.6.6.6"))


class Datagram(socketserver.BaseRequestHandler):
    known: NameServer

    def handle(self) -> None:
        data, sender = self.request
        if (wire := self.known.answer(data, 512)) is not None:
            sender.sendto(wire, self.client_address)


class Stream(socketserver.BaseRequestHandler):
    known: NameServer

    def handle(self) -> None:
        length = int.from_bytes(self.request.recv(2), "big")
        if (wire := self.known.answer(self.request.recv(length), 65_535)) is not None:
            self.request.sendall(len(wire).to_bytes(2, "big") + wire)


@contextmanager
def served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port that nobody has over UDP nor TCP just now."""
    for _ in range(100):
        with socket.socket() as one, socket.socket(type=socket.SOCK_DGRAM) as other:
            one.bind(("127.0.0.1", 0))
            with suppress(OSError):
                other.bind(one.getsockname())
                return int(other.getsockname()[1])
    raise RuntimeError("no port is free")


@contextmanager
def open_name_server() -> Iterator[NameServer]:
    server = NameServer()
    datagram, stream = (type(one.__name__, (one,), {"known": server}) for one in (Datagram, Stream))
    server.port = free_port()
    place = ("127.0.0.1", server.port)
    datagrams = socketserver.ThreadingUDPServer(place, datagram)
    streams = socketserver.ThreadingTCPServer(place, stream)
    with served(datagrams), served(streams):
        yield server


@contextmanager
def silent_port() -> Iterator[int]:
    """A UDP port on which nobody ever answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield nobody.getsockname()[1]
