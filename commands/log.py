"""`porchlight log`: what was allowed and blocked, and by which line."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import Engine

from commands.explain import LANGUAGE
from commands.home import existing_database, find_settings
from commands.moments import parse_span
from commands.rows import record_row
from rules.decision import DecisionRecord
from rules.wording import origin_words, reason_line
from store import decisions
from store.decisions import LogQuery
from store.lists import load_catalog

PAGE_ROWS = 1000
LATEST_ROWS = 100
"""Shown when no stretch of time was asked for."""
MANUAL = """\
\b
Exit status: 0 also when there is nothing to show, 2 wrong use.

\b
Examples:
  porchlight log --since 1h
  porchlight log --for younger --since 7d
  porchlight log --json --since 1d | jq 'select(.action == "block") | .host'
"""


@click.command(epilog=MANUAL, short_help="Show what was allowed and blocked.")
@click.option("--since", metavar="TIME", help="How far back: 30m, 1h, 7d. All of it is shown.")
@click.option("--for", "profile", metavar="PROFILE", help="One profile only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def log(*, since: str | None, profile: str | None, as_json: bool) -> None:
    """Show the log, oldest first; without --since the latest 100 lines.

    How much is written down is each profile's `log:` in the rule file; help sites
    never are.
    """
    start = None if since is None else datetime.now(UTC) - _read_span(since)
    query = LogQuery(profile=profile, since=start)
    with existing_database(find_settings()) as engine:
        rows = list(_newest_first(engine, query, is_all=since is not None)) if engine else []
    show = _as_object if as_json else _as_text
    for record in reversed(rows):
        click.echo(show(record))
    if not rows:
        click.echo("Nothing in the log.", err=True)


def _newest_first(engine: Engine, query: LogQuery, *, is_all: bool) -> Iterator[DecisionRecord]:
    page = decisions.read(engine, replace(query, limit=PAGE_ROWS if is_all else LATEST_ROWS))
    yield from page
    while is_all and len(page) == PAGE_ROWS:
        before = page[-1].decision.id
        page = decisions.read(engine, replace(query, limit=PAGE_ROWS, before=before))
        yield from page


def _as_object(record: DecisionRecord) -> str:
    return json.dumps(record_row(record), ensure_ascii=False)


def _as_text(record: DecisionRecord) -> str:
    decision = record.decision
    reason = reason_line(decision, language=LANGUAGE, catalog=load_catalog())
    return (
        f"{record.at.astimezone():%Y-%m-%d %H:%M:%S}  {decision.action.value:5}  "
        f"{decision.profile:10}  {record.host}{record.path}  {reason} "
        f"({origin_words(decision, language=LANGUAGE)})  {decision.id}"
    )


def _read_span(text: str) -> timedelta:
    try:
        return parse_span(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--since") from error
