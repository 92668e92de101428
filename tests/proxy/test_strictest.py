"""Which answer counts where a request carries several names."""

from dataclasses import replace
from datetime import UTC, datetime

from proxy.live import State
from proxy.strictest import Asked, ask_all, is_certain, strictest
from rules.compile import Ruleset
from rules.decision import Decision, Reason
from rules.hosts import parse_url
from rules.policy import Action
from rules.request import Client, Request, Stage
from tests.proxy.conftest import make_decision


def request(host: str, stage: Stage = Stage.REQUEST) -> Request:
    url = parse_url(f"https://{host}/")
    return Request(id="1", url=url, client=Client(address="127.0.0.2"), stage=stage)


def asked(decision: Decision, stage: Stage = Stage.REQUEST) -> Asked:
    return Asked(decision, request("a.example", stage))


def test_a_block_counts_and_no_name_hides_behind_a_help_site() -> None:
    help_, allowed, blocked = (
        asked(make_decision(Reason.HELP, Action.ALLOW)),
        asked(make_decision(Reason.DEFAULT, Action.ALLOW)),
        asked(make_decision(Reason.NEVER)),
    )
    assert strictest((help_, allowed, blocked)) is blocked
    assert strictest((help_, allowed)) is allowed


def test_each_name_is_asked_about(ruleset: Ruleset) -> None:
    requests = (request("good.example"), request("bad.example"))
    found = ask_all(requests, State(ruleset=ruleset), datetime.now(UTC))
    assert [one.decision.action for one in found] == [Action.ALLOW, Action.BLOCK]
    assert tuple(one.request for one in found) == requests


def test_one_answer_that_waits_for_more_keeps_all_waiting() -> None:
    sure = asked(make_decision())
    waiting = asked(replace(make_decision(), look=Stage.REPLY))
    assert is_certain((sure,))
    assert not is_certain((sure, waiting))
