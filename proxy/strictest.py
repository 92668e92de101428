"""One answer where a request carries several names: the strictest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from proxy.enforce import Blocked
from proxy.live import State
from rules.decision import Decision, Reason
from rules.engine import decide
from rules.policy import Action
from rules.request import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and its answer."""

    decision: Decision
    request: Request


def ask_all(requests: Iterable[Request], state: State, moment: datetime) -> tuple[Asked, ...]:
    """The answer to each of a request's names."""
    return tuple(Asked(decide(state.ruleset, one, state.facts, moment), one) for one in requests)


def strictest(answers: Sequence[Asked]) -> Asked:
    """The answer that counts: any block, and none hides behind a help site."""
    return max(
        answers,
        key=lambda one: (
            one.decision.action is Action.BLOCK,
            one.decision.reason is not Reason.HELP,
        ),
    )


def is_certain(answers: Iterable[Asked]) -> bool:
    """Whether nothing that is still to come can change any of the answers."""
    return all(one.decision.look <= one.request.stage for one in answers)


def blocked_of(asked: Asked, state: State, moment: datetime) -> Blocked:
    """A blocked request, with all that its answer says."""
    return Blocked(
        decision=asked.decision,
        ruleset=state.ruleset,
        host=asked.request.url.host,
        moment=moment,
    )
