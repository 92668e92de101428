"""One DNS query -> its answer: the same engine, asked about a name by devices that take no proxy.

What only a path or a page can tell is not asked here: the answer to the name stands. A device behind
WireGuard is different: its connections come to the proxy, so a blocked name is given an address there,
where the child sees why.
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import IPv6Network, ip_address

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.edns import EDECode
from dns.rcode import Rcode
from dns.rdatatype import RdataType
from mitmproxy.dns import DNSFlow
from mitmproxy.flow import Error
from mitmproxy.proxy.mode_specs import WireGuardMode

from proxy import dns_layer, enforce, translate
from proxy.dns_layer import Wire
from proxy.dns_message import Answer, address_records, alias, render, without_hints
from proxy.dns_names import Asked, Kind, read_name
from proxy.dns_upstream import (
    LONGEST_TTL,
    Found,
    Upstream,
    chosen_server,
    system_servers,
)
from proxy.door import Door
from proxy.live import State
from rules.decision import Decision, DecisionRecord, Reason
from rules.engine import decide
from rules.hosts import parents, parse_url
from rules.identity import identify
from rules.policy import Action
from rules.reach import is_outside
from rules.request import Client, Request, Stage
