"""What would change an answer: each change is tried on the rules, and offered only if it flips the action."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from rules.address import AddressError, parse_address
from rules.compile import Ruleset
from rules.decision import Change, ChangeKind, Decision, Reason
from rules.facts import Facts
from rules.match import Rule, rank
from rules.narrowed import Case
from rules.policy import Action, Network, Site, Target
from rules.questions import address_and_port
from rules.request import Request

MOST_EDITS = 5
"""Entries that may have to go together; a change of more lines is no advice."""
OPPOSITE = {Action.ALLOW: Action.BLOCK, Action.BLOCK: Action.ALLOW}
BY_ENTRY = frozenset({Reason.NEVER, Reason.SITE, Reason.SEARCH, Reason.FILE, Reason.CATEGORY})
"""Answers that an entry of the file may have given."""

type Decide = Callable[[Ruleset, Request, Facts, datetime], Decision]


def changes(decide: Decide, case: Case, *, flip: datetime | None) -> tuple[Change, ...]:
    """What would flip the action, the smallest first.

    Only help sites and this machine's own names are answered alike whatever changes.

    Args:
        decide: The engine's.
        case: The request.
        flip: When the action is another one if nobody does anything, as far as that was looked for.
    """
    trial = _Trial(decide, case, decide(case.ruleset, case.request, case.facts, case.moment))
    if trial.decision.reason is Reason.HELP:
        return ()
    others = (_grant, _edit, _window, _budget, _entry, _reach)
    return (*_wait(trial, flip), *(change for find in others for change in find(trial)))


@dataclass(frozen=True, slots=True)
class _Trial:
    decide: Decide
    case: Case
    decision: Decision

    @property
    def opposite(self) -> Action:
        return OPPOSITE[self.decision.action]

    def ask(self, case: Case) -> Decision:
        return self.decide(case.ruleset, case.request, case.facts, case.moment)

    def flips(self, case: Case) -> bool:
        return self.ask(case).action is self.opposite

    def flips_with_answer(self, case: Case) -> bool:
        return self.flips(case.with_answer(self.opposite, case.request.url.host))


def _wait(trial: _Trial, at: datetime | None) -> Iterator[Change]:
    if at is not None and trial.flips(replace(trial.case, moment=at)):
        yield Change(kind=ChangeKind.WAIT, at=at)


def _grant(trial: _Trial) -> Iterator[Change]:
    if trial.flips_with_answer(trial.case):
        kind = ChangeKind.GRANT if trial.opposite is Action.ALLOW else ChangeKind.PAUSE
        yield Change(kind=kind, host=trial.case.request.url.host)


def _edit(trial: _Trial) -> Iterator[Change]:
    """Every entry that says so has to go: while one is left, it gives the same answer."""
    gone: dict[tuple[int, str], None] = {}
    case, now = trial.case, trial.decision
    is_floor = trial.decision.reason is Reason.NEVER
    while now.action is not trial.opposite and len(gone) < MOST_EDITS:
        rules = _deciding(case, now)
        if not rules or (is_floor and now.reason is not Reason.NEVER):
            break  # behind the floor a parent's answer is the smaller change
        gone |= dict.fromkeys((rule.line, rule.entry) for rule in rules)
        case = case.without(rules)
        now = trial.ask(case)
    is_enough = now.action is trial.opposite
    if gone and (is_enough or (is_floor and trial.flips_with_answer(case))):
        entries = tuple(gone)
        yield Change(
            kind=ChangeKind.EDIT,
            host=trial.case.request.url.host,
            line=entries[0][0],
            entries=entries,
            is_enough=is_enough,
        )


def _deciding(case: Case, now: Decision) -> list[Rule]:
    """The rules of the entry that gave the answer; none if no entry of the file did."""
    if now.reason not in BY_ENTRY:
        return []
    return [rule for rule in case.rules() if (rule.line, rule.entry) == (now.line, now.entry)]


def _window(trial: _Trial) -> Iterator[Change]:
    if trial.decision.reason is Reason.WINDOW and trial.flips(trial.case.with_calendar(None)):
        yield Change(kind=ChangeKind.WINDOW, line=trial.decision.line)


def _budget(trial: _Trial) -> Iterator[Change]:
    """Every budget that is used up has to have more time."""
    short: dict[tuple[int, str], None] = {}
    case, now = trial.case, trial.decision
    while now.reason is Reason.BUDGET and len(short) < MOST_EDITS:
        entry = now.entry or ""
        short[now.line or 0, entry] = None
        case = case.without_budget(entry)
        now = trial.ask(case)
    if short and now.action is trial.opposite:
        entries = tuple(short)
        yield Change(kind=ChangeKind.BUDGET, line=entries[0][0], entries=entries)


def _entry(trial: _Trial) -> Iterator[Change]:
    """One entry more in the profile's own list, as `policy_edit.add_entry` writes it."""
    address, target = _own_address(trial.case.request.url.host)
    rule = Rule(
        action=trial.opposite,
        target=target,
        entry=address,
        member=None,
        line=0,
        starts=None,
        ends=None,
        note="",
        rank=rank(target),
    )
    case, profile = trial.case, trial.case.profile
    replaced = [one for one in case.ruleset.own[profile].rules() if _gives_way(one, rule)]
    if trial.flips(case.without(replaced).with_rule(rule)):
        lines, where = case.ruleset.policy.lines, f"profiles.{profile}"
        kind = ChangeKind.ALLOW if trial.opposite is Action.ALLOW else ChangeKind.BLOCK
        line = lines.get(f"{where}.{trial.opposite.value}", lines.get(where))
        yield Change(kind=kind, host=address, line=line)


def _own_address(host: str) -> tuple[str, Target]:
    """How an entry names a host; `=nas` where the name alone would mean something else."""
    address = f"[{host}]" if ":" in host else host
    try:
        target = parse_address(address)
    except AddressError:
        target = None
    if not isinstance(target, Site | Network):
        address = f"={host}"
        target = parse_address(address)
    return address, target


def _gives_way(old: Rule, new: Rule) -> bool:
    """Whether an entry goes when the other is added: the same address, on the other list, without dates."""
    return (
        old.target == new.target
        and old.action is not new.action
        and old.member is None
        and old.starts is old.ends is None
    )


def _reach(trial: _Trial) -> Iterator[Change]:
    url, ruleset = trial.case.request.url, trial.case.ruleset
    if trial.decision.reason is not Reason.LOCAL or not url.is_address:
        return
    host = address_and_port(url)
    case = replace(trial.case, ruleset=replace(ruleset, reach=ruleset.reach | {host}))
    is_enough = trial.flips(case)
    if is_enough or trial.flips_with_answer(case):
        yield Change(kind=ChangeKind.REACH, host=host, is_enough=is_enough)
