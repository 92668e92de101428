"""Why? A line of the log as it was decided, and the same questions asked again now."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound

from admin.house import Standing, house
from admin.menu import Menu, menu
from admin.proposal import asked
from admin.rows import address_of, days, line_link, profile_name, wrong_link
from admin.texts import exact_words, language, near_words, why
from admin.texts import gettext as _
from rules import engine
from rules.decision import Explanation, Rewrite
from rules.depth import HostDepth, host_depth
from rules.depth_words import look_line
from rules.hosts import Url, typed_url
from rules.policy import Action
from rules.wording import change_line, rewrite_line, step_line
from store import decisions
from store.facts import read_facts

_LONGEST_ADDRESS = 4096

pages = Blueprint("explain", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One question as it stands on the page."""

    text: str
    decides: bool
    rule: str
    """`family.yaml:31`, empty if no line answered."""
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form on the page says, good or not."""

    address: str
    profile: str
    at: str
    """As the browser's field for day and hour writes it. Empty: now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The engine's answer in words."""

    blocked: bool
    reason: str
    until: str
    address: str
    name: str
    """The profile's."""
    moment: str
    rewrite: StepLine | None
    """What is changed on the way, if anything is."""
    depth: str
    """How deep the site is looked into, and why."""
    steps: tuple[StepLine, ...]
    changes: tuple[str, ...]
    wrong_link: str
    """To contradict the list that decided, empty if none did."""
    menu: Menu | None
    """None: the question is about another hour than now."""


@pages.get("/activity/<decision>")
def recorded(decision: str) -> str:
    """Show a line of the log as it was decided, and what the rules say now."""
    here = house()
    record = decisions.find(here.engine, decision)
    if record is None:
        raise NotFound(_("This line is no longer in the log. Lines are kept for a while only."))
    question = Asked(address=address_of(record), profile=record.decision.profile, at="")
    told, problem = _answer(question)
    until = record.decision.until
    return _page(
        question,
        told,
        problem,
        row=next(days([record]))[1][0],
        day=exact_words(record.at),
        until=near_words(until) if until else "",
    )


@pages.get("/explain")
def page() -> str:
    """Answer for any address, profile and hour."""
    question = Asked(
        address=request.args.get("address", "").strip()[:_LONGEST_ADDRESS],
        profile=request.args.get("profile", ""),
        at=request.args.get("at", ""),
    )
    if not question.address:
        return _page(question, None, "")
    told, problem = _answer(question)
    return _page(question, told, problem)


def _answer(question: Asked) -> tuple[Told | None, str]:
    """The answer in words, or what is wrong with the question."""
    here = house()
    standing, now = here.standing(), here.clock()
    if question.profile not in standing.policy.profiles:
        return None, _("This profile is not in the rules any more.")
    try:
        url = typed_url(question.address)
    except ValueError:
        return None, _("This is not an address of the web. Try one like example.com.")
    try:
        at = _moment(question.at)
    except ValueError:
        return None, _("This day or hour cannot be read.")
    moment, ruleset = at or now, standing.ruleset
    facts = read_facts(here.engine, moment)
    explanation = engine.explain(ruleset, asked(url, question.profile), facts, moment)
    depth = _depth(url, host_depth(ruleset, question.profile, url.host, facts, moment))
    return _told(explanation, standing, url, depth=depth, at=at, now=now), ""


def _depth(url: Url, found: HostDepth) -> str:
    return look_line(
        found.decision,
        found.wishes,
        scheme=url.scheme,
        language=language(),
        catalog=house().catalog,
    )


def _told(
    explanation: Explanation,
    standing: Standing,
    url: Url,
    *,
    depth: str,
    at: datetime | None,
    now: datetime,
) -> Told:
    decision, policy = explanation.decision, standing.policy
    here = house()
    choices = menu(
        standing.ruleset,
        read_facts(here.engine, now),
        now,
        address=url.text,
        decision=decision,
    )
    return Told(
        blocked=decision.action is Action.BLOCK,
        reason=why(decision),
        until=near_words(decision.until) if decision.until else "",
        address=url.text,
        name=profile_name(standing, decision.profile),
        moment=near_words(at) if at else "",
        rewrite=_rewrite_line(decision.rewrite, policy.file),
        depth=depth,
        steps=tuple(_step_lines(explanation, policy.file)),
        changes=tuple(
            change_line(
                change, language=language(), policy=policy, profile=decision.profile, now=now
            )
            for change in explanation.changes
        ),
        wrong_link=wrong_link(decision, url.text),
        menu=None if at else choices,
    )


def _step_lines(explanation: Explanation, file: str) -> list[StepLine]:
    return [
        StepLine(
            # the line stands beside it, as a link
            text=step_line(replace(step, line=None), language=language(), catalog=house().catalog),
            decides=step.decides,
            rule=f"{file}:{step.line}" if step.line else "",
            link=line_link(step.line),
        )
        for step in explanation.steps
    ]


def _rewrite_line(rewrite: Rewrite | None, file: str) -> StepLine | None:
    if rewrite is None:
        return None
    return StepLine(
        # the line stands beside it, as a link
        text=rewrite_line(replace(rewrite, line=None), language=language()),
        decides=False,
        rule=f"{file}:{rewrite.line}" if rewrite.line else "",
        link=line_link(rewrite.line),
    )


def _moment(text: str) -> datetime | None:
    """The moment of a field for day and hour, on the family's clock. None for an empty field."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError("the family's clock is meant")
    return found.replace(tzinfo=house().zone())


def _page(question: Asked, told: Told | None, problem: str, **more: object) -> str:
    return render_template(
        "explain.html",
        question=question,
        told=told,
        problem=problem,
        profiles=house().standing().policy.profiles.values(),
        **more,
    )
