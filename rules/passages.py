"""A parent's leave for an app that refuses to be opened: where it can be given, and for how long.

Law: a leave opens no door. What a name closes stays closed, and hours and budgets go on.
"""

from datetime import datetime, timedelta

from rules.compile import Ruleset
from rules.engine import QUESTIONS
from rules.facts import Facts, Passage
from rules.hosts import parse_url
from rules.identity import identify
from rules.policy import Action
from rules.questions import inquire
from rules.request import Client, Request, Stage

LASTS = timedelta(days=7)
"""How long a leave holds."""
_BY_THE_CLOCK = frozenset({"grant", "window", "budget"})
"""Questions whose answers end by themselves."""


def can_pass(ruleset: Ruleset, facts: Facts, moment: datetime, *, device: str, host: str) -> bool:
    """Whether a leave would let a host through on a device (its key, else its address), sooner or later.

    Not where its name is closed whatever the hour, and not where it passes unopened anyhow.
    """
    request = name_request(ruleset, device, host)
    asker = identify(ruleset.roll, request.client)
    inquiry = inquire(ruleset, request, facts, moment, asker)
    if inquiry.seal is not None:
        return False
    for name, ask in QUESTIONS:
        answer = None if name in _BY_THE_CLOCK else ask(inquiry)
        if answer is not None and answer.is_final:
            return answer.action is Action.ALLOW
    raise AssertionError("the default answers every request")


def name_request(ruleset: Ruleset, device: str, host: str) -> Request:
    """The request for an encrypted connection to a host, from a device by its key or address."""
    is_named = device in ruleset.roll.owners
    client = Client(name=device) if is_named else Client(address=device)
    url = parse_url(f"https://{f'[{host}]' if ':' in host else host}/")
    return Request(id="passage", url=url, client=client, method="CONNECT", stage=Stage.NAME)


def new_passage(device: str, host: str, *, by: str, moment: datetime) -> Passage:
    """A leave that begins now."""
    return Passage(device=device, host=host, given=moment, ends=moment + LASTS, by=by)
