"""decide() and explain(): the order of the questions stands here and only here.

The first final answer wins. The order of lines in the rule file never matters.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from rules import questions
from rules.compile import Ruleset
from rules.decision import BUILT_IN, Change, ChangeKind, Decision, Explanation, Reason, Step
from rules.facts import Facts
from rules.hosts import Url
from rules.identity import Asker, identify
from rules.policy import Action
from rules.questions import Answer, Inquiry
from rules.request import Request

QUESTIONS: tuple[tuple[str, Callable[[Inquiry], Answer | None]], ...] = (
    # Who? is answered by identity.py before the first question.
    ("local", questions.ask_local),  # first, since no rule may open the house's own machines
    ("help", questions.ask_help),
    ("never", questions.ask_never),  # before the grants: no parent's click opens it
    ("grant", questions.ask_grant),
    ("site", questions.ask_site),
    # After the sites, since an allow of the very file opens it, and one of its host does not.
    ("search", questions.ask_search),
    ("file", questions.ask_file),
    (
        "window",
        questions.ask_window,
    ),  # after the sites: an allow opens the door, it does not stop the clock
    ("budget", questions.ask_budget),  # after the windows: no time is used while it is closed
    ("category", questions.ask_category),
    # Rewrites and what is inside a page belong here; they need Stage.PAGE.
    ("default", questions.ask_default),
)


def decide(ruleset: Ruleset, request: Request, facts: Facts, moment: datetime) -> Decision:
    """The answer to a request. Microseconds; no I/O.

    Raises:
        LookupError: the client gives a name that nobody has.
    """
    inquiry = _inquire(ruleset, request, facts, moment)
    for _, ask in QUESTIONS:
        answer = ask(inquiry)
        if answer is not None and answer.is_final:
            return _decision(inquiry, answer)
    raise AssertionError("the default answers every request")


def explain(ruleset: Ruleset, request: Request, facts: Facts, moment: datetime) -> Explanation:
    """The same answer as `decide`, with what every question says and what would change it.

    Raises:
        LookupError: the client gives a name that nobody has.
    """
    inquiry = _inquire(ruleset, request, facts, moment)
    decision: Decision | None = None
    said: list[tuple[str, Answer | None]] = []
    for name, ask in QUESTIONS:
        answer = ask(inquiry)
        said.append((name, answer))
        if decision is None and answer is not None and answer.is_final:
            decision = _decision(inquiry, answer)
    if decision is None:
        raise AssertionError("the default answers every request")
    return Explanation(
        decision=decision,
        steps=(_who(inquiry.asker), *_steps(said, decision, inquiry)),
        changes=tuple(_changes(decision, request.url)),
    )


def _inquire(ruleset: Ruleset, request: Request, facts: Facts, moment: datetime) -> Inquiry:
    asker = identify(ruleset.roll, request.client)
    return questions.inquire(ruleset, request, facts, moment, asker)


def _decision(inquiry: Inquiry, answer: Answer) -> Decision:
    until = answer.until
    if answer.action is Action.ALLOW:
        opening = None if inquiry.opening is None else inquiry.opening.until
        until = _soonest(until, opening, *(balance.until for balance in inquiry.balances))
    return Decision(
        id=inquiry.request.id,
        action=answer.action,
        reason=answer.reason,
        profile=inquiry.asker.profile.key,
        device=inquiry.asker.device,
        entry=answer.entry,
        file=BUILT_IN if answer.file_line is None else inquiry.ruleset.policy.file,
        line=answer.file_line,
        until=until,
        look=inquiry.look,
        revision=inquiry.ruleset.revision,
        category=answer.category,
        listed=answer.listed,
        source=answer.source,
        note=answer.note,
        grant=answer.grant,
    )


def _soonest(*moments: datetime | None) -> datetime | None:
    # By what the clocks of the world say: in one zone Python compares the walls', which go back once a year.
    given = (moment for moment in moments if moment is not None)
    return min(given, key=datetime.timestamp, default=None)


def _question(reason: Reason) -> str:
    """The question that answers with this reason."""
    return Reason.DEFAULT.value if reason is Reason.ASK else reason.value


def _who(asker: Asker) -> Step:
    return Step(
        question="who",
        answer=None,
        decides=False,
        entry=asker.profile.key,
        line=asker.profile.line or None,
        detail=f"{asker.profile.name} ({asker.device})" if asker.device else asker.profile.name,
    )


def _steps(
    said: list[tuple[str, Answer | None]], decision: Decision, inquiry: Inquiry
) -> Iterator[Step]:
    for name, given in said:
        # An open door speaks again in the place of the default; it is shown once, at the sites.
        answer = None if given is not None and _question(given.reason) != name else given
        step = Step(
            question=name,
            answer=None if answer is None else answer.action,
            decides=name == _question(decision.reason),
            entry=None if answer is None else answer.entry,
            line=None if answer is None else answer.file_line,
            detail="" if answer is None else answer.category or "",
            opening=inquiry.opening if name == "window" else None,
            is_skipped=_is_skipped(name, inquiry),
        )
        yield _with_balance(step, inquiry) if name == "budget" and inquiry.balances else step


def _with_balance(step: Step, inquiry: Inquiry) -> Step:
    """The budget is named with its line while there is time left, too."""
    strictest = inquiry.balances[0]
    return replace(step, balance=strictest, entry=strictest.budget, line=strictest.line)


def _is_skipped(name: str, inquiry: Inquiry) -> bool:
    if name == "file":
        return not inquiry.file_lists
    return inquiry.door is not None and name in {"category", "default"}


def _changes(decision: Decision, url: Url) -> Iterator[Change]:
    """What would flip the decision, the smallest first."""
    host = url.host
    if decision.until is not None:
        yield Change(kind=ChangeKind.WAIT, at=decision.until)
    if decision.reason is Reason.LOCAL and url.is_address:
        yield Change(kind=ChangeKind.REACH, host=questions.address_and_port(url))
    if decision.reason in {Reason.HELP, Reason.LOCAL, Reason.UNREADABLE, Reason.FAILED}:
        return
    if decision.action is Action.BLOCK and decision.reason is not Reason.NEVER:
        yield Change(kind=ChangeKind.GRANT, host=host)
    is_of_the_rest = _question(decision.reason) == Reason.DEFAULT.value
    if decision.line is not None and not is_of_the_rest:
        yield Change(kind=ChangeKind.EDIT, line=decision.line)
    if is_of_the_rest or decision.reason is Reason.CATEGORY:
        flip = ChangeKind.ALLOW if decision.action is Action.BLOCK else ChangeKind.BLOCK
        yield Change(kind=flip, host=host)
