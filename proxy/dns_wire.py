"""A DNS message as the bytes that came or go, and what mitmproxy tells an addon of it.

mitmproxy's own messages cannot spell all names (none of IDNA 2008, no byte above 127), and spell answers anew.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import struct
import time
from dataclasses import dataclass
from typing import Self

from mitmproxy.dns import DNSFlow, DNSMessage
from mitmproxy.proxy import commands

SERVER_FAILED = 2
"""RFC 1035 section 4.1.1."""
LONGEST_LABEL = 63
"""RFC 1035 section 2.3.4."""
_QUESTION_ENDS = 5
"""Bytes after the labels: the root, the kind, the class."""

_HEADER = struct.Struct("!HHHHHH")
_ANSWER, _RECURSION_DESIRED, _RECURSION_AVAILABLE = 1 << 15, 1 << 8, 1 << 7
_OPCODE = 0b1111 << 11


class Wire(DNSMessage):
    """A message as it came or goes, of which mitmproxy's fields tell the header only."""

    wire: bytes

    @classmethod
    def read(cls, wire: bytes) -> Self:
        """The message in these bytes.

        Raises:
            ValueError: they are too few to be one.
        """
        if len(wire) < _HEADER.size:
            raise ValueError("too short for a header")
        ident, flags, *_ = _HEADER.unpack_from(wire)
        message = cls(
            id=ident,
            query=not flags & _ANSWER,
            op_code=flags >> 11 & 0b1111,
            authoritative_answer=bool(flags & 1 << 10),
            truncation=bool(flags & 1 << 9),
            recursion_desired=bool(flags & _RECURSION_DESIRED),
            recursion_available=bool(flags & _RECURSION_AVAILABLE),
            reserved=flags >> 4 & 0b111,
            response_code=flags & 0b1111,
            questions=[],
            answers=[],
            authorities=[],
            additionals=[],
            timestamp=time.time(),
        )
        message.wire = bytes(wire)
        return message

    @classmethod
    def query_in(cls, wire: bytes) -> Self | None:
        """The query in these bytes; None if they are none. Answering an answer could go on for ever."""
        try:
            found = cls.read(wire)
        except ValueError:
            return None
        return found if found.query else None

    @property
    def packed(self) -> bytes:
        """The bytes themselves."""
        return self.wire

    def fail(self, response_code: int) -> DNSMessage:
        """The answer to it that says what went wrong."""
        return self.read(failure(self.wire, response_code))


@dataclass
class DnsUnansweredHook(commands.StartHook):
    """The hook of a query has neither answered it nor refused to: it broke, and the family wants it to pass."""

    flow: DNSFlow


def answer_of(flow: DNSFlow) -> bytes:
    """What goes to the client after the hooks: their answer, or that it failed."""
    return failure(flow.request.packed) if flow.response is None else flow.response.packed


def failure(query: bytes, code: int = SERVER_FAILED) -> bytes:
    """The answer that says no more than what went wrong. Takes any bytes that have a header."""
    ident, flags, *_ = _HEADER.unpack_from(query)
    kept = flags & (_OPCODE | _RECURSION_DESIRED)
    # Some clients take no answer that does not repeat the question, and wait instead.
    question = _question(query)
    flags = _ANSWER | kept | _RECURSION_AVAILABLE | code
    return _HEADER.pack(ident, flags, 1 if question else 0, 0, 0, 0) + question


def _question(query: bytes) -> bytes:
    """The question as it stands in a message; empty where there is none, or more than one."""
    end = _HEADER.size
    while end < len(query) and 0 < query[end] <= LONGEST_LABEL:
        end += query[end] + 1
    end += _QUESTION_ENDS
    is_whole = _HEADER.unpack_from(query)[2] == 1 and end <= len(query)
    return query[_HEADER.size : end] if is_whole and not query[end - _QUESTION_ENDS] else b""
