"""What the rules say of a name that is asked for, and its line in the log."""

from dataclasses import dataclass, replace
from datetime import datetime

from proxy import enforce, translate
from proxy.live import State
from rules.compile import Ruleset
from rules.decision import BUILT_IN, Decision, DecisionRecord, Reason
from rules.engine import decide
from rules.hosts import LONGEST_HOST, parents, parse_url
from rules.identity import identify
from rules.policy import Action
from rules.request import Client, Request, Stage
from rules.safe_search import look_of

UNSAFE_SEARCH = "unsafe-search"
"""The category of search engines on which a house cannot have safe search."""
SAFE_SEARCH = "safe: strict"
"""What a parent, or a preset, wrote to have it."""
METHOD = "DNS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What happens to a question."""

    decision: Decision
    line: DecisionRecord | None
    """For the log; None where nobody visits anything."""

    @property
    def is_open(self) -> bool:
        """Whether the name is looked up."""
        return self.decision.action is Action.ALLOW

    def inside(self) -> "Verdict":
        """The same, where the name leads to an address inside the house."""
        decision = enforce.local(self.decision)
        line = None if self.line is None else replace(self.line, decision=decision)
        return Verdict(decision=decision, line=line)


def judge(state: State, client: Client, host: str, moment: datetime, *, is_tunnel: bool) -> Verdict:
    """The answer of the rules about a host in normal form.

    In a tunnel what else the rules want is done by the proxy, to which every connection comes.
    """
    request = Request(
        id=translate.new_id(),
        url=parse_url(f"https://{host}/"),
        client=client,
        method=METHOD,
        stage=Stage.NAME,
    )
    ruleset = state.ruleset
    decision = decide(ruleset, request, state.facts, moment)
    is_canary = not ruleset.catalog.canaries.isdisjoint(parents(host))
    if is_canary and decision.action is Action.ALLOW and not _is_opened_by_name(decision):
        # The network says no to the program that asks what it may do.
        return Verdict(decision=_closed(decision), line=None)
    if not is_tunnel:
        decision = _safe_or_closed(ruleset, decision, host)
    return Verdict(decision=decision, line=translate.line(decision, request, moment))


def unreadable(state: State, client: Client, name: str, moment: datetime) -> Verdict:
    """The answer about a name that no browser would ask for."""
    decision = enforce.unasked(
        translate.new_id(),
        Action.BLOCK,
        Reason.UNREADABLE,
        revision=state.ruleset.revision,
        profile=identify(state.ruleset.roll, client).profile.key,
    )
    line = DecisionRecord(
        at=moment,
        decision=decision,
        client=client.address or "",
        method=METHOD,
        scheme="https",
        host=name[:LONGEST_HOST],
        path="",
    )
    return Verdict(decision=decision, line=line)


def _is_opened_by_name(decision: Decision) -> bool:
    """Whether somebody meant this very name, or its category, and not just everything."""
    return decision.reason is not Reason.DEFAULT and decision.entry is not None


def _safe_or_closed(ruleset: Ruleset, decision: Decision, host: str) -> Decision:
    """The same, but closed where safe search is wanted and a name alone cannot give it."""
    if decision.rewrite is None or decision.rewrite.connect_to is not None:
        return decision
    profile = ruleset.policy.profiles[decision.profile]
    if look_of(ruleset, profile, host) is Stage.NAME:
        return decision
    line = decision.rewrite.line
    return replace(
        _closed(decision),
        reason=Reason.CATEGORY,
        entry=SAFE_SEARCH,
        category=UNSAFE_SEARCH,
        listed=host,
        file=BUILT_IN if line is None else ruleset.policy.file,
        line=line,
    )


def _closed(decision: Decision) -> Decision:
    return replace(decision, action=Action.BLOCK, rewrite=None)
