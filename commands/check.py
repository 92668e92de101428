"""`porchlight check`: is this rule file right?"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from commands.home import existing_database, find_language, find_settings, find_table, problem_lines
from commands.rows import problem_row
from rules.acceptance import accept
from rules.check import warnings
from rules.check_logins import check_logins
from rules.policy import Language
from rules.problems import PolicyError, Problem
from store import logins, policies
from store.lists import load_catalog
from store.settings import Settings

RIGHT = {
    Language.ENGLISH: "{file} is right.",
    Language.VIETNAMESE: "{file} không có lỗi.",
}
MANUAL = """\
\b
Exit status: 0 no errors, 1 errors, 2 no such file.

\b
Examples:
  porchlight check family.yaml
  porchlight check family.yaml --json | jq '.[].message'
"""


@click.command(epilog=MANUAL, short_help="Say whether a rule file is right.")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Print the problems as a JSON array.")
def check(file: Path | None, *, as_json: bool) -> None:
    """Check a rule FILE, by default the home's family.yaml, its expectations too.

    Prints every problem with its line, column and a hint. Warnings are about
    lines that are allowed but can never do anything, each with a request to try.
    Nothing is changed, and a running Porchlight is not told. The words are
    Vietnamese where LANG is; with --json they are always English.
    """
    settings = find_settings()
    problems, language = find_problems(file or settings.rules_path, settings), find_language()
    is_right = all(problem.severity != "error" for problem in problems)
    if as_json:
        rows = [problem_row(problem) for problem in problems]
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif problems:
        click.echo(problem_lines(problems, language, rules=file))
    if is_right and not as_json:
        click.echo(RIGHT[language].format(file=(file or settings.rules_path).name))
    sys.exit(0 if is_right else 1)


def find_problems(path: Path, settings: Settings) -> tuple[Problem, ...]:
    """All that is wrong or odd in a rule file, in the order of its lines."""
    now = datetime.now(UTC)
    try:
        rules = accept(
            policies.read(path).text,
            file=path.name,
            catalog=load_catalog(),
            moment=now,
            reach=settings.reach,
            table=find_table(settings),
        )
    except PolicyError as error:
        return error.problems
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}.") from error
    found = warnings(rules, moment=now)
    if path != settings.rules_path:
        return found  # of somebody else's devices this home has no passwords
    with existing_database(settings) as engine:
        known = {} if engine is None else logins.read(engine)
    return tuple(sorted((*found, *check_logins(rules.policy, known)), key=lambda one: one.line))
