"""The rule file's text <-> Policy. Every problem at once, each with its line and a hint.

Law: nothing is coerced in silence and nothing is ignored; a text is a right Policy or a PolicyError.
"""

import hashlib
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rules.catalog import Catalog
from rules.entries import counted
from rules.policy import FORMAT, Action, EntryList, Language, Policy
from rules.policy_devices import read_devices
from rules.policy_draft import Draft, key_lines
from rules.policy_entries import EntryReader
from rules.policy_expect import read_expectations
from rules.policy_forms import COUNTRY
from rules.policy_groups import read_groups, refuse_kinds, refuse_knots
from rules.policy_lists import read_corrections, read_lists
from rules.policy_people import read_profiles
from rules.policy_shape import FamilyShape
from rules.policy_times import read_days, read_holidays
from rules.policy_values import read_shape
from rules.problems import PolicyError, Problem, Sentence, closest, meant
from rules.yaml_faults import YamlError
from rules.yaml_text import IncompleteError, compose

__all__ = ["PolicyError", "Problem", "parse", "revision_of"]

REVISION_DIGITS = 12


def parse(text: str, *, file: str, catalog: Catalog) -> Policy:
    """The policy that a rule file's text says.

    Raises:
        PolicyError: with all that is wrong, sorted by line.
    """
    draft = _draft(text, file)
    misread = list(draft.problems)
    shape = read_shape(draft)
    policy = _policy(text, draft, shape, catalog)
    if draft.problems:
        # What YAML itself misread is said once, without all that follows from it on its line.
        lines = {problem.line for problem in misread}
        others = (one for one in draft.problems if one.line not in lines)
        raise PolicyError(tuple(sorted((*misread, *others), key=_place)))
    return policy


def revision_of(text: str) -> str:
    """The first 12 hex digits of the SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:REVISION_DIGITS]


def _draft(text: str, file: str) -> Draft:
    try:
        draft = Draft(file, compose(text))
    except IncompleteError as error:
        draft = Draft(file, error.root, list(_problems(file, error)))
    except YamlError as error:
        found = sorted(_problems(file, error), key=_place)
        raise PolicyError(tuple(found)) from error
    _refuse_newer(draft)
    return draft


def _problems(file: str, error: YamlError) -> Iterator[Problem]:
    for fault in error.faults:
        yield Problem(
            file=file,
            line=fault.line,
            column=fault.column,
            path="",
            message=fault.message,
            hint=fault.hint,
        )


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def _refuse_newer(draft: Draft) -> None:
    """A newer file is refused for that alone: the rest would be judged by the wrong rules."""
    pair = draft.root.pairs.get("porchlight")
    number = getattr(pair.value, "value", None) if pair else None
    if isinstance(number, (int, float)) and number > FORMAT:
        draft.refuse(
            ("porchlight",),
            Sentence(
                "this file is written for a newer Porchlight: format {number}, and this one reads {known}",
                number=number,
                known=FORMAT,
            ),
            Sentence("update Porchlight"),
        )
        raise PolicyError(tuple(draft.problems))


def _policy(text: str, draft: Draft, shape: FamilyShape, catalog: Catalog) -> Policy:
    _refuse_format(draft, shape)
    zone = _zone(draft, shape)
    language = Language(shape.get("language", "en"))
    topics = {*catalog.topics, *draft.keys("lists")}
    reader = EntryReader(draft, zone, frozenset(draft.keys("groups")), topics)
    everyone = shape.get("everyone") or {}
    policy = Policy(
        file=draft.file,
        revision=revision_of(text),
        timezone=zone.key,
        country=_country(draft, shape.get("country")),
        language=language,
        when_filter_fails=Action(shape.get("when_filter_fails", "block")),
        groups=read_groups(reader, shape.get("groups")),
        never=reader.entries(shape.get("never"), "never"),
        anytime=reader.entries(shape.get("anytime"), "anytime"),
        lists=read_lists(draft, shape.get("lists"), catalog),
        corrections=read_corrections(draft, shape.get("corrections"), topics),
        days=read_days(draft, shape.get("days")),
        holidays=read_holidays(draft, shape.get("holidays"), draft.keys("days")),
        everyone_allow=reader.entries(everyone.get("allow"), "everyone", "allow"),
        everyone_block=reader.entries(everyone.get("block"), "everyone", "block"),
        profiles=read_profiles(reader, shape.get("profiles"), language, catalog.presets),
        devices=read_devices(draft, shape.get("devices")),
        expect=read_expectations(draft, zone, shape.get("expect")),
        lines=dict(key_lines(draft.root)),
    )
    refuse_knots(draft, policy.groups, _lists(policy))
    refuse_kinds(draft, policy, shape.get("anytime"))
    return policy


def _lists(policy: Policy) -> Iterator[EntryList]:
    yield from (policy.never, policy.anytime, policy.everyone_allow, policy.everyone_block)
    for profile in policy.profiles.values():
        yield from (profile.allow, profile.block)
        yield from (counted(policy, budget) for budget in profile.budgets.values())


def _refuse_format(draft: Draft, shape: FamilyShape) -> None:
    if "porchlight" not in draft.root.pairs:
        draft.refuse(
            (),
            Sentence("{key} is missing", key="porchlight:"),
            Sentence("begin the file with porchlight: {format}", format=FORMAT),
        )
    elif shape.get("porchlight", FORMAT) != FORMAT:
        message = Sentence("there is no format {number}", number=shape["porchlight"])
        hint = Sentence("write {example}", example=f"porchlight: {FORMAT}")
        draft.refuse(("porchlight",), message, hint)


def _zone(draft: Draft, shape: FamilyShape) -> ZoneInfo:
    """The family's zone; UTC stands in for one that is refused, so that reading can go on."""
    name = shape.get("timezone")
    if name is None:
        if "timezone" not in draft.root.pairs:
            message = Sentence("{key} is missing", key="timezone:")
            draft.refuse((), message, Sentence("write timezone: Asia/Ho_Chi_Minh, or yours"))
        return ZoneInfo("UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = Sentence("no time zone is called {name}", name=name)
        draft.refuse(("timezone",), message, _zone_meant(name))
        return ZoneInfo("UTC")


def _zone_meant(name: str) -> Sentence:
    zones = {zone.lower().replace("_", " "): zone for zone in sorted(available_timezones())}
    wanted = name.lower().replace("_", " ")
    cities = {words.rpartition("/")[2]: zone for words, zone in zones.items()}
    if wanted.rpartition("/")[2] in cities:
        return meant(cities[wanted.rpartition("/")[2]])
    close = closest(wanted, list(zones))
    return (
        meant(zones[close])
        if close
        else Sentence("write it as {example}", example="Asia/Ho_Chi_Minh")
    )


def _country(draft: Draft, country: str | None) -> str | None:
    if country is not None and not COUNTRY.fullmatch(country):
        code = country.upper() if COUNTRY.fullmatch(country.upper()) else "VN"
        message = Sentence("{written} is no country's two capital letters", written=country)
        draft.refuse(("country",), message, Sentence("write {example}", example=code))
    return country
