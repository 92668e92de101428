"""What becomes of an encrypted connection at its ClientHello: carried untouched, opened, or closed.

Law: nothing is opened that need not be, and nothing passes unopened on the word of a name that others contradict.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from mitmproxy.tls import ClientHelloData

from proxy import enforce, names, safe_search, translate
from proxy.live import State
from proxy.resolver import Refused, Resolver
from proxy.strictest import Asked, ask_all, strictest
from rules.policy import Action
from rules.request import Client, Request, Stage
from rules.seal import DEVICE, PASSAGE, TUNNEL

type Trusts = Callable[[Client], bool | None]
"""Whether a client takes our certificates, as its handshakes have shown. None: nobody knows yet."""

OTHER_PORTS = frozenset(
    {465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 5061, 5223, 5228, 6697, 8883}
)
"""Where TLS carries what is not HTTP: mail, news, directories, DNS, calls, push messages, chat. We could not read it."""
UNTRUSTING = frozenset({DEVICE, TUNNEL, PASSAGE})
"""Seals of devices and apps that would refuse a page of ours."""


class Fate(Enum):
    """What becomes of a connection."""

    SPLICE = "splice"
    """It goes on as it came; the client sees the site's own certificate."""
    BUMP = "bump"
    """It is opened, and each request in it is asked about; a blocked one gets its page."""
    CLOSE = "close"
    """It ends here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of one connection, and the answer that says so."""

    fate: Fate
    asked: Asked | None = None
    """None where no name could be read: the requests inside are refused one by one."""
    requests: tuple[Request, ...] = ()
    """One for each name."""


async def judge(
    data: ClientHelloData, state: State, moment: datetime, resolver: Resolver, trusts: Trusts
) -> Verdict:
    """What becomes of the connection. Where it was led here, this is also where its end is found."""
    names.aim_tls(data.context, data.client_hello.sni)
    address = data.context.server.address
    if address is None:
        return Verdict(fate=Fate.BUMP)
    try:
        requests = _requests(data, *address[:2])
    except ValueError:
        return Verdict(fate=Fate.BUMP)  # requestheaders says so to the client
    answers = ask_all(requests, state, moment)
    asked = strictest(answers)
    if asked.decision.action is Action.ALLOW and is_name_enough(answers, address[1]):
        return await _spliced(asked, requests, resolver, *address[:2])
    if asked.decision.action is Action.BLOCK and not _may_show(asked, state, trusts, address[1]):
        return Verdict(fate=Fate.CLOSE, asked=asked, requests=requests)
    return Verdict(fate=Fate.BUMP, asked=asked, requests=requests)


def is_name_enough(answers: Sequence[Asked], port: int) -> bool:
    """Whether what is in a connection need not be seen, by the answers to its names."""
    may_pass = port in OTHER_PORTS or all(one.decision.look is Stage.NAME for one in answers)
    do_agree = len(answers) == 1 or all(one.decision.seal for one in answers)
    is_front = any(one.request.url.host in names.ENCRYPTED_HELLO_FRONTS for one in answers)
    return may_pass and do_agree and not is_front


def _requests(data: ClientHelloData, host: str, port: int) -> tuple[Request, ...]:
    said = (host, data.client_hello.sni or host)
    spellings = dict.fromkeys(map(translate.normal_name, said))
    return tuple(translate.named_request(data.context.client, name, port) for name in spellings)


async def _spliced(
    asked: Asked, requests: tuple[Request, ...], resolver: Resolver, host: str, port: int
) -> Verdict:
    """What a name allows is carried untouched, if it leads out of the house."""
    fate = Fate.SPLICE
    try:
        await resolver.addresses(safe_search.led_to(asked.decision) or host, port)
    except Refused:
        asked = Asked(enforce.local(asked.decision), asked.request)
        fate = Fate.CLOSE if asked.decision.seal else Fate.BUMP
    except OSError:
        if not asked.decision.seal:
            fate = Fate.BUMP  # nothing of anybody's is opened: our page says that there is nothing
    return Verdict(fate=fate, asked=asked, requests=requests)


def _may_show(asked: Asked, state: State, trusts: Trusts, port: int) -> bool:
    """Whether a page of ours may stand in the site's place, and somebody would see it."""
    seal = asked.decision.seal
    if seal in UNTRUSTING or port in OTHER_PORTS:
        return False
    kind = state.ruleset.catalog.seals.get(seal or "")
    if kind is not None and kind.is_private:
        return False
    return trusts(asked.request.client) is not False
