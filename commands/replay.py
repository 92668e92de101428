"""`porchlight replay`: what would other rules have done last week?"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from commands.home import existing_database, find_language, find_settings, read_rules
from commands.moments import parse_span
from commands.rows import shift_row
from rules import replay as replaying
from rules.compile import Ruleset
from rules.policy import Language
from rules.replay import Replay
from rules.replay_words import replay_words
from store import decisions

MANUAL = """\
\b
Exit status: 0 replayed, whether anything would have changed or not, 1 a rule
file is not right, 2 wrong use.

\b
Examples:
  porchlight replay draft.yaml
  porchlight replay draft.yaml --since 1d --json | jq '.shifts[].requests'
"""


@click.command(epilog=MANUAL, short_help="Say what other rules would have changed.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--since", metavar="TIME", default="7d", show_default=True, help="How far back: 30m, 1h, 7d."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def replay(file: Path, *, since: str, as_json: bool) -> None:
    """Replay the log with the rules in FILE.

    The home's own family.yaml and FILE are asked about every request in the log
    (the newest 100,000 at most), and where they differ is shown by profile, with
    examples and the line that would have decided. Nothing is changed. What the
    log does not hold (see `log:` in the rules) cannot be tried; help sites never
    are in it, nor is how much of a budget was used up.
    """
    old, new = read_rules(None), read_rules(file)
    start = datetime.now(UTC) - _read_span(since)
    with existing_database(find_settings()) as engine:
        visits = () if engine is None else decisions.read_visits(engine, start)
    found = replaying.replay(old, new, visits)
    click.echo(as_object(found, start) if as_json else as_text(found, new, find_language()))


def as_object(found: Replay, since: datetime) -> str:
    """The replay as one line of JSON."""
    return json.dumps(
        {
            "since": since.isoformat(),
            "asked": found.asked,
            "unsure": found.unsure,
            "shifts": [shift_row(shift) for shift in found.shifts],
            "has_budgets": found.has_budgets,
        },
        ensure_ascii=False,
    )


def as_text(found: Replay, new: Ruleset, language: Language) -> str:
    """The replay for people."""
    words = replay_words(found, new=new, language=language)
    lines = [words.none]
    for shift in words.shifts:
        lines += [shift.line, *(f"  {example}" for example in shift.examples)]
    return "\n".join(line for line in [*lines, words.unsure, words.budgets] if line)


def _read_span(text: str) -> timedelta:
    try:
        return parse_span(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--since") from error
