"""An addon that knows every name."""

import asyncio
from dataclasses import dataclass, field

import dns.message
import dns.rcode
from mitmproxy.dns import DNSFlow

from proxy.dns_wire import Wire


@dataclass
class Oracle:
    """An addon that answers every name with itself, `slow.` ones late and `broken.` ones not at all."""

    name: str = "oracle"
    asked: list[str] = field(default_factory=list)
    waiting: int = 0
    most_waiting: int = 0

    async def dns_request(self, flow: DNSFlow) -> None:
        query = dns.message.from_wire(flow.request.packed)
        asked = query.question[0].name.to_text()
        self.asked.append(asked)
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        if asked.startswith("slow."):
            await asyncio.sleep(0.3)
        self.waiting -= 1
        if not asked.startswith("broken."):
            flow.response = Wire.read(dns.message.make_response(query).to_wire())

    def dns_unanswered(self, flow: DNSFlow) -> None:
        self.asked.append("unanswered")
        flow.response = flow.request.fail(dns.rcode.REFUSED)
