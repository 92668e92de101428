"""A decision in words. The child's may be gentler than the parent's, never different in fact."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from rules.budget_words import answer_words, is_without_time, why_words
from rules.catalog import Catalog
from rules.decision import BUILT_IN, Change, ChangeKind, Decision, Reason, Rewrite, Step
from rules.listings import ITS_NAME
from rules.policy import Action, Language, Policy
from rules.questions import BARE_ADDRESS
from rules.schedule import Opening
from rules.sentences import nth, sentence
from rules.shapes import ITS_SHAPE

WEEK = 7
"""Days; nearer than that a weekday's name is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWords:
    """What a child reads where a page would have been. Empty: nothing to say."""

    language: Language
    title: str
    why: str
    until: str
    ask: str
    """What the child can do; the decision's id stands after it."""
    comfort: str
    """Stands before the helplines."""
    origin: str
    """File and line."""
    label_who: str
    label_rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelplineWords:
    """A helpline in one language."""

    name: str
    number: str
    hours: str


def block_words(
    decision: Decision, *, policy: Policy, catalog: Catalog, moment: datetime
) -> BlockWords:
    """What the child reads, in the profile's language."""
    profile = policy.profiles.get(decision.profile)
    language = policy.language if profile is None else profile.language
    has_helpline = bool(helpline_words(policy, catalog, language=language))
    return BlockWords(
        language=language,
        title=sentence(language, _title_key(decision, policy)),
        why=_why(decision, language, policy, catalog),
        until=_until(decision, language, policy, moment),
        ask=sentence(language, _ask_key(decision)),
        comfort=sentence(language, "comfort" if has_helpline else "comfort.alone"),
        origin=origin_words(decision, language=language),
        label_who=sentence(language, "label.who"),
        label_rule=sentence(language, "label.rule"),
    )


def origin_words(decision: Decision, *, language: Language) -> str:
    """Where the decision comes from: `family.yaml, line 31`."""
    if decision.reason is Reason.GRANT:
        return sentence(language, "origin.grant")
    if decision.file == BUILT_IN:
        return sentence(language, "origin.built-in")
    return sentence(language, "origin.line", file=decision.file, line=decision.line)


def reason_line(decision: Decision, *, language: Language, catalog: Catalog) -> str:
    """Why, in one plain line for a parent."""
    line = sentence(
        language,
        _reason_key(decision),
        topic=topic_title(decision.category, language=language, catalog=catalog),
        listed=_listed(decision, language),
        entry=decision.entry,
    )
    if decision.inside is None or decision.action is Action.ALLOW:
        return line
    return sentence(language, "reason.inside", inside=decision.inside, reason=line)


def rewrite_line(rewrite: Rewrite | None, *, language: Language) -> str:
    """What is changed on the way, for a parent, with the line that asks for it; empty if nothing is."""
    if rewrite is None:
        return ""
    said = sentence(language, f"rewrite.{rewrite.what}")
    if rewrite.line is None:
        return said
    return sentence(language, "rewrite.line", said=said, line=rewrite.line)


def step_line(step: Step, *, language: Language, catalog: Catalog) -> str:
    """One question and what it answered."""
    question = sentence(language, f"question.{step.question}")
    if step.question == "who":
        return f"{question} {step.detail}"
    parts = [question, _answer(step, language), _source(step, language)]
    if step.question == "inside":
        parts.insert(1, sentence(language, "answer.inside", inside=step.detail))
    if step.question in {"never", "category"} and step.answer is not None and step.detail:
        parts.append(f"({topic_title(step.detail, language=language, catalog=catalog)})")
    return " ".join(part for part in parts if part)


def change_line(
    change: Change, *, language: Language, policy: Policy, profile: str, now: datetime
) -> str:
    """One thing that would change the answer."""
    owner = policy.profiles.get(profile)
    name = owner.name if owner is not None else profile
    said = sentence(
        language,
        _change_key(change),
        host=change.host,
        line=change.line,
        profile=name,
        entries=", ".join(
            sentence(language, "change.edit.entry", entry=entry, line=line)
            for line, entry in change.entries
        ),
        moment=""
        if change.at is None
        else moment_words(change.at, language=language, policy=policy, now=now),
    )
    return said if change.is_enough else f"{said} {sentence(language, 'change.then', profile=name)}"


def moment_words(moment: datetime, *, language: Language, policy: Policy, now: datetime) -> str:
    """A moment as people say it: `today at 17:00`."""
    zone = ZoneInfo(policy.timezone)
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    ahead = (local.date() - today).days
    if ahead == 1 and local.time() == time():
        return sentence(language, "moment.midnight")
    near = {0: "moment.today", 1: "moment.tomorrow"}.get(ahead)
    key = near or ("moment.week" if 1 < ahead < WEEK else "moment.date")
    return sentence(
        language,
        key,
        time=f"{local:%H:%M}",
        weekday=nth(language, "weekdays", local.weekday()),
        day=local.day,
        month=nth(language, "months", local.month - 1),
    )


def helpline_words(
    policy: Policy, catalog: Catalog, *, language: Language
) -> tuple[HelplineWords, ...]:
    """The helplines of the family's country; none if the family named no country."""
    return tuple(
        HelplineWords(
            name=line.name[language.value], number=line.number, hours=line.hours[language.value]
        )
        for line in catalog.helplines.get(policy.country or "", ())
    )


def topic_title(key: str | None, *, language: Language, catalog: Catalog) -> str:
    """A category's, service's or list's name for people; the key itself if the catalog lacks it."""
    named = catalog.topics.get(key or "") or catalog.offers.get(key or "")
    return (key or "") if named is None else named.title[language.value]


def _listed(decision: Decision, language: Language) -> str:
    """The entry that matched, and the published list that has it."""
    if decision.source is None:
        return decision.listed or ""
    if decision.source == ITS_NAME:
        return sentence(language, "listed.name", listed=decision.listed)
    if decision.source == ITS_SHAPE:
        return sentence(language, f"listed.shape.{decision.category}", listed=decision.listed)
    return sentence(language, "listed.by", listed=decision.listed, source=decision.source)


def _title_key(decision: Decision, policy: Policy) -> str:
    match decision.reason:
        case Reason.BUDGET if not is_without_time(decision, policy):
            return "title.budget"
        case Reason.NEVER | Reason.WINDOW | Reason.FAILED | Reason.LOCAL:
            return f"title.{decision.reason.value}"
        case Reason.GRANT if decision.entry is None:
            return "title.pause"
        case _:
            return "title.other"


def _why(decision: Decision, language: Language, policy: Policy, catalog: Catalog) -> str:
    why = _why_itself(decision, language, policy, catalog)
    if decision.inside is None:
        return why
    return f"{sentence(language, 'why.inside', inside=decision.inside)} {why}"


def _why_itself(decision: Decision, language: Language, policy: Policy, catalog: Catalog) -> str:
    if decision.reason is Reason.BUDGET:
        topic = topic_title(decision.entry, language=language, catalog=catalog)
        return why_words(decision, policy=policy, language=language, topic=topic)
    why = sentence(
        language,
        _why_key(decision),
        topic=topic_title(decision.category, language=language, catalog=catalog),
        site=decision.entry,
    )
    note = sentence(language, "why.note", note=decision.note) if decision.note else ""
    return f"{why} {note}".rstrip()


def _why_key(decision: Decision) -> str:
    match decision.reason:
        case Reason.NEVER:
            return "why.never.topic" if decision.category else "why.never.site"
        case Reason.GRANT:
            return "why.grant.site" if decision.entry else "why.grant.all"
        case Reason.CATEGORY if decision.category == BARE_ADDRESS:
            return "why.bare-address"
        case Reason.CATEGORY if decision.source == ITS_SHAPE:
            return f"why.{decision.category}"
        case reason:
            return f"why.{reason.value}"


def _until(decision: Decision, language: Language, policy: Policy, moment: datetime) -> str:
    if decision.until is None:
        return ""
    key = {Reason.GRANT: "until.ends", Reason.BUDGET: "until.budget"}.get(
        decision.reason, "until.opens"
    )
    words = moment_words(decision.until, language=language, policy=policy, now=moment)
    return sentence(language, key, moment=words)


def _ask_key(decision: Decision) -> str:
    match decision.reason:
        case Reason.NEVER | Reason.FAILED:
            return f"ask.{decision.reason.value}"
        case _:
            return "ask.other"


def _reason_key(decision: Decision) -> str:
    reason, action = decision.reason, decision.action.value
    match reason:
        case Reason.HELP | Reason.WINDOW | Reason.BUDGET | Reason.ASK:
            return f"reason.{reason.value}"
        case Reason.LOCAL | Reason.UNREADABLE:
            return f"reason.{reason.value}"
        case Reason.SEARCH | Reason.FILE:
            return f"reason.{reason.value}"  # an allow among these decides nothing
        case Reason.NEVER:
            return "reason.never.topic" if decision.category else "reason.never.site"
        case Reason.CATEGORY if decision.category == BARE_ADDRESS and decision.entry is None:
            return "reason.bare-address"
        case _:
            return f"reason.{reason.value}.{action}"


def _change_key(change: Change) -> str:
    key = f"change.{change.kind.value}"
    has_place = change.kind in {ChangeKind.ALLOW, ChangeKind.BLOCK} and change.line is not None
    return f"{key}.line" if has_place else key


def _answer(step: Step, language: Language) -> str:
    if step.question == "window" and step.answer is None:
        return _open_words(step.opening, language)
    if step.question == "budget":
        return answer_words(step.balance, language)
    if step.answer is None:
        return sentence(language, "answer.skipped" if step.is_skipped else "answer.none")
    if step.question == "site" and step.answer is Action.ALLOW:
        return sentence(language, "answer.door")
    if step.question in {"search", "file"} and step.answer is Action.ALLOW:
        return sentence(language, "answer.spared")
    closed = step.question == "window"
    return sentence(language, "answer.closed" if closed else f"answer.{step.answer.value}")


def _open_words(opening: Opening | None, language: Language) -> str:
    if opening is None or opening.window is None:
        return sentence(language, "answer.open.always")
    window = opening.window
    return sentence(
        language,
        "answer.open",
        day=nth(language, "weekdays", opening.day.weekday()),
        window=f"{window.opens:%H:%M}-{window.closes:%H:%M}",
    )


def _source(step: Step, language: Language) -> str:
    if step.answer is None and step.balance is None:
        return ""
    if step.line is None:
        return sentence(language, "answer.by", entry=step.entry) if step.entry else ""
    key = "answer.by.line" if step.entry else "answer.line"
    return sentence(language, key, entry=step.entry, line=step.line)
