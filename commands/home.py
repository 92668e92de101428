"""The home folder as the subcommands open it: settings, database, rules, what has happened."""

import os
import shlex
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from rules.acceptance import accept, recall
from rules.compile import Ruleset
from rules.domain_table import DomainTable
from rules.facts import NOTHING_HAPPENED, Facts
from rules.policy import Language, Policy
from rules.policy_devices import address_of, mac_of
from rules.problems import PolicyError, Problem
from rules.request import Client
from store import database, facts, policies, whereabouts
from store.list_table import TableInForce
from store.lists import load_catalog
from store.rules_in_force import RulesInForce
from store.settings import Settings, load

SEVERITIES = {
    Language.ENGLISH: {"error": "error", "warning": "warning"},
    Language.VIETNAMESE: {"error": "lỗi", "warning": "nên xem lại"},
}

TRY = {Language.ENGLISH: "try", Language.VIETNAMESE: "thử"}
TYPED = "%Y-%m-%d %H:%M"
"""How a moment is typed behind `--at`."""


def find_settings(**flags: object) -> Settings:
    """The settings in force, the given flags before all others."""
    return load(os.environ, flags)


def read_rules(path: Path | None) -> Ruleset:
    """The rules in a file, by default the home's own, ready to be asked.

    Raises:
        click.ClickException: the file cannot be read.
        PolicyError: the file is not right.
    """
    settings = find_settings()
    is_own, path = path is None, path or settings.rules_path
    try:
        text = policies.read(path).text
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error
    catalog, now = load_catalog(), datetime.now(UTC)
    reach, table = settings.reach, find_table(settings)
    try:
        return accept(text, file=path.name, catalog=catalog, moment=now, reach=reach, table=table)
    except PolicyError:
        # What came into force stays so when a date fails its expectations: the answers are the proxy's.
        if is_own and _was_accepted(settings, text):
            return recall(text, file=path.name, catalog=catalog, reach=reach, table=table)
        raise


def find_policy(settings: Settings) -> Policy | None:
    """The policy in force in this home, the rule file's or the last good one; None if there has never been one."""
    return RulesInForce(settings, load_catalog()).look()


def find_table(settings: Settings) -> DomainTable | None:
    """The published lists of this home; None, where none has been fetched."""
    return TableInForce(settings.lists_dir).look()


def _was_accepted(settings: Settings, text: str) -> bool:
    with existing_database(settings) as engine:
        newest = None if engine is None else policies.newest(engine)
    return newest is not None and newest.text == text


def read_happenings(path: Path | None, now: datetime) -> Facts:
    """What has happened in this home; nothing, where rules from elsewhere (a path) are asked."""
    if path:
        return NOTHING_HAPPENED
    with existing_database(find_settings()) as engine:
        return NOTHING_HAPPENED if engine is None else facts.read_facts(engine, now)


def existing_database(settings: Settings) -> AbstractContextManager[Engine | None]:
    """The home's database while a block runs, None if `porchlight up` has not made it yet."""
    return database.existing_database(settings.database_url)


def known_name(policy: Policy, name: str) -> str:
    """The name, which is a profile's or a device's.

    Raises:
        click.UsageError: it is neither; the message lists the profiles.
    """
    if name not in known_names(policy):
        profiles = ", ".join(policy.profiles)
        raise click.UsageError(
            f"{name!r} is no profile or device of {policy.file}; there are: {profiles}."
        )
    return name


def find_client(policy: Policy, who: str) -> Client:
    """Who asks: a profile or a device by name, or whoever has this IP or MAC address.

    Raises:
        click.UsageError: it is none of these; the message lists the profiles.
    """
    return client_at(who) or Client(name=known_name(policy, who))


def client_at(who: str) -> Client | None:
    """Who has this IP or MAC address; None if it is neither, as every name is."""
    address, mac = address_of(who), mac_of(who)
    return None if address is None and mac is None else Client(address=address, mac=mac)


def known_names(policy: Policy) -> frozenset[str]:
    """The profiles and the devices; one that is in no profile is asked as `unknown`."""
    return frozenset(policy.profiles) | frozenset(policy.devices)


def find_language() -> Language:
    """The language of the terminal."""
    return whereabouts.language(os.environ)


def problem_lines(
    problems: Iterable[Problem], language: Language, *, rules: Path | None = None
) -> str:
    """Problems of a rule file for people, one a line: `family.yaml:12:5: error: ...`.

    What shows one stands below it as a command, for the file `rules` or the home's own.
    """
    return "\n".join(line for one in problems for line in _problem_lines(one, language, rules))


def _problem_lines(problem: Problem, language: Language, rules: Path | None) -> Iterator[str]:
    place = f"{problem.file}:{problem.line}:{problem.column}"
    severity = SEVERITIES[language][problem.severity]
    hint = f" ({problem.hint.said_in(language)})" if problem.hint else ""
    yield f"{place}: {severity}: {problem.message.said_in(language)}{hint}"
    witness = problem.witness
    if witness is not None:
        words = ["porchlight", "explain", witness.url, "--for", witness.who]
        words += ["--at", f"{witness.at:{TYPED}}"]
        words += [] if rules is None else ["--rules", str(rules)]
        yield f"  {TRY[language]}: {shlex.join(words)}"
