"""What `check` says of a text, for the tests of its parts."""

from datetime import UTC, datetime

from rules.catalog import Catalog
from rules.check import warnings
from rules.compile import Ruleset, compile_policy
from rules.decision import Decision
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.policy_text import parse
from rules.problems import Problem
from rules.request import Client, Request

HEAD = "porchlight: 1\ntimezone: UTC\n"
NOON = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)
"""A Friday."""


def compiled(text: str, catalog: Catalog, *reach: str) -> Ruleset:
    """The rules of a text."""
    return compile_policy(parse(text, file="family.yaml", catalog=catalog), catalog, reach=reach)


def found(text: str, catalog: Catalog, *reach: str) -> tuple[Problem, ...]:
    """The warnings of a text at NOON, each witness tried once more."""
    return warnings(compiled(HEAD + text, catalog, *reach), moment=NOON)


def said(text: str, catalog: Catalog, *reach: str) -> list[str]:
    """The warnings on the lines below the head, the first of which is line 1."""
    problems = found(text, catalog, *reach)
    assert all(problem.severity == "warning" and problem.hint for problem in problems)
    return [f"{problem.line - 2}: {problem.message}" for problem in problems]


def tried(text: str, catalog: Catalog) -> list[str]:
    """The requests that show the warnings, as they would be typed."""
    return [
        f"{one.witness.url} {one.witness.who} {one.witness.at:%a %H:%M}"
        for one in found(text, catalog)
        if one.witness is not None
    ]


def answer(rules: Ruleset, problem: Problem) -> Decision:
    """How rules answer to what shows a problem."""
    witness = problem.witness
    assert witness is not None
    assert witness.at == witness.at.replace(second=0, microsecond=0)
    request = Request(id="W", url=parse_url(witness.url), client=Client(name=witness.who))
    return decide(rules, request, NOTHING_HAPPENED, witness.at)
