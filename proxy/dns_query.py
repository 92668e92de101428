"""Bytes of a client -> the one question in them, or the answer to what is none."""

from dataclasses import dataclass

import dns.exception
import dns.message
import dns.name
import dns.opcode
import dns.rdataclass
import dns.rdatatype
from dns.edns import EDECode
from dns.rcode import Rcode
from dns.rdatatype import RdataType

from proxy.dns_message import Answer, render
from proxy.dns_wire import failure

FIRST_META, LAST_META = 128, 255
"""Kinds that mean a way of asking, RFC 6895 section 3.1: transfers, keys. ANY alone is answered."""


class Unasked(ValueError):  # noqa: N818 - it is an answer, not a mistake
    """This is no question that the door takes; `wire` says so to the client."""

    def __init__(self, wire: bytes) -> None:
        """The wire is a whole message."""
        super().__init__("no question")
        self.wire = wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question, with the message that it came in."""

    message: dns.message.Message
    name: dns.name.Name
    """As it was spelled."""
    kind: RdataType
    is_stream: bool
    """It came over TCP, and so goes the answer."""

    def answer(self, answer: Answer) -> bytes:
        """The message that answers it."""
        return render(self.message, answer, is_stream=self.is_stream)


def read_query(wire: bytes, *, is_stream: bool) -> Query:
    """The question in a message that has a whole header.

    Raises:
        Unasked: there is none, or one that is not answered here.
    """
    if wire[2] >> 3 & 0b1111 != dns.opcode.QUERY:
        raise Unasked(failure(wire, Rcode.NOTIMP))
    try:
        message = dns.message.from_wire(wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError) as error:
        raise Unasked(failure(wire, Rcode.FORMERR)) from error
    if len(message.question) != 1:
        raise Unasked(failure(wire, Rcode.FORMERR))
    question = message.question[0]
    query = Query(message=message, name=question.name, kind=question.rdtype, is_stream=is_stream)
    if message.edns > 0:
        raise Unasked(query.answer(Answer(code=Rcode.BADVERS)))
    if question.rdclass != dns.rdataclass.IN or _is_way_of_asking(query.kind):
        raise Unasked(query.answer(refused()))
    return query


def refused() -> Answer:
    """The answer to whom, or to what, this door does not answer."""
    return Answer(code=Rcode.REFUSED, why=EDECode.PROHIBITED)


def _is_way_of_asking(kind: RdataType) -> bool:
    return kind == dns.rdatatype.OPT or (
        FIRST_META <= kind <= LAST_META and kind != dns.rdatatype.ANY
    )
