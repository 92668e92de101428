"""decide() and explain(): the order of the questions stands here and only here.

The first final answer wins. The order of lines in the rule file never matters.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from rules import inside, questions
from rules.carriers import MOST_NESTED
from rules.changes import changes
from rules.compile import Ruleset
from rules.decision import BUILT_IN, Decision, Explanation, Reason, Rewrite, Step
from rules.facts import Facts
from rules.identity import Asker, identify
from rules.narrowed import Case
from rules.policy import Action, LogLevel
from rules.questions import Answer, Inquiry
from rules.request import Request, Stage
from rules.safe_search import look_of, rewrite_of
from rules.turns import next_turn, soonest

MOST_TURNS = 12
"""Moments at which an answer is asked for again, to tell until when it stands. Few windows or entries take more than three."""

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
    # What is inside a page belongs here. Rewrites (rules/safe_search.py) are no question: they never decide.
    ("default", questions.ask_default),
    # What this opens may carry another address in its own; then all is asked of that one (inside.py).
)


def decide(ruleset: Ruleset, request: Request, facts: Facts, moment: datetime) -> Decision:
    """The answer to a request. Microseconds; no I/O.

    Raises:
        LookupError: the client gives a name that nobody has.
    """
    return _decide(ruleset, request, facts, moment, 0)


def explain(ruleset: Ruleset, request: Request, facts: Facts, moment: datetime) -> Explanation:
    """The same answer as `decide`, with what every question says and what would change it.

    Raises:
        LookupError: the client gives a name that nobody has.
    """
    return _explain(ruleset, request, facts, moment, 0)


def _decide(
    ruleset: Ruleset, request: Request, facts: Facts, moment: datetime, depth: int
) -> Decision:
    """The answer at some depth of addresses inside addresses."""
    inquiry = _inquire(ruleset, request, facts, moment)
    return _weighed(inquiry, _decision(inquiry, _first(inquiry)), depth)


def _explain(
    ruleset: Ruleset, request: Request, facts: Facts, moment: datetime, depth: int
) -> Explanation:
    inquiry = _inquire(ruleset, request, facts, moment)
    answer = _first(inquiry)
    alone = _decision(inquiry, answer)
    decision = _weighed(inquiry, alone, depth)
    asked = questions.again(inquiry, moment)
    said = [(name, ask(asked)) for name, ask in QUESTIONS]
    steps = (_who(inquiry.asker), *_steps(said, alone, asked))
    if decision.action is not alone.action:
        return _explain_inside(inquiry, steps, decision, alone, depth)
    if decision.inside is not None:
        steps = (*steps, inside.step(decision, is_deciding=False))
    return Explanation(
        decision=decision,
        steps=steps,
        changes=changes(
            decide, Case.of(ruleset, request, facts, moment), flip=_flip(inquiry, answer)
        ),
    )


def _explain_inside(
    inquiry: Inquiry, steps: tuple[Step, ...], decision: Decision, alone: Decision, depth: int
) -> Explanation:
    """Why an address inside is closed. Where it is the only one, what changes its answer changes the whole."""
    about = inquiry.facts, inquiry.moment, depth + 1
    explained = [_explain(inquiry.ruleset, one, *about) for one in inside.inner_requests(inquiry)]
    closed = [one for one in explained if inside.is_closed(one.decision, alone)]
    return Explanation(
        decision=decision,
        steps=(
            *(replace(step, decides=False) for step in steps),
            inside.step(decision, is_deciding=True),
        ),
        changes=closed[0].changes if len(closed) == 1 else (),
    )


def _weighed(inquiry: Inquiry, decision: Decision, depth: int) -> Decision:
    if depth >= MOST_NESTED or not inquiry.is_carrier:
        return decision
    return inside.weighed(
        inquiry,
        decision,
        lambda one: _decide(inquiry.ruleset, one, inquiry.facts, inquiry.moment, depth + 1),
    )


def _inquire(ruleset: Ruleset, request: Request, facts: Facts, moment: datetime) -> Inquiry:
    asker = identify(ruleset.roll, request.client)
    return questions.inquire(ruleset, request, facts, moment, asker)


def _first(inquiry: Inquiry) -> Answer:
    for _, ask in QUESTIONS:
        answer = ask(inquiry)
        if answer is not None and answer.is_final:
            return answer
    raise AssertionError("the default answers every request")


def _decision(inquiry: Inquiry, answer: Answer) -> Decision:
    return Decision(
        id=inquiry.request.id,
        action=answer.action,
        reason=answer.reason,
        profile=inquiry.asker.profile.key,
        device=inquiry.asker.device,
        entry=answer.entry,
        file=BUILT_IN if answer.file_line is None else inquiry.ruleset.policy.file,
        line=answer.file_line,
        until=_until(inquiry, answer),
        look=_look(inquiry, answer),
        seal=inquiry.seal,
        revision=inquiry.ruleset.revision,
        category=answer.category,
        listed=answer.listed,
        source=answer.source,
        note=answer.note,
        grant=answer.grant,
        rewrite=_rewrite(inquiry, answer),
    )


def _rewrite(inquiry: Inquiry, answer: Answer) -> Rewrite | None:
    """What is changed in what is open, whatever opened it."""
    if answer.action is Action.BLOCK:
        return None
    request = inquiry.request
    found = rewrite_of(inquiry.ruleset, inquiry.asker.profile, request.url, request.stage)
    # What is never opened can be led elsewhere, and that is all.
    is_idle = inquiry.seal is not None and found is not None and found.connect_to is None
    return None if is_idle else found


def _look(inquiry: Inquiry, answer: Answer) -> Stage:
    """How deep one has to look for the answer to be certain, and to do and keep what the profile wants."""
    if inquiry.seal is not None:
        return Stage.NAME
    if answer.action is Action.BLOCK:
        return inquiry.look
    profile = inquiry.asker.profile
    keeps = Stage.REQUEST if profile.log is LogLevel.FULL else Stage.NAME
    return max(inquiry.look, keeps, look_of(inquiry.ruleset, profile, inquiry.url.host))


def _until(inquiry: Inquiry, answer: Answer) -> datetime | None:
    """When the answer may be another one: by itself, or as soon as its time is used up."""
    flip = _flip(inquiry, answer)
    if answer.action is Action.BLOCK:
        return flip
    return soonest(flip, *(balance.until for balance in inquiry.balances))


def _flip(inquiry: Inquiry, answer: Answer) -> datetime | None:
    """The first moment at which the action is another one, if nobody does anything."""
    if answer.reason in {Reason.LOCAL, Reason.HELP}:
        return None
    turn = next_turn(inquiry, answer)
    for _ in range(MOST_TURNS):
        if turn is None:
            break
        inquiry = questions.again(inquiry, turn)
        later = _first(inquiry)
        if later.action is not answer.action:
            break
        turn = next_turn(inquiry, later)
    return turn


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
